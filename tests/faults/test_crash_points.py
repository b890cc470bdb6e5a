"""Tests every crash point in order: for each call one crash before its effect and one after it."""

import json
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from tests.support.faults.aws import AFTER, Aws, Kind
from tests.support.faults.lambda_service import BATCH
from tests.support.faults.orders import order, poison
from tests.support.faults.pipeline import Pipeline, Sent
from tokenizer.aws.pipeline import bus
from tokenizer.aws.platform.workers import InTurn, Workers

T = TypeVar("T")
R = TypeVar("R")

Fault = Callable[[int, str], Kind | None]


def run(fault: Fault | None = None) -> tuple[Pipeline, int]:
    """Runs a batch of both sources with one fault; returns how many calls were made until it was done."""
    pipeline = Pipeline(Aws())
    with pipeline.running():
        for number in range(6):
            pipeline.send("stream" if number % 2 else "queue", order(number, number % 3))
        for source in ("stream", "queue"):
            for bad in (poison(0), poison(3)):
                pipeline.send(source, bad.data, bad.code, bad.sensitive)
        before = pipeline.aws.numbered
        if fault:
            pipeline.aws.fault = lambda number, name: fault(number - before, name)
        pipeline.drain()
        assert pipeline.violations() == []
        return pipeline, pipeline.aws.numbered - before


CALLS = 30


def test_how_many_calls_there_are_to_crash_at() -> None:
    pipeline, calls = run()
    assert calls == CALLS
    assert set(pipeline.aws.calls) == {
        "BatchGetItem",
        "BatchWriteItem",
        "Decrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "Scan",
        "PutEvents",
        "PutItem",
        "SendMessageBatch",
    }


# Killed before a call is killed after the one before it.
POINTS = [
    (at, kind) for at in range(1, CALLS + 1) for kind in Kind if kind is not Kind.KILL_BEFORE or at == 1
]


@pytest.mark.parametrize(("at", "kind"), POINTS, ids=str)
def test_one_fault_at_any_call_loses_nothing_and_publishes_one_content(at: int, kind: Kind) -> None:
    struck: list[str] = []

    def once(number: int, name: str) -> Kind | None:
        if number == at:
            struck.append(name)
            return kind
        return None

    pipeline, _ = run(once)
    assert len(struck) == 1
    assert pipeline.details().keys() == {f"e-{number}" for number in range(6)}
    assert len(pipeline.letters()) == 4


@pytest.mark.parametrize("kind", sorted(AFTER - {Kind.PARTIAL}), ids=str)
@pytest.mark.parametrize(
    "name",
    [
        "BatchWriteItem",
        "BatchGetItem",
        "PutItem",
        "PutEvents",
        "SendMessageBatch",
        "GenerateDataKey",
        "Decrypt",
        "Scan",
    ],
)
def test_repeating_a_call_that_may_have_worked_is_safe(name: str, kind: Kind) -> None:
    struck: list[int] = []

    def first_three(number: int, called: str) -> Kind | None:
        if called == name and len(struck) < 3:
            struck.append(number)
            return kind
        return None

    run(first_three)
    assert struck


class Backwards(InTurn):
    """Makes the calls that go side by side in the opposite order: a crash leaves those behind it done."""

    def each(self, call: Callable[[T], R], given: Sequence[T]) -> list[R]:
        return super().each(call, given[::-1])[::-1]


HOT, PUBLISHING_CALLS = 5, 5  # events of one partition key; calls for eight events, two entries each
SIDE_BY_SIDE = [
    Kind.KILL_BEFORE,
    Kind.KILL_AFTER,
    Kind.TIMEOUT_AFTER,
    Kind.RESET_AFTER,
    Kind.THROTTLED,
    Kind.PARTIAL,
]


@pytest.mark.parametrize("workers", [InTurn, Backwards], ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("kind", SIDE_BY_SIDE, ids=str)
@pytest.mark.parametrize("at", range(1, PUBLISHING_CALLS + 1))
def test_one_fault_among_calls_that_go_side_by_side_loses_nothing_and_keeps_a_keys_order(
    at: int, kind: Kind, workers: type[Workers], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus, "ENTRIES", 2)
    pipeline, calls = Pipeline(Aws(workers=workers)), 0

    def once(_: int, name: str) -> Kind | None:
        nonlocal calls
        calls += name == "PutEvents"
        return kind if name == "PutEvents" and calls == at else None

    with pipeline.running():
        for number in range(BATCH):
            hot = number < HOT
            place = pipeline.stream.put(order(number, number % 3), "hot" if hot else "")
            pipeline.sent.append(Sent(place, "stream", order(number, number % 3), None, frozenset()))
        pipeline.aws.fault = once
        pipeline.drain()
        assert calls >= PUBLISHING_CALLS
        assert pipeline.violations() == []
        assert pipeline.details().keys() == {f"e-{number}" for number in range(BATCH)}
        if (
            kind is not Kind.PARTIAL
        ):  # where the bus itself takes a later entry of a call before an earlier one
            first = list(
                dict.fromkeys(json.loads(event.detail)["metadata"]["event_id"] for event in pipeline.aws.bus)
            )
            assert [each for each in first if int(each[2:]) < HOT] == [f"e-{number}" for number in range(HOT)]
