"""Tests a record's identity: each part counts, on every way from an event over a dead letter and back."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from schemas.dead_letter import LetterSource
from tests.support.samples import SHARD, STREAM
from tokenizer.identity import Identity
from tokenizer.messages.tokenize import ApiRecord
from tokenizer.pipeline.aggregates import user_records
from tokenizer.pipeline.aliases import Draws
from tokenizer.pipeline.kpl import MAGIC
from tokenizer.pipeline.sources import api_record, kinesis_records, sqs_records
from tokenizer.records import RawRecord
from tokenizer.replay.messages import PUBLISHED, UNAVAILABLE, entry, of_entry, revision
from tokenizer.vault.tokens import TokenKey

QUEUE = "arn:aws:sqs:us-east-1:000000000000:raw"
NUMBERS = [None, 0, 1, 2]
EDITS = [None, "a1", "b2"]


def test_the_canonical_forms_are_these_bytes_for_ever() -> None:
    """Tokens are drawn from these bytes: with any other, a replay gives a record new tokens."""
    of_stream = b'["kinesis","%s","%s","7"' % (STREAM.encode(), SHARD.encode())
    of_queue = b'["sqs","%s","m-1"]' % QUEUE.encode()
    assert Identity.of_kinesis(STREAM, SHARD, "7", None).canonical == of_stream + b"]"
    assert Identity.of_kinesis(STREAM, SHARD, "7", 0).canonical == of_stream + b',"0"]'
    assert Identity.of_sqs(QUEUE, "m-1").canonical == of_queue
    assert Identity.of_sqs(QUEUE, "m-1").edited("a1").canonical == (
        b'["edited","%s","a1"]' % of_queue.replace(b'"', b'\\"')
    )


def test_no_two_records_are_one() -> None:
    other_account, other_region = STREAM.replace("000000000000", "1" * 12), STREAM.replace("east", "west")
    places: list[tuple[str, str, str]] = [
        (STREAM, SHARD, "7"),
        (STREAM, SHARD, "8"),
        (STREAM, "shardId-000000000001", "7"),
        (other_account, SHARD, "7"),
        (other_region, SHARD, "7"),
    ]
    queues = [QUEUE, QUEUE.replace("000000000000", "1" * 12), QUEUE.replace("east", "west"), STREAM]
    found = [Identity.of_kinesis(*place, number) for place in places for number in NUMBERS]
    found += [Identity.of_sqs(queue, message) for queue in queues for message in ("m-1", "m-2", SHARD)]
    found = [each.edited(edit) for each in found for edit in EDITS]
    found += [each.edited("c3") for each in found]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("between", [":", "|", "/", "#", ",", " ", '","', "\x00"])
def test_parts_that_hold_what_separates_parts_are_told_apart(between: str) -> None:
    assert Identity.of_sqs(f"q{between}a", "b") != Identity.of_sqs("q", f"a{between}b")
    assert Identity.of_sqs("q", f"a{between}0") != Identity.of_sqs("q", "a")


def stream_event(number: int | None, edited: str | None) -> dict[str, Any]:
    kinesis = {"sequenceNumber": "7", "approximateArrivalTimestamp": 1_763_892_901.25}
    kinesis |= {"data": base64.b64encode(b"{}").decode()}
    kinesis |= {} if number is None else {"subSequenceNumber": number}
    record = {
        "eventSource": "aws:kinesis",
        "eventSourceARN": STREAM,
        "eventID": f"{SHARD}:7",
        "kinesis": kinesis,
    }
    return {"Records": [record | ({"edited": edited} if edited else {})]}


def queue_event(edited: str | None) -> dict[str, Any]:
    record = {
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE,
        "messageId": "m-1",
        "body": "{}",
        "attributes": {"SentTimestamp": "1763892901250", "ApproximateReceiveCount": "1"},
    }
    return {"Records": [record | ({"edited": edited} if edited else {})]}


def of_queue(event: dict[str, Any]) -> list[RawRecord]:
    return sqs_records(event, 5)


EVENTS = [
    *((kinesis_records, stream_event(number, edit)) for number in NUMBERS for edit in EDITS),
    *((of_queue, queue_event(edit)) for edit in EDITS),
]


@pytest.mark.parametrize(("read", "event"), EVENTS)
def test_a_letter_names_the_record_that_it_is_about_and_its_replay_is_that_record(
    read: Callable[[dict[str, Any]], list[RawRecord]], event: dict[str, Any]
) -> None:
    (record,) = read(event)
    letter = LetterSource.model_validate_json(record.source.model_dump_json())
    assert Identity.of_source(letter) == record.identity
    (again,) = read({"Records": [entry(letter, record.data)]})
    assert again == record


def test_a_replay_arrives_at_the_millisecond_at_which_its_record_did() -> None:
    """Keys have versions by arrival, and the event tells it; a float holds few milliseconds exactly."""
    for millisecond in range(1_000):
        event = queue_event(None)
        event["Records"][0]["attributes"]["SentTimestamp"] = sent = str(1_763_892_901_000 + millisecond)
        (record,) = of_queue(event)
        assert entry(record.source, record.data)["attributes"]["SentTimestamp"] == sent


def test_each_source_and_edit_gives_another_record() -> None:
    assert len({read(event)[0].identity for read, event in EVENTS}) == len(EVENTS)


def aggregate(*records: bytes) -> bytes:
    """Returns a Kinesis record as the KPL packs it; protobuf's field 3, once for the record and once for its data."""
    packed = b"".join(
        bytes([0x1A, len(each) + 2, 0x1A, len(each)]) + each for each in records
    )  # lengths below 128 take one byte
    return MAGIC + packed + hashlib.md5(packed, usedforsecurity=False).digest()


