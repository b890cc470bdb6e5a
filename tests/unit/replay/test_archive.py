"""Tests what EventBridge is asked for when its archive is replayed, and which rules are refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ops.errors import CommandError
from replay import archive

BUS = "orders-bus"
ARN = "arn:aws:events:eu-west-1:1:"
RULE = f"{ARN}rule/{BUS}/to-consumers"
TIMES = (datetime(2026, 11, 23, 10, tzinfo=UTC), datetime(2026, 11, 23, 11, tzinfo=UTC))


class Stack:
    """A stack whose events client keeps what it was asked for, and gives the states one after the other."""

    def __init__(self, *states: str, replayed: datetime | None = None) -> None:
        self._states = list(states)
        self._replayed = replayed
        self.asked: list[dict[str, Any]] = []

    def client(self, service: str) -> "Stack":
        assert service == "events"
        return self

    def output(self, name: str) -> str:
        return {"SanitizedBusName": BUS}[name]

    def _answer(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        told = {"EventLastReplayedTime": self._replayed} if self._replayed else {}
        return {"State": self._states.pop(0), **told}

    start_replay = describe_replay = cancel_replay = _answer


def start(stack: Any, rules: list[str], archive_arn: str | None = None) -> dict[str, Any]:
    return archive.start(stack, archive_arn, rules, TIMES)


def test_the_stacks_own_archive_is_replayed_to_the_chosen_rules_alone() -> None:
    stack, rules = Stack("STARTING"), [RULE, f"{RULE}-2"]
    told = start(stack, rules)
    (asked,) = stack.asked
    assert told == {"name": asked.pop("ReplayName"), "state": "STARTING"}
    assert asked == {
        "EventSourceArn": f"{ARN}archive/{BUS}",
        "EventStartTime": TIMES[0],
        "EventEndTime": TIMES[1],
        "Destination": {"Arn": f"{ARN}event-bus/{BUS}", "FilterArns": rules},
    }


def test_another_archive_is_replayed_if_it_is_named() -> None:
    stack = Stack("STARTING")
    start(stack, [RULE], "arn:another")
    assert stack.asked[0]["EventSourceArn"] == "arn:another"


@pytest.mark.parametrize("rule", ["rule", f"{ARN}rule/other/x", f"{ARN}rule/{BUS}", f"{ARN}rule/{BUS}2/x"])
def test_a_rule_of_another_bus_is_refused(rule: str) -> None:
    stack = Stack()
    with pytest.raises(CommandError, match="is no rule of the bus orders-bus") as caught:
        start(stack, [rule])
    assert "`aws events list-rules --event-bus-name orders-bus`" in caught.value.hint
    assert stack.asked == []


@pytest.mark.parametrize("last", ["COMPLETED", "CANCELLED", "FAILED"])
def test_a_replay_is_watched_to_its_end(last: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("replay.archive.time.sleep", pauses.append)
    stack: Any = Stack("STARTING", "RUNNING", "CANCELLING", last, replayed=TIMES[1])
    told = archive.watch(stack, "r")
    assert told == {"name": "r", "state": last, "replayed_until": "2026-11-23T11:00:00+00:00"}
    assert pauses == [5.0, 5.0, 5.0]
    assert stack.asked == [{"ReplayName": "r"}] * 4


def test_a_replay_that_has_sent_nothing_yet_says_so() -> None:
    stack: Any = Stack("STARTING")
    assert archive.status(stack, "r") == {"name": "r", "state": "STARTING", "replayed_until": None}


def test_a_replay_is_cancelled_by_its_name() -> None:
    stack: Any = Stack("CANCELLING")
    assert archive.cancel(stack, "r") == {"name": "r", "state": "CANCELLING"}
    assert stack.asked == [{"ReplayName": "r"}]
