import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tokenizer.errors import Configuration
from tokenizer.pipeline.aggregates import user_records
from tokenizer.pipeline.kpl import MAGIC
from tokenizer.pipeline.sources import kinesis_records, sqs_records

EVENTS = Path(__file__).parents[3] / "events"


def event(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return loaded


def test_a_stream_record_is_known_by_its_place_in_the_stream() -> None:
    raw = event("lambda_kinesis")
    records = kinesis_records(raw)
    entry = raw["Records"][0]
    first = records[0]
    assert len(records) == len(raw["Records"])
    assert first.data == base64.b64decode(entry["kinesis"]["data"])
    assert first.source.shard == "shardId-000000000000"
    assert first.source.sequence_number == first.item_id == entry["kinesis"]["sequenceNumber"]
    assert first.arrived_at.timestamp() == pytest.approx(
        entry["kinesis"]["approximateArrivalTimestamp"], abs=1e-3
    )
    assert len({record.identity for record in records}) == len(records)


def test_an_aggregate_is_taken_apart_and_its_records_are_told_apart() -> None:
    raw = event("lambda_kinesis_aggregated")
    records = [record for record in kinesis_records(raw) if record.source.sub_sequence_number is not None]
    assert len(records) > 1
    assert [record.source.sub_sequence_number for record in records] == list(range(len(records)))
    assert len({record.identity for record in records}) == len(records)
    assert len({record.item_id for record in records}) == 1
    assert all(json.loads(record.data)["event_type"] == "order.placed" for record in records)


def test_a_user_record_sent_on_its_own_keeps_its_identity() -> None:
    raw = event("lambda_kinesis_aggregated")
    packed = [record for record in kinesis_records(raw) if record.source.sub_sequence_number is not None]
    entry = next(entry for entry in raw["Records"] if entry["kinesis"]["sequenceNumber"] == packed[1].item_id)
    entry["kinesis"] |= {"data": base64.b64encode(packed[1].data).decode(), "subSequenceNumber": 1}
    (alone,) = kinesis_records({"Records": [entry]})
    assert (alone.identity, alone.data) == (packed[1].identity, packed[1].data)


@pytest.mark.parametrize(
    "data",
    [
        MAGIC,
        MAGIC + b"short",
        MAGIC + b"body" + bytes(16),
        MAGIC + b"\xff\xff" + hashlib.md5(b"\xff\xff", usedforsecurity=False).digest(),
        MAGIC + hashlib.md5(b"", usedforsecurity=False).digest(),
    ],
    ids=["magic alone", "too short", "wrong checksum", "no protobuf", "no records"],
)
def test_a_broken_aggregate_comes_back_whole(data: bytes) -> None:
    assert user_records(data) == [(None, data)]


def test_a_message_is_known_by_its_queue_and_id() -> None:
    raw = event("lambda_sqs")
    records = sqs_records(raw, max_receive_count=5)
    entry = raw["Records"][0]
    assert records[0].data == entry["body"].encode()
    assert records[0].item_id == records[0].source.message_id == entry["messageId"]
    assert records[0].attempts == int(entry["attributes"]["ApproximateReceiveCount"])
    assert len({record.identity for record in records}) == len(records)


@pytest.mark.parametrize(("count", "last"), [("4", False), ("5", True), ("6", True)])
def test_the_last_delivery_is_the_one_that_the_redrive_policy_counts_to(count: str, last: bool) -> None:
    raw = event("lambda_sqs")
    raw["Records"] = raw["Records"][:1]
    raw["Records"][0]["attributes"]["ApproximateReceiveCount"] = count
    (record,) = sqs_records(raw, max_receive_count=5)
    assert record.last_attempt is last


@pytest.mark.parametrize(
    "wrong", [{}, {"Records": []}, {"Records": None}, {"Records": [{"eventSource": "aws:s3"}]}]
)
def test_an_event_of_another_source_is_a_fault_of_the_deployment(wrong: dict[str, Any]) -> None:
    with pytest.raises(Configuration):
        kinesis_records(wrong)
    with pytest.raises(Configuration):
        sqs_records(wrong, 5)


def test_data_that_is_no_base64_is_kept_as_it_is() -> None:
    raw = event("lambda_kinesis")
    raw["Records"] = raw["Records"][:1]
    raw["Records"][0]["kinesis"]["data"] = "%%%"
    assert kinesis_records(raw)[0].data == b"%%%"


def test_a_record_prints_none_of_its_bytes() -> None:
    record = kinesis_records(event("lambda_kinesis"))[0]
    assert "order.placed" in record.data.decode()
    assert "order.placed" not in repr(record)
