"""Records that end their invocation: processes that are really killed, on both sources, under two models of the mappings."""

import json
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pytest

from handlers import tokenize_queue, tokenize_stream
from schemas.dead_letter import DeadLetter, ErrorCode
from tests.support.faults import lambda_service
from tests.support.faults.aws import Aws
from tests.support.faults.lambda_service import SETTINGS
from tests.support.faults.orders import order
from tests.support.faults.pipeline import Pipeline
from tests.support.faults.processes import ProcessFunction, hang
from tests.support.faults.second_mapping import Shard, StandardQueue
from tokenizer.pipeline.deliveries import MOST_STARTS
from tokenizer.pipeline.kpl import aggregated
from tokenizer.pipeline.sanitize import Sanitizer

KILLER = b'"event_id": "e-666"'


ENDS: dict[str, tuple[Callable[[], object], int]] = {
    "memory": (lambda: os.kill(os.getpid(), signal.SIGKILL), signal.SIGKILL),
    "a crash": (os.abort, signal.SIGABRT),
    "time": (hang, signal.SIGKILL),
}


@pytest.fixture
def killer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Makes one record end whatever reads it; returns the signal that this takes."""
    end, by = ENDS[request.param]
    real = Sanitizer.sanitize

    def sanitize(self: Sanitizer, record: Any, *rest: Any) -> Any:
        if KILLER in record.data:
            end()
        return real(self, record, *rest)

    monkeypatch.setattr(Sanitizer, "sanitize", sanitize)
    return by


@contextmanager
def running(monkeypatch: pytest.MonkeyPatch, receives: int = 60) -> Iterator[Pipeline]:
    """Starts a pipeline whose functions run in processes, and whose queue delivers as often as the template's."""
    monkeypatch.setattr(lambda_service, "MAX_RECEIVES", receives)
    pipeline = Pipeline(Aws())
    aws = pipeline.aws
    pipeline.stream.function = ProcessFunction(aws, tokenize_stream.handler, tokenize_stream)
    pipeline.queue.function = ProcessFunction(aws, tokenize_queue.handler, tokenize_queue)
    with pipeline.running():
        yield pipeline


def letters(aws: Aws) -> list[DeadLetter]:
    return [DeadLetter.model_validate_json(each) for each in aws.messages]


def published(aws: Aws) -> Counter[str]:
    """The different contents that came out, by event id."""
    contents = {(json.loads(each.detail)["metadata"]["event_id"], each.detail) for each in aws.bus}
    return Counter(event_id for event_id, _ in contents)


def drain(step: Callable[[], None], drained: Callable[[], bool]) -> None:
    for _ in range(1_000):
        if drained():
            return
        step()
    raise AssertionError("deliveries do not come to an end")


def check(aws: Aws, place: str, good: int, function: Any, by: int) -> None:
    """The killer is one letter after five deaths of its own at most two shared ones; every other record is published."""
    (letter,) = letters(aws)
    assert letter.error.code is ErrorCode.RETRIES_EXHAUSTED
    assert letter.error.message == "5 invocations began with this record and never ended"
    assert place in {letter.source.sequence_number, letter.source.message_id}
    assert published(aws) == {f"e-{number}": 1 for number in range(good)}
    assert aws.table(SETTINGS.starts_table) == {}
    assert set(function.ends) == {by}


@pytest.mark.parametrize(("killer", "at"), [("memory", 0), ("a crash", 5), ("time", 11)], indirect=["killer"])
def test_on_the_stream_the_record_is_one_letter(
    killer: int, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(monkeypatch) as pipeline:
        place = ""
        for number in range(12):
            if number == at:
                place = pipeline.stream.put(order(666, 1))
            pipeline.stream.put(order(number, number))
        function = pipeline.stream.function
        drain(pipeline.stream.step, lambda: pipeline.stream.drained)
        check(pipeline.aws, place, 12, function, killer)
        assert pipeline.stream.given_up == []
        # Bisecting finds it in at most four deaths.
        assert MOST_STARTS <= len(function.ends) <= MOST_STARTS + 4  # type: ignore[attr-defined]


@pytest.mark.parametrize("killer", ["a crash", "time"], indirect=True)
def test_on_the_queue_the_message_is_one_letter(killer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(monkeypatch) as pipeline:
        place = ""
        for number in range(12):
            if number == 5:
                place = pipeline.queue.put(order(666, 1))
            pipeline.queue.put(order(number, number))
        drain(pipeline.queue.step, lambda: pipeline.queue.drained)
        assert pipeline.queue.unprocessed == {}
        check(pipeline.aws, place, 12, pipeline.queue.function, killer)


@pytest.mark.parametrize("killer", ["memory"], indirect=True)
def test_under_the_second_mapping_a_record_of_the_stream_is_one_letter(
    killer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(monkeypatch) as pipeline:
        aws, function = pipeline.aws, pipeline.stream.function
        shard = Shard(function, aws.clock)
        place = ""
        for number in range(12):
            if number == 5:
                place = shard.put(order(666, 1), aws.clock.now)
            shard.put(order(number, number), aws.clock.now)
        drain(shard.step, lambda: shard.drained)
        assert shard.discarded == []
        check(aws, place, 12, function, killer)


@pytest.mark.parametrize("killer", ["memory"], indirect=True)
@pytest.mark.parametrize("seed", range(2))
def test_under_the_second_mapping_a_message_is_one_letter(
    killer: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(monkeypatch) as pipeline:
        aws, function = pipeline.aws, pipeline.queue.function
        queue = StandardQueue(function, aws.clock, 60, Random(seed))
        place = ""
        for number in range(12):
            if number == 5:
                place = queue.put(order(666, 1))
            queue.put(order(number, number))
        drain(queue.step, lambda: queue.drained)
        assert queue.redriven == []
        check(aws, place, 12, function, killer)


@pytest.mark.parametrize("killer", ["memory"], indirect=True)
@pytest.mark.parametrize("source", ["stream", "queue"])
def test_a_record_whose_letter_ends_the_invocation_too_holds_nothing_up(
    source: str, killer: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scrub(data: bytes) -> tuple[bytes, int]:
        if KILLER in data:
            os.kill(os.getpid(), killer)
        return data, 0

    monkeypatch.setattr("tokenizer.pipeline.deliveries.scrub_text", scrub)
    with running(monkeypatch, receives=12) as pipeline:
        from_source: Any = getattr(pipeline, source)
        place = from_source.put(order(666, 1))
        from_source.put(order(0, 0))
        drain(from_source.step, lambda: from_source.drained)
        assert published(pipeline.aws) == {"e-0": 1}
        if source == "queue":
            assert pipeline.aws.messages == []
            assert list(pipeline.queue.unprocessed) == [place]
        else:
            (letter,) = map(json.loads, pipeline.aws.messages)
            assert letter["KinesisBatchInfo"]["startSequenceNumber"] == place


@pytest.mark.parametrize("killer", ["a crash"], indirect=True)
def test_in_an_aggregate_the_user_record_is_one_letter(killer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with running(monkeypatch) as pipeline:
        several = [order(number, number) for number in range(8)]
        place = pipeline.stream.put(aggregated([*several[:4], order(666, 1), *several[4:]]))
        drain(pipeline.stream.step, lambda: pipeline.stream.drained)
        check(pipeline.aws, place, 8, pipeline.stream.function, killer)
        assert letters(pipeline.aws)[0].source.sub_sequence_number == 4
