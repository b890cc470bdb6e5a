"""Poison from hell: each is one letter in its first delivery, and its neighbours go on."""

import gzip
import hashlib
import json
from typing import Any

import pytest

from schemas.dead_letter import ErrorCode
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import data, order, stream_record
from tokenizer import json_text
from tokenizer.pipeline import cleaning, record_reader
from tokenizer.pipeline.aggregates import user_records
from tokenizer.pipeline.kpl import MAGIC
from tokenizer.records import RawRecord

DEEP = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
POISON: dict[str, tuple[bytes, ErrorCode]] = {
    "no bytes": (b"", ErrorCode.MALFORMED_JSON),
    "not UTF-8": (b"\xff\xfe\x00", ErrorCode.MALFORMED_JSON),
    "gzip": (gzip.compress(data(order())), ErrorCode.MALFORMED_JSON),
    "truncated": (data(order())[:-5], ErrorCode.MALFORMED_JSON),
    "a trailing comma": (data(order())[:-1] + b",}", ErrorCode.MALFORMED_JSON),
    "nested a hundred thousand deep": (DEEP, ErrorCode.MALFORMED_JSON),
    "brackets without end": (b"[" * 1_000_000, ErrorCode.MALFORMED_JSON),
    "a number of five thousand digits": (data(order()).replace(b'"quantity": 1', b'"quantity": ' + b"1" * 5000), ErrorCode.MALFORMED_JSON),
    "a number beyond all bounds": (data(order()).replace(b'"quantity": 1', b'"quantity": 1e400'), ErrorCode.INVALID_FIELD),
    "an infinity": (data(order()).replace(b'"quantity": 1', b'"quantity": Infinity'), ErrorCode.MALFORMED_JSON),
    "a string of one MiB": (data(order(notes="n" * 1_048_576)), ErrorCode.TOO_LARGE),
    "a million combining marks": (data(order(notes="e" + "\u0301" * 400_000)), ErrorCode.TOO_LARGE),
    "a number for a name": (data(order(customer={"customer_id": "C", "name": 7})), ErrorCode.INVALID_FIELD),
    "a list for an object": (data(order(customer=[])), ErrorCode.INVALID_FIELD),
    "null for what is required": (data(order(total=None)), ErrorCode.INVALID_FIELD),
    "a version as a string": (data({**order(), "schema_version": "1"}), ErrorCode.INVALID_FIELD),
    "a day that is none": (data({**order(), "occurred_at": "2026-02-30T00:00:00Z"}), ErrorCode.INVALID_FIELD),
    "a JSON null": (b"null", ErrorCode.NOT_AN_OBJECT),
}  # fmt: skip


@pytest.mark.parametrize("name", POISON)
def test_poison_is_one_letter_and_its_neighbours_are_published(name: str) -> None:
    bad, code = POISON[name]
    world = World()
    records = [stream_record(order(), 1), stream_record(bad, 2), stream_record(order(), 3)]
    outcomes = world.tokenizer.tokenize_batch(records, ample_budget())
    assert [outcome.published for outcome in outcomes] == [True, False, True]
    (letter,) = world.letters.sent
    assert (letter.code, letter.data) == (code, bad)
    assert len(letter.message) < 500


# Where an error that nobody foresaw may arise while a record is read.
STAGES = (
    "jsontext.parse",
    "cleaning.may_hold_authentication_data",
    "cleaning.strip_authentication_data",
    "jsontext.dump",
    "check_fields",
)
SECRET = {"name": "cvv", "value": "987canary"}
FORMS = {
    "a key": {"cvv": "987canary"},
    "a pair": SECRET,
    "JSON in a string": {"payload": json.dumps({"pin": "987canary"})},
}
VALUE_FIRST = {"a pair with its value first": dict(reversed(SECRET.items()))}


def _break(monkeypatch: pytest.MonkeyPatch, stage: str, error: Exception) -> None:
    """Makes a stage fail for the second record."""
    holder, _, name = stage.rpartition(".")
    target = {"": record_reader, "cleaning": cleaning, "jsontext": json_text}[holder]
    real = getattr(target, name)

    def broken(*args: Any) -> Any:
        if any(b"second" in repr(arg).encode() for arg in args):
            raise error
        return real(*args)

    monkeypatch.setattr(target, name, broken)


