"""Outages: the stream waits and drains in order, no letters pile up, and no invocation runs into Lambda's timeout."""

import json
from dataclasses import replace

import pytest

from tests.support.faults import lambda_service
from tests.support.faults.aws import Aws, Kind
from tests.support.faults.lambda_service import BATCH, SETTINGS, TIMEOUT
from tests.support.faults.orders import order
from tests.support.faults.pipeline import Pipeline

CALLS = (
    "BatchGetItem",
    "BatchWriteItem",
    "PutItem",
    "PutEvents",
    "GenerateDataKey",
    "Decrypt",
    "Scan",
)
HOURS = 3600.0


def first_arrivals(pipeline: Pipeline) -> list[str]:
    """Event ids in the order in which they first came out."""
    ids = (json.loads(event.detail)["metadata"]["event_id"] for event in pipeline.aws.bus)
    return list(dict.fromkeys(ids))


@pytest.mark.parametrize(
    "kind",
    [Kind.THROTTLED, Kind.SERVER_ERROR, Kind.UNREACHABLE, Kind.DENIED, Kind.EXPIRED, Kind.TIMEOUT_BEFORE],
    ids=str,
)
@pytest.mark.parametrize("call", CALLS)
def test_during_an_outage_the_stream_waits_and_then_drains_in_order(call: str, kind: Kind) -> None:
    pipeline, orders = Pipeline(Aws()), range(2 * BATCH + 1)  # three deliveries
    with pipeline.running():
        pipeline.aws.fault = lambda _, name: kind if name == call else None
        for number in orders:
            pipeline.send("stream", order(number, number % 3))
        ends = pipeline.aws.clock.now + 2 * HOURS
        for _ in range(30):
            pipeline.stream.step()
            pipeline.aws.clock.advance(60)
        pipeline.aws.clock.now = max(ends, pipeline.aws.clock.now)
        assert pipeline.aws.messages == []
        assert pipeline.aws.bus == []
        assert pipeline.aws.timeouts == 0
        pipeline.aws.fault = lambda _number, _name: None
        pipeline.drain()
        assert pipeline.violations() == []
        assert first_arrivals(pipeline) == [f"e-{number}" for number in orders]
        assert pipeline.aws.messages == []


@pytest.mark.parametrize(
    "kind", [Kind.SLOW, Kind.TIMEOUT_AFTER, Kind.TIMEOUT_BEFORE, Kind.RESET_AFTER, Kind.PARTIAL], ids=str
)
@pytest.mark.parametrize("call", [*CALLS, "SendMessageBatch", "any"])
def test_an_invocation_ends_before_lambda_ends_it(call: str, kind: Kind) -> None:
    pipeline = Pipeline(Aws())
    with pipeline.running():
        pipeline.aws.fault = lambda _, name: kind if call in {name, "any"} else None
        for number in range(2 * BATCH):
            pipeline.send("stream", order(number, number))
            pipeline.send("queue", order(100 + number, number))
        pipeline.send("stream", b"{")
        for _ in range(6):
            started = pipeline.aws.clock.now
            pipeline.stream.step()
            pipeline.queue.step()
            assert pipeline.aws.clock.now - started < 2 * TIMEOUT
        assert pipeline.aws.timeouts == 0


