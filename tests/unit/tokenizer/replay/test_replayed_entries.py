"""The event that a replay sends is the one that Lambda first delivered, and each result goes to its own letter."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.dead_letter import LetterSource
from tests.support.members import for_all
from tests.support.samples import OF_QUEUE, OF_STREAM
from tokenizer.replay.messages import arrival, entry, of_entry, stream_entry, worst

AT = 1795428901.25  # 2026-11-23T10:15:01.250Z
WHOLE = OF_STREAM.model_copy(update={"arrived_at": "2026-11-23T10:15:01.250Z"})
PART = WHOLE.model_copy(update={"sub_sequence_number": 0})
STREAM_ENTRY: dict[str, Any] = {
    "eventSource": "aws:kinesis",
    "eventSourceARN": "s",
    "eventID": "shardId-0:1",
    "kinesis": {"sequenceNumber": "1", "approximateArrivalTimestamp": AT, "data": "w6k="},
}
QUEUE_ENTRY: dict[str, Any] = {
    "eventSource": "aws:sqs",
    "eventSourceARN": "q",
    "messageId": "m-1",
    "body": "é",
    "attributes": {"SentTimestamp": "1795428901250", "ApproximateReceiveCount": "1"},
}


@for_all(
    ("source", "expected"),
    [
        (WHOLE, STREAM_ENTRY),
        (PART, STREAM_ENTRY | {"kinesis": STREAM_ENTRY["kinesis"] | {"subSequenceNumber": 0}}),
        (OF_QUEUE, QUEUE_ENTRY),
    ],
)
def test_a_record_is_sent_as_it_first_came(source: LetterSource, expected: dict[str, Any]) -> None:
    assert entry(source, "é".encode()) == expected
    edited = source.model_copy(update={"edited": "r1"})
    assert entry(edited, "é".encode()) == expected | {"edited": "r1"}


def test_a_record_that_is_read_from_the_stream_again_is_sent_as_it_first_came() -> None:
    record = {
        "SequenceNumber": "1",
        "ApproximateArrivalTimestamp": datetime.fromtimestamp(AT, UTC),
        "Data": "é".encode(),
        "PartitionKey": "p",
    }
    assert stream_entry("s", "shardId-0", record) == STREAM_ENTRY


@for_all(
    ("source", "missing"),
    [
        *((OF_STREAM, each) for each in ("stream", "shard", "sequence_number")),
        *((OF_QUEUE, each) for each in ("queue", "message_id")),
    ],
)
def test_a_letter_without_a_part_of_its_source_is_sent_nowhere(source: LetterSource, missing: str) -> None:
    with pytest.raises(ValueError, match="names neither"):
        entry(source.model_copy(update={missing: None}), b"")


@for_all("moment", ["", "yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00"])
def test_a_letter_of_no_moment_is_sent_nowhere(moment: str) -> None:
    source = OF_QUEUE.model_copy(update={"arrived_at": moment})
    for reads in (arrival, lambda each: entry(each, b"")):
        with pytest.raises(ValueError, match="names no moment"):
            reads(source)


ORDER = ["refused", "expired", "unavailable", "failed", "split", "published"]


def test_the_worst_of_several_results_counts_with_their_number() -> None:
    for at, status in enumerate(ORDER):
        results = [{"status": each, "code": each} for each in reversed(ORDER[at:])]
        only = {"status": status, "code": status}
        assert worst(results) == (only if len(results) == 1 else only | {"records": len(results)})


OUTCOMES: list[dict[str, Any]] = [
    {"item": "1", "sub": 0, "status": "published"},
    {"item": "1", "sub": 1, "status": "failed", "code": "c"},
    {"item": "2", "status": "unavailable"},
    {"item": "m-1", "status": "published"},
]


@for_all(
    ("made", "result"),
    [
        ({"kinesis": {"sequenceNumber": "1", "subSequenceNumber": 0}}, {"status": "published"}),
        ({"kinesis": {"sequenceNumber": "1", "subSequenceNumber": 1}}, {"status": "failed", "code": "c"}),
        ({"kinesis": {"sequenceNumber": "1"}}, {"status": "failed", "code": "c", "records": 2}),
        ({"kinesis": {"sequenceNumber": "2"}}, {"status": "unavailable"}),
        ({"messageId": "m-1"}, {"status": "published"}),
    ],
)
def test_each_letter_gets_the_results_of_its_own_records(
    made: dict[str, Any], result: dict[str, Any]
) -> None:
    assert of_entry(made, OUTCOMES) == result
    assert (
        json.dumps(OUTCOMES[0]) == '{"item": "1", "sub": 0, "status": "published"}'
    )  # and leaves them as they are
