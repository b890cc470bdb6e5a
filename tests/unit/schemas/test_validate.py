"""The check of an event says what the tokenizer will say, and a file is taken apart as it stands."""

import io
from typing import Any

import pytest
from hypothesis import given, settings

from local.data.poison import poisons
from schemas.check import check
from schemas.dead_letter import ErrorCode
from schemas.fault import Fault
from schemas.files import Located, NoEventsError, events_in
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, TOKEN_KEYS
from tests.support.property.events import Raw, raw_events
from tests.support.samples import stream_record
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.pipeline.catalog import catalog
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.pipeline.sanitize import Sanitizer

INTAKE = RecordReader(catalog(), Sanitizer(TOKEN_KEYS, SCOPE_KEYS, SUBJECT_KEYS))
POISONS = [each for each in poisons(seed=5) if each.code is not ErrorCode.TOO_LARGE]


def code_of(event: bytes) -> ErrorCode | None:
    try:
        check(event)
    except Fault as fault:
        return fault.code
    return None


@pytest.mark.parametrize("poison", POISONS, ids=lambda each: each.kind)
def test_poison_is_found_as_what_the_tokenizer_finds(poison: Any) -> None:
    verdict = INTAKE.read(stream_record(poison.data)).failure
    assert isinstance(verdict, BadRecord)
    assert code_of(poison.data) == poison.code == verdict.code


@given(raw_events())
@settings(max_examples=60)
def test_what_the_tokenizer_takes_is_valid(raw: Raw) -> None:
    event = json_text.dump(raw.event)
    taken = INTAKE.read(stream_record(event)).draft is not None
    assert (code_of(event) is None) == taken


def found(content: bytes, *, lines: bool = False) -> list[Located]:
    return list(events_in(io.BytesIO(content), lines=lines))


def test_one_event_a_list_and_lines_are_told_apart() -> None:
    assert found(b'{"a":1}\n') == [Located("", b'{"a":1}')]
    assert found(b'{\n "a": 1\n}\n') == [Located("", b'{\n "a": 1\n}\n')]
    assert found(b'\n[{"a":1.10},\n 2]') == [Located("element 1", b'{"a":1.10}'), Located("element 2", b"2")]
    assert found(b"[]") == []
    assert found(b'{"a":1}\n\n{"b"\n') == [Located("line 1", b'{"a":1}'), Located("line 3", b'{"b"')]
    assert found(b'{"a"\n{"b":2}\n', lines=True) == [
        Located("line 1", b'{"a"'),
        Located("line 2", b'{"b":2}'),
    ]


def test_a_list_keeps_what_is_ambiguous_for_the_check_to_find() -> None:
    (element,) = found(b'[{"a": 1, "a": 2}]')
    with pytest.raises(Fault, match="same key twice"):
        check(element.data)


def test_a_list_that_breaks_off_tells_where() -> None:
    with pytest.raises(NoEventsError, match="after element 1"):
        found(b"[{} {}]")