@pytest.mark.parametrize("source", ["stream", "queue"])
@pytest.mark.parametrize("call", ["PutEvents", "BatchWriteItem", "BatchGetItem"])
def test_records_that_come_back_through_an_outage_are_not_taken_for_deadly(
    call: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is counted as begun with every delivery, and forgotten at its orderly end."""
    monkeypatch.setattr(lambda_service, "MAX_RECEIVES", 60)
    monkeypatch.setattr(lambda_service, "SETTINGS", replace(SETTINGS, max_receive_count=60))
    pipeline = Pipeline(Aws())
    with pipeline.running():
        pipeline.aws.fault = lambda _, name: Kind.THROTTLED if name == call else None
        pipeline.send(source, order(1, 1))
        for _ in range(30):
            getattr(pipeline, source).step()
            pipeline.aws.clock.advance(400)
        assert getattr(pipeline, source).function.invocations > 5
        assert pipeline.aws.messages == []
        pipeline.aws.fault = lambda _number, _name: None
        pipeline.drain()
        assert pipeline.violations() == []
        assert pipeline.aws.messages == []
        assert pipeline.aws.table(SETTINGS.starts_table) == {}


def test_what_an_invocation_had_no_time_to_read_is_reported_and_delivered_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline = Pipeline(Aws())
    with pipeline.running():
        aws = pipeline.aws
        reader = type(pipeline.stream.function._warm().reader)
        read = reader.read

        def slow(self: object, record: object) -> object:
            aws.clock.advance(20)
            return read(self, record)  # type: ignore[arg-type]

        with monkeypatch.context() as patch:
            patch.setattr(reader, "read", slow)
            for number in range(BATCH):
                pipeline.send("stream", order(number, number))
            pipeline.stream.step()
        assert aws.timeouts == 0
        assert 0 < len(first_arrivals(pipeline)) < BATCH
        pipeline.drain()
        assert pipeline.violations() == []
        assert len(first_arrivals(pipeline)) == BATCH


def test_without_kms_a_warm_function_goes_on_within_its_bounds_and_a_cold_one_fails_cleanly() -> None:
    pipeline = Pipeline(Aws())
    with pipeline.running():
        pipeline.send("stream", order(1, 1))
        pipeline.stream.step()
        pipeline.aws.fault = lambda _, name: (
            Kind.UNREACHABLE if name in {"GenerateDataKey", "Decrypt"} else None
        )
        pipeline.send("stream", order(2, 2))
        pipeline.stream.step()
        assert first_arrivals(pipeline) == ["e-1", "e-2"]
        pipeline.aws.clock.advance(301)  # the data key's time is over
        pipeline.send("stream", order(3, 3))
        pipeline.stream.step()
        assert first_arrivals(pipeline) == ["e-1", "e-2"]
        pipeline.stream.function.cool()
        assert pipeline.stream.function({"Records": []}) == (None, "Unhandled")
        pipeline.aws.fault = lambda _number, _name: None
        pipeline.drain()
        assert pipeline.violations() == []
        assert first_arrivals(pipeline) == ["e-1", "e-2", "e-3"]


def test_when_kms_is_down_it_is_asked_once_a_batch_and_not_once_a_record() -> None:
    pipeline = Pipeline(Aws())
    with pipeline.running():
        pipeline.stream.function._warm()
        pipeline.aws.calls.clear()
        pipeline.aws.fault = lambda _, name: Kind.UNREACHABLE if name == "GenerateDataKey" else None
        for number in range(BATCH):
            pipeline.send("stream", order(number, number))
        pipeline.stream.step()
        assert pipeline.aws.calls["GenerateDataKey"] == 1


def test_the_last_delivery_of_a_message_that_still_fails_is_sealed_and_dead_lettered() -> None:
    pipeline = Pipeline(Aws())
    with pipeline.running():
        pipeline.aws.fault = lambda _, name: Kind.SERVER_ERROR if name == "PutEvents" else None
        sent = pipeline.send("queue", order(1, 1))
        for _ in range(5):
            assert pipeline.aws.messages == []
            pipeline.queue.step()
            pipeline.aws.clock.advance(361)
        (letter,) = pipeline.letters()[sent.place]
        assert (letter.error.code, letter.attempts) == ("retries_exhausted", 5)
        assert pipeline.queue.drained
        assert pipeline.violations() == []


def test_a_message_that_never_reached_a_healthy_function_waits_as_it_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline = Pipeline(Aws())
    with pipeline.running():
        pipeline.aws.fault = lambda _number, _name: Kind.KILL_BEFORE
        sent = pipeline.send("queue", order(1, 1))
        for _ in range(6):
            pipeline.queue.step()
            pipeline.aws.clock.advance(361)
        assert pipeline.queue.unprocessed[sent.place].body == sent.data.decode()
        assert pipeline.aws.messages == []


def test_an_error_in_telling_does_not_undo_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.batch_outcomes._log", lambda _: 1 / 0)
    pipeline = Pipeline(Aws())
    with pipeline.running():
        pipeline.send("stream", order(1, 1))
        pipeline.stream.step()
        assert pipeline.stream.drained
        assert first_arrivals(pipeline) == ["e-1"]
