"""A Kinesis record holds several events at most as many as a delivery takes, and one of more is kept without codes."""

import hashlib
import json

import pytest

from schemas.dead_letter import ErrorCode
from tests.support.members import for_all
from tests.support.samples import data, order
from tokenizer.pipeline.aggregates import MAX_USER_RECORDS, refused_aggregate, too_many_records, user_records
from tokenizer.pipeline.catalog import catalog
from tokenizer.pipeline.kpl import DIGEST_BYTES, MAGIC, aggregated, disaggregated

LINE = b'{"a":"' + b"x" * 64 + b'"}'
FORMS = {"KPL": aggregated, "JSON lines": b"\n".join}


@pytest.mark.parametrize("form", FORMS)
def test_a_record_of_as_many_events_as_a_delivery_takes_is_taken_and_one_more_is_not(form: str) -> None:
    full = [LINE] * MAX_USER_RECORDS
    taken, refused = FORMS[form](full), FORMS[form]([*full, LINE])
    assert user_records(taken) == list(enumerate(full))
    assert too_many_records(taken) is None
    assert refused_aggregate(taken, catalog()) is None
    assert user_records(refused) == [(None, refused)]
    assert too_many_records(refused) == [*full, LINE]


@pytest.mark.parametrize("form", FORMS)
def test_a_refused_record_keeps_its_form_and_its_events_without_codes_also_broken_ones(form: str) -> None:
    with_code, broken = data(order(notes="my cvv is 737")), b'{"cvv": "737", "broken}'
    whole = data(order())
    body = FORMS[form]([whole, with_code, broken] + [LINE] * MAX_USER_RECORDS)
    refused = refused_aggregate(body, catalog())
    assert refused is not None
    kept, error = refused
    assert error.code is ErrorCode.TOO_LARGE
    assert f"{MAX_USER_RECORDS + 3:,} user records" in str(error)
    first, second, third, *others = too_many_records(kept) or []
    assert (first, others) == (whole, [LINE] * MAX_USER_RECORDS)
    assert json.loads(second)["order"]["notes"] == "my cvv is ***"
    assert third.startswith(b'{"cvv": ')
    assert b"737" not in kept
    assert kept.startswith(MAGIC) == (form == "KPL")


def test_a_refused_record_without_codes_is_kept_byte_for_byte() -> None:
    body = b"\r\n".join([LINE] * (MAX_USER_RECORDS + 1))
    assert (refused_aggregate(body, catalog()) or [None])[0] is body


def _summed(body: bytes) -> bytes:
    return hashlib.md5(body, usedforsecurity=False).digest()


SOUND = aggregated([LINE])
BODY = SOUND[len(MAGIC) : -DIGEST_BYTES]


@for_all(
    "body",
    [
        b"",
        MAGIC,
        LINE,
        SOUND[:-1],
        SOUND[:-DIGEST_BYTES] + bytes(DIGEST_BYTES),
        MAGIC + b"\xff\xff\xff" + _summed(b"\xff\xff\xff"),  # no protobuf
        MAGIC + BODY[:-1] + _summed(BODY[:-1]),
        MAGIC + _summed(b""),  # no user record
        b"none" + BODY + _summed(BODY),  # whole but for its first bytes
        aggregated([b""] * 101),  # more user records than bytes for them
    ],
)
def test_what_is_no_sound_aggregate_is_one_event(body: bytes) -> None:
    assert disaggregated(body) is None
    assert user_records(body) == [(None, body)]


def test_an_aggregate_is_read_and_written_in_the_bytes_of_the_producer_library() -> None:
    """Field 3 of the message is a user record, and field 3 of that is its data; the other fields are not read."""
    body = b"\x0a\x01k\x1a\x06\x08\x00\x1a\x02{}\x1a\x05\x1a\x03[1]"
    assert disaggregated(MAGIC + body + _summed(body)) == [b"{}", b"[1]"]
    written = b"\x1a\x04\x1a\x02{}\x1a\x05\x1a\x03[1]"
    assert aggregated([b"{}", b"[1]"]) == MAGIC + written + _summed(written)


def test_few_small_user_records_are_taken_whatever_their_size() -> None:
    assert disaggregated(aggregated([b""] * 100)) == [b""] * 100
    assert disaggregated(aggregated([b"x" * 63] * 101)) == [b"x" * 63] * 101
