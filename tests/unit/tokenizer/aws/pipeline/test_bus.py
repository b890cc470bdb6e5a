"""Tests PutEvents' answers, entry by entry: each refusal belongs to its event, and only that is sent again."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from tokenizer.aws.pipeline.bus import EventBridgeBus, entry_bytes
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


def publish(
    refuse: Callable[[int, int], str | None], key: str | None = None
) -> tuple[list[PipelineError | None], list[int]]:
    """Returns the result of each event, and the entries in the order in which they arrived.

    Args:
        refuse: gives the code for an entry and for how often it has come.
        key: the partition key of all events.
    """
    client: Any = Events(refuse)
    events = [
        SanitizedRecord("order.placed", str(number).encode(), "ing_1", partition_key=key)
        for number in range(EVENTS)
    ]
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


@dataclass
class Taken:
    """EventBridge, which takes every entry and keeps each call's."""

    calls: list[list[dict[str, Any]]] = field(default_factory=list)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 -- botocore's name
        self.calls.append(Entries)
        return {"Entries": [{"EventId": "e"} for _ in Entries]}


def sent(events: list[SanitizedRecord], max_bytes: int = 200_000) -> list[list[dict[str, Any]]]:
    client: Any = Taken()
    budget = Budget(lambda: 60.0, lambda _: None, Random(0))
    assert EventBridgeBus(client, "orders-bus", max_bytes).publish(events, budget) == [None] * len(events)
    return list(client.calls)


def test_an_entry_is_what_the_contract_says_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("_X_AMZN_TRACE_ID", raising=False)
    detail = '{"name": "Zoë"}'
    assert sent([SanitizedRecord("order.placed", detail.encode(), "ing_1")]) == [
        [
            {
                "Source": "orders.tokenizer",
                "DetailType": "order.placed",
                "Detail": detail,
                "EventBusName": "orders-bus",
            }
        ]
    ]


def test_an_entry_is_measured_in_bytes_with_source_and_type() -> None:
    assert entry_bytes(SanitizedRecord("ö", "é".encode(), "ing_1")) == len("orders.tokenizer") + 2 + 2


@pytest.mark.parametrize(("extra", "told"), [(0, False), (1, True)])
def test_an_event_is_oversize_beyond_the_limit_alone(extra: int, told: bool) -> None:
    client: Any = Taken()
    bus = EventBridgeBus(client, "bus", 100 + 1 + len("orders.tokenizer"))
    why = bus.oversize("t", 100 + extra)
    assert (why is not None) is told
    assert why is None or why == "the sanitized event has 118 bytes, the bus takes 117"


@pytest.mark.parametrize(
    ("count", "calls"), [(1, [1]), (10, [10]), (11, [10, 1]), (20, [10, 10]), (21, [10, 10, 1])]
)
def test_ten_entries_go_in_one_call(count: int, calls: list[int]) -> None:
    events = [SanitizedRecord("t", str(at).encode(), "ing_1") for at in range(count)]
    assert [len(each) for each in sent(events)] == calls
    assert [each["Detail"] for call in sent(events) for each in call] == [str(at) for at in range(count)]


@pytest.mark.parametrize(("limit", "calls"), [(300, [3]), (299, [2, 1]), (200, [2, 1]), (199, [1, 1, 1])])
def test_a_call_stays_within_its_bytes(limit: int, calls: list[int]) -> None:
    own = len("orders.tokenizer") + 1
    events = [SanitizedRecord("t", b"x" * (100 - own), "ing_1") for _ in range(3)]
    assert [len(each) for each in sent(events, limit)] == calls


# Written out by hand from EventBridge's documentation, "PutEvents errors".
@pytest.mark.parametrize("code", ["MalformedDetail", "InvalidArgument", "RedactionFailure"])
def test_what_the_bus_will_never_take_is_a_bad_record_with_its_code(code: str) -> None:
    told, _ = publish(lambda number, _: code if number == 0 else None)
    assert isinstance(told[0], BadRecord)
    assert (str(told[0].code), code in str(told[0])) == ("invalid_field", True)


@pytest.mark.parametrize("hit", [{0}, {9, 10}, {0, 21}])
def test_refusals_in_each_call_of_one_key_are_told(hit: set[int]) -> None:
    """Events of one key go in calls one after the other, so one answer follows the other."""
    told, came = publish(lambda number, _: "MalformedDetail" if number in hit else None, key="C-1")
    assert {at for at, each in enumerate(told) if isinstance(each, BadRecord)} == hit
    assert came == list(range(EVENTS))
