import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schemas.dead_letter import LetterSource
from tests.support.members import for_all
from tests.support.samples import ARRIVED, OF_QUEUE, stream_record
from tokenizer.errors import Configuration
from tokenizer.identity import Identity
from tokenizer.messages.tokenize import ApiRecord
from tokenizer.pipeline.aggregates import user_records
from tokenizer.pipeline.kpl import MAGIC
from tokenizer.pipeline.sources import (
    IN_ONE_INVOCATION,
    api_record,
    in_one_invocation,
    kinesis_records,
    may_be_deadly,
    sqs_records,
)

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


def _of_kinesis(*sizes: int) -> list[Any]:
    """Returns user records, so many of each Kinesis record."""
    one = stream_record(b"{}")
    return [replace(one, item_id=f"record {at}") for at, size in enumerate(sizes) for _ in range(size)]


@for_all(
    ("sizes", "taken", "again"),
    [
        ([IN_ONE_INVOCATION], IN_ONE_INVOCATION, None),
        ([1_999, 1], 2_000, None),
        ([1_999, 2], 1_999, "record 1"),  # no aggregate is cut
        ([1_999, 1, 1], 2_000, "record 2"),
        ([1_000, 500, 501], 1_500, "record 2"),
        ([1] * 2_001, 2_000, "record 2000"),
        ([3], 3, None),
    ],
)
def test_an_invocation_takes_as_many_whole_kinesis_records_as_it_can(
    sizes: list[int], taken: int, again: str | None
) -> None:
    records = _of_kinesis(*sizes)
    chosen, begin = in_one_invocation(records)
    assert (list(chosen), begin) == (records[:taken], again)


TIMEOUT = 60.0
ENDED, MAY_RUN = ARRIVED + timedelta(seconds=60.001), ARRIVED + timedelta(seconds=60)
MESSAGES = [
    replace(stream_record(b"{}", at, attempts=attempts), source=OF_QUEUE)
    for at, attempts in enumerate((1, 2, 1, 5))
]


@for_all(
    ("records", "now", "deadly"),
    [
        (_of_kinesis(1), ENDED, [0]),
        (_of_kinesis(3), ENDED, [0, 1, 2]),  # all of one Kinesis record
        (_of_kinesis(1), MAY_RUN, []),  # no invocation can have ended yet
        (_of_kinesis(1, 1), ENDED, []),  # not alone
        (_of_kinesis(2, 1), ENDED, []),
        (MESSAGES, ENDED, [1, 3]),
        (MESSAGES, MAY_RUN, [1, 3]),
        (MESSAGES[:1], ENDED, []),  # a message that waited long in its queue
    ],
)
def test_who_may_have_ended_an_invocation(records: list[Any], now: datetime, deadly: list[int]) -> None:
    assert may_be_deadly(records, now, TIMEOUT) == deadly


def test_a_record_of_the_api_has_the_fields_of_a_message() -> None:
    record = api_record(ApiRecord(origin="api", record_id="r-1", arrived=1_795_428_901_250, body="é"))
    assert (record.identity, record.data) == (Identity.of_sqs("api", "r-1"), "é".encode())
    assert record.source == LetterSource(queue="api", message_id="r-1", arrived_at="2026-11-23T10:15:01.250Z")
    assert (record.arrived_at, record.item_id) == (datetime(2026, 11, 23, 10, 15, 1, 250_000, UTC), "r-1")
    assert (record.attempts, record.last_attempt, record.partition_key) == (1, False, None)
    with pytest.raises(Configuration, match="names no moment"):
        api_record(ApiRecord(origin="api", record_id="r-1", arrived=10**18, body=""))


def test_each_field_of_a_record_is_where_its_source_has_it() -> None:
    entry = event("lambda_kinesis")["Records"][0]
    entry["kinesis"] |= {"partitionKey": "key", "data": "e30="}
    entry |= {"eventID": "shardId-7:4", "edited": "r1"}
    entry["kinesis"] |= {"sequenceNumber": "4", "approximateArrivalTimestamp": ARRIVED.timestamp()}
    (record,) = kinesis_records({"Records": [entry]})
    stream = entry["eventSourceARN"]
    assert record.identity == Identity.of_kinesis(stream, "shardId-7", "4", None).edited("r1")
    assert record.source == LetterSource(
        stream=stream,
        shard="shardId-7",
        sequence_number="4",
        arrived_at="2026-11-23T10:15:01.250Z",
        edited="r1",
    )
    assert (record.data, record.arrived_at, record.item_id) == (b"{}", ARRIVED, "4")
    assert (record.attempts, record.last_attempt, record.partition_key) == (1, False, "key")
    entry = event("lambda_sqs")["Records"][0]
    entry |= {"messageId": "m-1", "body": "{}", "edited": "r2"}
    entry["attributes"] = {
        "SentTimestamp": "1795428901250",
        "ApproximateReceiveCount": "3",
        "MessageGroupId": "group",
    }
    (record,) = sqs_records({"Records": [entry]}, 5)
    queue = entry["eventSourceARN"]
    assert record.identity == Identity.of_sqs(queue, "m-1").edited("r2")
    assert record.source == LetterSource(
        queue=queue, message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z", edited="r2"
    )
    assert (record.data, record.arrived_at, record.item_id) == (b"{}", ARRIVED, "m-1")
    assert (record.attempts, record.last_attempt, record.partition_key) == (3, False, "group")


@for_all("broken", ["kinesis", "eventSourceARN", "eventID"])
def test_an_entry_without_a_part_of_it_is_a_fault_of_the_deployment(broken: str) -> None:
    raw = event("lambda_kinesis")
    del raw["Records"][-1][broken]
    with pytest.raises(Configuration, match="not as aws:kinesis makes them"):
        kinesis_records(raw)
