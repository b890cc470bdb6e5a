"""Tests every crash point in order: for each call one crash before its effect and one after it."""

from collections.abc import Callable

import pytest

from tests.support.faults.aws import AFTER, Aws, Kind
from tests.support.faults.orders import order, poison
from tests.support.faults.pipeline import Pipeline

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


CALLS = 25


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
        "TransactWriteItems",
    }


@pytest.mark.parametrize("kind", list(Kind), ids=str)
@pytest.mark.parametrize("at", range(1, CALLS + 1))
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
        "TransactWriteItems",
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
