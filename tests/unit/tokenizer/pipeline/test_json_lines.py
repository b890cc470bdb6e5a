"""Tests that a Kinesis record of several JSON lines is several events, each with an identity of its own."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.dead_letter import LetterSource
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import ARRIVED, SHARD, STREAM, data, order, stream_record
from tokenizer.identity import Identity
from tokenizer.pipeline.aggregates import MAX_USER_RECORDS, refused_aggregate, user_records
from tokenizer.pipeline.catalog import catalog
from tokenizer.pipeline.json_lines import json_lines
from tokenizer.pipeline.kpl import aggregated
from tokenizer.pipeline.sources import kinesis_records
from tokenizer.records import timestamp

ONE, TWO = data(order(notes="one")), data(order(notes="two\\nlines"))


def _delivered(body: bytes) -> list[Any]:
    entry = {
        "eventSource": "aws:kinesis",
        "eventSourceARN": STREAM,
        "eventID": f"{SHARD}:7",
        "kinesis": {
            "sequenceNumber": "7",
            "approximateArrivalTimestamp": ARRIVED.timestamp(),
            "data": base64.b64encode(body).decode(),
        },
    }
    return kinesis_records({"Records": [entry]})


@pytest.mark.parametrize("between", [b"\n", b"\r\n", b"\n\n", b" \n\t\n "])
def test_each_line_is_an_event_of_its_own(between: bytes) -> None:
    for body in (ONE + between + TWO, ONE + between + TWO + between, between + ONE + between + TWO):
        records = _delivered(body)
        assert [each.data for each in records] == [ONE, TWO]
        assert [each.source.sub_sequence_number for each in records] == [0, 1]
        assert len({each.identity for each in records}) == 2
        assert {each.item_id for each in records} == {"7"}


@pytest.mark.parametrize(
    "body",
    [
        ONE,
        ONE + b"\n",
        b"\n" + ONE + b"\r\n\n",
        json.dumps(order(), indent=1).encode(),
        json.dumps(order(), indent=1).replace(": ", ":\n").encode(),
        json.dumps([order(), order()], indent=1).encode(),
        b'[\n{"a":1},\n{"b":2}\n]',
        json.dumps(order(), indent=1).encode()[:-3],
        ONE + b"\nnot a line of JSON",
        b"{\n" + ONE + b"\n}",
        b"",
        b"\n\n",
        b"\xff\n\xfe",
    ],
)
def test_everything_else_is_one_record_with_the_identity_it_always_had(body: bytes) -> None:
    assert json_lines(body) is None
    (record,) = _delivered(body)
    assert record.data == body
    assert record.identity == stream_record(body, 7).identity
    assert record.source.sub_sequence_number is None


def test_a_broken_line_holds_up_none_of_the_others() -> None:
    cut = ONE + b"\n" + TWO[:40] + b"\n" + ONE
    assert [each.data for each in _delivered(cut)] == [ONE, TWO[:40], ONE]


def test_lines_in_an_aggregate_are_no_lines() -> None:
    body = ONE + b"\n" + TWO
    assert [each.data for each in _delivered(aggregated([body, ONE]))] == [body, ONE]


def test_a_line_that_comes_alone_keeps_its_identity() -> None:
    first, second = _delivered(ONE + b"\n" + TWO)
    entry = {
        "eventSource": "aws:kinesis",
        "eventSourceARN": STREAM,
        "eventID": f"{SHARD}:7",
        "kinesis": {
            "sequenceNumber": "7",
            "subSequenceNumber": 1,
            "approximateArrivalTimestamp": ARRIVED.timestamp(),
            "data": base64.b64encode(second.data).decode(),
        },
    }
    (again,) = kinesis_records({"Records": [entry]})
    assert (again.identity, again.data) == (second.identity, second.data)
    assert again.identity != first.identity


def test_more_lines_than_events_would_fit_in_are_one_record() -> None:
    assert json_lines(b"{}\n" * 100) is not None
    assert json_lines(b"{}\n" * 101) is None
    assert json_lines((ONE + b"\n") * 101) is not None


def test_too_many_lines_for_a_delivery_are_one_letter_that_is_kept_as_lines() -> None:
    lines = [ONE] * MAX_USER_RECORDS + [
        data(order(payment={"card": {"number": "4111111111111111", "cvv": "737"}}))
    ]
    body = b"\n".join(lines)
    assert user_records(body) == [(None, body)]
    refused = refused_aggregate(body, catalog())
    assert refused is not None
    kept, why = refused
    assert why.code == "too_large"
    assert b"737" not in kept
    assert kept.split(b"\n")[:-1] == lines[:-1]


def test_a_message_of_the_queue_is_one_event_however_many_lines_it_has() -> None:
    body = b"\n".join([ONE] * (MAX_USER_RECORDS + 1))
    world = World()
    source = LetterSource(
        queue="arn:aws:sqs:us-east-1:000000000000:raw", message_id="m-1", arrived_at=timestamp(ARRIVED)
    )
    record = replace(stream_record(body), source=source, identity=Identity.of_source(source))
    (outcome,) = world.tokenizer.tokenize_batch([record], ample_budget())
    assert outcome.letter is not None
    assert outcome.letter.code == "malformed_json"


_EVENTS = st.lists(
    st.dictionaries(st.text(), st.one_of(st.none(), st.text(), st.integers(), st.lists(st.text()))),
    min_size=2,
    max_size=20,
)


@given(events=_EVENTS, ascii_only=st.booleans())
def test_what_was_written_as_lines_is_read_as_lines(events: list[dict[str, Any]], ascii_only: bool) -> None:
    lines = [json.dumps(each, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass") for each in events]
    assert json_lines(b"\n".join(lines)) == lines
