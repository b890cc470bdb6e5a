"""Tests PutEvents' answers, entry by entry: each refusal belongs to its event, and only that is sent again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from tokenizer.aws.pipeline.bus import EventBridgeBus
from tokenizer.errors import BadRecord, PipelineError, Transient
from tokenizer.records import SanitizedRecord
from tokenizer.time_budget import Budget

EVENTS = 23  # three calls


@dataclass
class Events:
    """EventBridge, which refuses an entry with the code that `refuse` gives for it and for how often it has come."""

    refuse: Callable[[int, int], str | None]
    came: list[int] = field(default_factory=list)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 -- botocore's name
        return {"Entries": [self._entry(int(each["Detail"])) for each in Entries]}

    def _entry(self, number: int) -> dict[str, str]:
        self.came.append(number)
        code = self.refuse(number, self.came.count(number))
        return {"ErrorCode": code, "ErrorMessage": "no"} if code else {"EventId": "e"}


def publish(refuse: Callable[[int, int], str | None]) -> tuple[list[PipelineError | None], list[int]]:
    """Returns the result of each event, and the entries in the order in which they arrived."""
    client: Any = Events(refuse)
    events = [SanitizedRecord("order.placed", str(number).encode(), "ing_1") for number in range(EVENTS)]
    seconds = iter([60.0] * 40 + [0.0] * 1_000)
    budget = Budget(lambda: next(seconds), lambda _: None, Random(0))
    return EventBridgeBus(client, "bus", 200_000).publish(events, budget), client.came


@pytest.mark.parametrize("hit", [0, 1, 9, 10, 11, 19, 20, EVENTS - 1])
def test_an_entry_that_will_never_be_taken_is_told_of_its_own_event_alone(hit: int) -> None:
    told, came = publish(lambda number, _: "MalformedDetail" if number == hit else None)
    assert [at for at, each in enumerate(told) if each is not None] == [hit]
    assert isinstance(told[hit], BadRecord)
    assert sorted(came) == list(range(EVENTS))


def test_only_what_was_not_taken_is_sent_again() -> None:
    hit = {2, 3, 8, 14, 20, 22}
    told, came = publish(lambda number, time: "InternalFailure" if number in hit and time < 3 else None)
    assert told == [None] * EVENTS
    assert {number: came.count(number) for number in range(EVENTS)} == {
        number: 3 if number in hit else 1 for number in range(EVENTS)
    }


def test_different_refusals_in_one_call_are_told_of_the_events_that_they_befell() -> None:
    never, later, always = {1, 12}, {4, 15}, {7, 21}

    def refuse(number: int, time: int) -> str | None:
        if number in never:
            return "InvalidArgument"
        return "ThrottlingException" if number in always or (number in later and time == 1) else None

    told, came = publish(refuse)
    assert {at for at, each in enumerate(told) if isinstance(each, BadRecord)} == never
    assert {at for at, each in enumerate(told) if isinstance(each, Transient)} == always
    assert all(each is None for at, each in enumerate(told) if at not in never | always)
    assert {came.count(number) for number in never} == {1}
    assert {came.count(number) for number in later} == {2}
