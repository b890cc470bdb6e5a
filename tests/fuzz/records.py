"""Targets that producers reach: raw records, KPL aggregates, tokens, and the events that bring them."""

import hashlib
import json
from typing import Any

from schemas.dead_letter import ErrorCode
from tests.fuzz.inputs import MARK, NUMBER
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, TOKEN_KEYS
from tests.support.samples import stream_record
from tokenizer import json_text
from tokenizer.errors import BadRecord, Configuration
from tokenizer.pipeline.aggregates import user_records
from tokenizer.pipeline.alias_form import may_be_alias
from tokenizer.pipeline.catalog import catalog
from tokenizer.pipeline.kpl import MAGIC
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.pipeline.sanitize import Sanitizer
from tokenizer.pipeline.sources import kinesis_records, sqs_records
from tokenizer.replay.outline import outline
from tokenizer.vault.tokens import Pointer, is_token

INTAKE = RecordReader(catalog(), Sanitizer(TOKEN_KEYS, SCOPE_KEYS, SUBJECT_KEYS))


def untold(*texts: object) -> None:
    """Nobody may be told what stands for a value."""
    for text in map(str, texts):
        assert MARK not in text, "a value was told"
        assert str(NUMBER) not in text, "a value was told"


def refused(error: Exception) -> None:
    """An error of ours: it tells no value, and no other error that could comes along."""
    untold(error, repr(error))
    assert error.__suppress_context__ or error.__context__ is None
    assert not isinstance(error, BadRecord) or error.code in set(ErrorCode)


def raw_record(data: bytes) -> None:
    """It is sanitized or has a code; twice the same; nothing of it is in a message or a repr; no more is kept than came."""
    parsed, again = INTAKE.read(stream_record(data)), INTAKE.read(stream_record(data))
    assert repr(parsed) == repr(again)
    assert parsed.kept is not None
    untold(repr(parsed), repr(parsed.raw))
    if parsed.draft is not None:
        dumped = parsed.draft.event({}).detail
        assert json_text.dump(json_text.parse(dumped)) == dumped
        # A token stands for any value, however short; nothing grows beyond that.
        assert len(dumped) <= 200 + 40 * len(data)
    else:
        assert isinstance(parsed.failure, BadRecord)
        assert parsed.failure.code in set(ErrorCode)
        assert len(parsed.failure.message) <= 4000
        untold(parsed.failure.message)
    assert len(parsed.kept) <= 2 * len(data) + 100


def json_round_trip(data: bytes) -> None:
    """Checks that what is read is written as it is read again, and that refusals and outlines repeat no input."""
    # A key that is a plain identifier is shown, by the outline's own rule.
    untold([{**each, "path": ""} for each in outline(data)["fields"]])
    try:
        value = json_text.parse(data)
    except BadRecord as bad:
        refused(bad)
        return
    written = json_text.dump(value)
    assert json_text.dump(json_text.parse(written)) == written
    assert len(written) <= 6 * len(data) + 10


def aggregate(body: bytes) -> None:
    """An aggregate comes apart into no more than there is in it; what is none comes back whole."""
    for data in (body, MAGIC + body + hashlib.md5(body, usedforsecurity=False).digest()):
        found = user_records(data)
        assert found
        assert sum(len(each) for _, each in found) <= len(data)
        assert len(found) <= max(100, len(data) // 64)
        if found[0][0] is None:
            assert found == [(None, data)]


def token(data: bytes) -> None:
    """A text is a token or not, in one way; a token is written as it was read."""
    text = data.decode("utf-8", "surrogateescape")
    may_be_alias(text)
    try:
        pointer = Pointer.parse(text)
    except ValueError as error:
        assert not is_token(text)
        untold(error)
    else:
        assert is_token(text)
        assert pointer.token == text


def lambda_event(data: bytes) -> None:
    """An event of either source is its records, or the function is wired wrongly; neither is told with a value."""
    try:
        event: Any = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(event, dict):
        return  # Lambda sends objects
    for read in (kinesis_records, lambda given: sqs_records(given, 5)):
        try:
            untold(repr([each.identity.canonical for each in read(event)][:0]))
        except Configuration as error:
            refused(error)