def _records(secret: Any) -> list[RawRecord]:
    return [
        stream_record(order(note=at, secret=secret), n)
        for n, at in enumerate(("first", "second", "third"), 1)
    ]


@pytest.mark.parametrize(
    "error",
    [
        KeyError("987canary"),
        ValueError("987canary"),
        RecursionError("987canary"),
        MemoryError("987canary"),
    ],
)
@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("form", FORMS)
def test_an_error_that_nobody_foresaw_is_a_letter_without_secrets_and_neighbours_are_published(
    monkeypatch: pytest.MonkeyPatch, stage: str, error: Exception, form: str
) -> None:
    _break(monkeypatch, stage, error)
    world = World()
    outcomes = world.tokenizer.tokenize_batch(_records(FORMS[form]), ample_budget())
    assert [outcome.published for outcome in outcomes] == [True, False, True]
    (letter,) = world.letters.sent
    assert letter.message == f"reading: {type(error).__name__}"
    assert b"987" not in letter.data
    assert b"second" in letter.data
    assert "987" not in repr((outcomes, letter, outcomes[1].letter))


@pytest.mark.parametrize("form", [*FORMS, *VALUE_FIRST])
def test_what_was_read_before_an_unforeseen_error_is_kept_as_a_bad_record_is(
    monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    raw = stream_record(order(total="bad", note="second", secret=(FORMS | VALUE_FIRST)[form]), 2)
    world = World()
    world.tokenizer.tokenize_batch([raw], ample_budget())
    _break(monkeypatch, "check_fields", KeyError())
    world.tokenizer.tokenize_batch([raw], ample_budget())
    bad, unforeseen = world.letters.sent
    assert bad.data == unforeseen.data
    assert b"987" not in unforeseen.data


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("end", [b"", b"}", b",}", b',"x": NaN}}'], ids=repr)
def test_a_record_that_does_not_parse_is_kept_without_secrets(form: str, end: bytes) -> None:
    world = World()
    world.tokenizer.tokenize_batch(
        [stream_record(data(order(secret=FORMS[form]))[:-2] + end)], ample_budget()
    )
    (letter,) = world.letters.sent
    assert letter.code is ErrorCode.MALFORMED_JSON
    assert b"987" not in letter.data


def _aggregate(*records: bytes) -> bytes:
    body = b"".join(
        b"\x1a" + _varint(len(inner)) + inner
        for inner in (b"\x1a" + _varint(len(r)) + r if r else b"" for r in records)
    )
    return MAGIC + body + hashlib.md5(body, usedforsecurity=False).digest()


def _varint(number: int) -> bytes:
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + _varint(rest) if rest else bytes([low])


def test_an_aggregate_of_half_a_million_empty_records_is_one_letter() -> None:
    bomb = _aggregate(*[b""] * 500_000)
    assert user_records(bomb) == [(None, bomb)]


@pytest.mark.parametrize("count", [1, 100, 1_000, 1_001])
def test_an_aggregate_is_taken_apart_if_an_invocation_can_finish_it(count: int) -> None:
    small = json.dumps(
        {
            "event_id": "e",
            "event_type": "order.placed",
            "schema_version": 1,
            "occurred_at": "2026-11-23T10:15:00Z",
        }
    ).encode()
    whole = _aggregate(*[small] * count)
    apart = [(at, small) for at in range(count)]
    assert user_records(whole) == (apart if count <= 1_000 else [(None, whole)])


def test_bytes_that_can_not_be_searched_for_codes_are_in_no_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> Any:
        raise RuntimeError

    monkeypatch.setattr(record_reader, "scrub_text", broken)
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(b'{"cvv": "739"')], ample_budget())
    assert outcome.letter is not None
    assert outcome.letter.code == ErrorCode.MALFORMED_JSON
    (letter,) = world.letters.sent
    assert b"739" not in letter.data
