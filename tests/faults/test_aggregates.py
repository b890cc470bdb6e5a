"""Aggregates of the KPL: one that no invocation finishes is one letter, and its replay takes it in portions."""

import json
from collections import Counter
from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast

import pytest

from schemas.dead_letter import DeadLetter, ErrorCode, LetterSource
from tests.support.faults.aws import Aws
from tests.support.faults.lambda_service import BATCH, TIMEOUT
from tests.support.faults.orders import order
from tests.support.faults.pipeline import Pipeline
from tokenizer.aws.pipeline.sealing import Sealer
from tokenizer.aws.replay import portions
from tokenizer.aws.replay.portions import replay_portion
from tokenizer.aws.replay.tokenizers import Tokenizers
from tokenizer.pipeline import sources
from tokenizer.pipeline.aggregates import MAX_USER_RECORDS
from tokenizer.pipeline.kpl import aggregated, disaggregated
from tokenizer.replay.messages import PARTLY, PUBLISHED, SPLIT, Result, entry

SMALL = b'{"event_id": "e", "event_type": "none", "schema_version": 1, "of": "junk"}'


def orders(count: int, first: int = 0) -> list[bytes]:
    return [order(first + number, number % 50) for number in range(count)]


def invocations(pipeline: Pipeline) -> int:
    """Lets the stream drain; returns how many invocations it took."""
    before = pipeline.stream.function.invocations
    for _ in range(200):
        if pipeline.stream.drained:
            return pipeline.stream.function.invocations - before
        pipeline.stream.step()
    raise AssertionError("the shard does not drain")


def letters(pipeline: Pipeline) -> list[DeadLetter]:
    return [DeadLetter.model_validate_json(each) for each in pipeline.aws.messages]


def published(pipeline: Pipeline) -> Counter[str]:
    """How often each event came out, by its id."""
    return Counter(json.loads(each.detail)["metadata"]["event_id"] for each in pipeline.aws.bus)


def tokenizers(pipeline: Pipeline) -> Tokenizers:
    """Returns what the replay function calls, over the stream's function."""

    def invoke(FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 -- boto3's
        assert FunctionName == "stream"
        assert len(Payload) <= 6_291_456
        answer, error = pipeline.stream.function(json.loads(Payload))
        assert error is None
        return {"Payload": BytesIO(json.dumps(answer).encode())}

    return Tokenizers(cast("Any", SimpleNamespace(invoke=invoke)), "stream", "queue")


def test_sixty_thousand_user_records_are_one_letter_in_one_delivery_and_neighbours_go_on() -> None:
    pipeline = Pipeline(Aws())
    with pipeline.running():
        pipeline.stream.put(order(1, 1))
        aggregate = aggregated([SMALL] * 60_000)
        place = pipeline.stream.put(aggregate)
        pipeline.stream.put(order(2, 2))
        assert invocations(pipeline) == 1
        (letter,) = letters(pipeline)
        assert (letter.error.code, letter.source.sequence_number) == (ErrorCode.TOO_LARGE, place)
        assert letter.source.sub_sequence_number is None
        assert letter.error.message.startswith("one Kinesis record holds 60,000 user records")
        assert published(pipeline) == {"e-1": 1, "e-2": 1}


def test_a_large_aggregate_is_replayed_in_portions_and_each_bad_user_record_becomes_a_letter() -> None:
    pipeline = Pipeline(Aws())
    with pipeline.running():
        several = orders(2 * MAX_USER_RECORDS + 300)
        bad = (7, 1_500, 2_299)
        for at in bad:
            several[at] = b"{"
        pipeline.stream.put(aggregated(several))
        assert invocations(pipeline) == 1
        (letter,) = letters(pipeline)
        assert not pipeline.aws.bus
        pipeline.aws.messages.clear()
        again = entry(letter.source, pipeline.stream.records[str(letter.source.sequence_number)])
        results: list[Result] = []
        first = 0
        while not results or results[-1]["status"] == PARTLY:
            results.append(replay_portion(tokenizers(pipeline), [again], first))
            first = results[-1].get("next", 0)
        assert [each["records"] for each in results] == [1_000, 1_000, 300]
        assert [each.get("so_far", each["status"]) for each in results] == [SPLIT, SPLIT, SPLIT]
        assert [each["letters"] for each in results] == [1, 1, 1]
        assert published(pipeline) == {f"e-{number}": 1 for number in range(2_300) if number not in bad}
        assert [each.source.sub_sequence_number for each in letters(pipeline)] == list(bad)
        assert pipeline.violations() == []


def test_a_replay_of_good_user_records_has_the_bytes_of_a_smaller_aggregates_delivery(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    several = orders(30)
    delivered, replayed = Pipeline(Aws()), Pipeline(Aws())
    with delivered.running():
        delivered.stream.put(aggregated(several))
        invocations(delivered)
    with replayed.running():
        monkeypatch.setattr("tokenizer.pipeline.aggregates.MAX_USER_RECORDS", 10)
        monkeypatch.setattr(portions, "PORTION", 20)
        replayed.stream.put(aggregated(several))
        invocations(replayed)
        (letter,) = letters(replayed)
        again = entry(letter.source, replayed.stream.records[str(letter.source.sequence_number)])
        first = replay_portion(tokenizers(replayed), [again], 0)
        assert (first["status"], first["so_far"], first["next"]) == (PARTLY, PUBLISHED, 20)
        assert replay_portion(tokenizers(replayed), [again], 20) == {"status": PUBLISHED, "records": 10}
    assert [each.detail for each in replayed.aws.bus] == [each.detail for each in delivered.aws.bus]


def test_the_largest_aggregate_that_is_delivered_fits_into_one_invocation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each call takes eight times as long as it does else, ten milliseconds."""
    monkeypatch.setattr("tests.support.faults.aws._CALL", 0.08)
    pipeline = Pipeline(Aws())
    with pipeline.running():
        pipeline.stream.put(aggregated(orders(MAX_USER_RECORDS)))
        began = pipeline.aws.clock.now
        assert invocations(pipeline) == 1
        assert pipeline.aws.clock.now - began < TIMEOUT
        assert published(pipeline).total() == MAX_USER_RECORDS


def test_many_aggregates_drain_a_few_with_each_invocation_and_none_is_taken_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sources, "IN_ONE_INVOCATION", 200)
    pipeline = Pipeline(Aws())
    with pipeline.running():
        for number in range(BATCH):
            pipeline.stream.put(aggregated(orders(90, 100 * number)))
        assert invocations(pipeline) == BATCH // 2
        assert set(published(pipeline).values()) == {1}
        assert published(pipeline).total() == 90 * BATCH
        assert not pipeline.aws.messages


def test_authentication_data_in_a_large_aggregate_is_in_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[bytes] = []
    real = Sealer.seal

    def seal(self: Sealer, data: bytes, source: LetterSource) -> bytes:
        kept.append(data)
        return real(self, data, source)

    monkeypatch.setattr(Sealer, "seal", seal)
    pipeline = Pipeline(Aws())
    with pipeline.running():
        several = orders(MAX_USER_RECORDS + 1)
        several[3] = b'{"cvv": "canary987", "event_id": "whole"}'
        several[4] = b'{"cvv": "canary987", "broken'
        pipeline.stream.put(aggregated(several))
        invocations(pipeline)
    assert len(letters(pipeline)) == len(kept) == 1
    assert b"canary987" not in kept[0]
    found = disaggregated(kept[0])
    assert found is not None
    assert found[:3] + found[5:] == several[:3] + several[5:]
    assert found[3:5] == [b'{"event_id":"whole"}', b'{"cvv": "", "broken']
