"""Poison from hell: each is one letter in its first delivery, and its neighbours go on."""

import gzip
import hashlib
import json
from typing import Any

import pytest

from schemas.dead_letter import ErrorCode
from tests.fakes.world import World, ample_budget
from tests.samples import data, order, stream_record
from tokenizer.intake import Intake
from tokenizer.kpl import MAGIC, user_records

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
    outcomes = world.tokenizer.run(records, ample_budget())
    assert [outcome.published for outcome in outcomes] == [True, False, True]
    (letter,) = world.letters.sent
    assert (letter.code, letter.data) == (code, bad)
    assert len(letter.message) < 500


def test_an_error_that_nobody_foresaw_is_a_letter_and_neighbours_are_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draft = Intake._draft

    def broken(self: Intake, record: Any, event: Any) -> Any:
        if record.item_id == "2":
            raise KeyError("canary-value")
        return draft(self, record, event)

    monkeypatch.setattr(Intake, "_draft", broken)
    world = World()
    outcomes = world.tokenizer.run([stream_record(order(), at) for at in (1, 2, 3)], ample_budget())
    assert [outcome.published for outcome in outcomes] == [True, False, True]
    assert world.letters.sent[0].message == "the record could not be read: KeyError"


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


@pytest.mark.parametrize("count", [1, 100, 2_000])
def test_an_aggregate_of_orders_is_taken_apart(count: int) -> None:
    small = json.dumps(
        {
            "event_id": "e",
            "event_type": "order.placed",
            "schema_version": 1,
            "occurred_at": "2026-11-23T10:15:00Z",
        }
    ).encode()
    assert user_records(_aggregate(*[small] * count)) == [(at, small) for at in range(count)]