def test_user_records_are_counted_from_zero() -> None:
    assert user_records(aggregate(b"one", b"two")) == [(0, b"one"), (1, b"two")]


@pytest.mark.parametrize("number", [0, 1])
def test_a_user_record_that_looks_like_an_aggregate_is_not_taken_apart_again(number: int) -> None:
    inner = aggregate(b"one", b"two")
    event = stream_event(number, None)
    event["Records"][0]["kinesis"]["data"] = base64.b64encode(inner).decode()
    (record,) = kinesis_records(event)
    assert (record.data, record.source.sub_sequence_number) == (inner, number)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_what_became_of_a_user_record_is_told_apart_from_its_neighbours(number: int) -> None:
    outcomes = [
        {"item": "7", "sub": at, "status": PUBLISHED if at == number else UNAVAILABLE} for at in range(3)
    ]
    made = stream_event(number, None)["Records"][0]
    assert of_entry(made, outcomes) == {"status": PUBLISHED}
    whole = stream_event(None, None)["Records"][0]
    assert of_entry(whole, outcomes) == {"status": UNAVAILABLE, "records": 3}


def test_a_revision_is_named_after_both_texts() -> None:
    assert revision(b"old", b"new") == revision(b"old", b"new")
    names = [revision(old, new) for old in (b"old", b"older") for new in (b"new", b"newer")]
    assert len(set(names)) == len(names)


def test_an_alias_is_drawn_by_the_key_the_record_the_field_and_the_attempt() -> None:
    keys, identities = (TokenKey(b"k" * 32), TokenKey(b"l" * 32)), (HERE, THERE)
    drawn = [
        Draws(key, identity, path, "123456789012", 0).draw(attempt)
        for key in keys
        for identity in identities
        for path in ("/a", "/b")
        for attempt in (0, 1)
    ]
    assert len(set(drawn)) == len(drawn)


def test_each_alias_that_is_tried_is_a_draw_of_its_own() -> None:
    asked: list[str] = []

    class Key:
        def number(self, _identity: Identity, name: str) -> int:
            asked.append(name)
            return 0

    key: Any = Key()
    for path in ("/a", "/1:/a"):
        draws = Draws(key, HERE, path, "123456789012", 0)
        for attempt in range(12):
            for redraw in range(12):
                draws._candidate(attempt, redraw)
    assert len(set(asked)) == len(asked) == 2 * 12 * 12


def test_a_record_of_the_api_is_its_origins_and_its_requests() -> None:
    places = [(origin, request) for origin in ("api", "batch", QUEUE) for request in ("m-1", "m-2")]
    made = [
        api_record(ApiRecord(origin=origin, record_id=request, arrived=1_763_892_901_250, body="{}"))
        for origin, request in places
    ]
    assert len({each.identity for each in made}) == len(places)
    assert [each.identity for each in made] == [Identity.of_sqs(*place) for place in places]
    assert [Identity.of_source(each.source) for each in made] == [each.identity for each in made]


KEY = TokenKey(b"k" * 32)
HERE, THERE = Identity.of_sqs(QUEUE, "m-1"), Identity.of_sqs(QUEUE, "m-2")
# What is drawn for a record, once as it is and then with one part of it changed at a time.
DRAWN: dict[str, list[Callable[[TokenKey], object]]] = {
    "record_id": [
        lambda key: key.record_id(HERE),
        lambda key: key.record_id(THERE),
        lambda key: key.record_id(HERE, "30 days"),
        lambda key: key.record_id(HERE, "40 days"),
    ],
    "tag": [
        lambda key: key.tag(HERE, "/a"),
        lambda key: key.tag(HERE, "/b"),
        lambda key: key.tag(THERE, "/a"),
        lambda key: key.tag(HERE, "/a", 1),
        lambda key: key.tag(HERE, "/a", 2),
    ],
    "number": [
        lambda key: key.number(HERE, "/a"),
        lambda key: key.number(HERE, "/b"),
        lambda key: key.number(THERE, "/a"),
    ],
    "ingest_id": [lambda key: key.ingest_id(HERE), lambda key: key.ingest_id(THERE)],
}


def test_all_that_a_token_key_draws_is_in_the_table() -> None:
    assert {name for name in vars(TokenKey) if not name.startswith("_")} - {"secret"} == DRAWN.keys()


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawn_differs_by_the_key_and_by_each_part(name: str) -> None:
    drawn = [draw(key) for key in (KEY, TokenKey(b"l" * 32)) for draw in DRAWN[name]]
    assert len(set(drawn)) == len(drawn)
    assert [draw(KEY) for draw in DRAWN[name]] == drawn[: len(DRAWN[name])]
