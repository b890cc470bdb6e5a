"""The pure half of the use case: a raw record is read, checked and sanitized, or found to be at fault."""

from dataclasses import dataclass, field

from schemas.dead_letter import ErrorCode
from tokenizer import json_text
from tokenizer.errors import BadRecord, PipelineError, Unavailable
from tokenizer.guard.authentication_data import (
    may_hold_authentication_data,
    scrub_text,
    strip_authentication_data,
)
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.sanitize import Draft, Sanitizer
from tokenizer.records import Letter, RawRecord


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """A raw record after it was read.

    Args:
        verdict: its draft, or what is wrong with it or with the world.
        kept: the bytes that may be kept in a dead letter: those that came, without sensitive authentication data;
            None for a record that was not read.
    """

    record: RawRecord
    verdict: Draft | PipelineError
    kept: bytes | None = field(repr=False)

    def letter(self, bad: BadRecord, letter_id: str) -> Letter:
        """The dead letter that tells of an error.

        Raises:
            ValueError: the record was not read.
        """
        if self.kept is None:
            raise ValueError("a record that was not read has no letter")
        record = self.record
        return Letter(
            bad.code, bad.message, record.identity, record.source, record.attempts, self.kept, letter_id
        )


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Judges raw records by the schemas of a catalog."""

    catalog: Catalog
    sanitizer: Sanitizer

    def read(self, record: RawRecord) -> ParsedRecord:
        """Read one record; never raises for anything that a producer can send.

        All this is computed from the record alone, so an error that nobody foresaw comes every time: the record is
        dead-lettered and its neighbours go on.
        """
        try:
            return self._read(record)
        except MemoryError:
            return ParsedRecord(record, Unavailable("reading a record: out of memory"), None)
        except Exception as error:  # noqa: BLE001 -- the class is all that may be told
            return ParsedRecord(record, _unforeseen(type(error)), scrub_text(record.data)[0])

    def _read(self, record: RawRecord) -> ParsedRecord:
        try:
            event = json_text.parse(record.data)
        except BadRecord as bad:
            return ParsedRecord(record, bad, scrub_text(record.data)[0])
        kept = record.data
        if may_hold_authentication_data(record.data):
            event, removed = strip_authentication_data(event)
            kept = json_text.dump(event) if removed else kept
        try:
            return ParsedRecord(record, self._draft(record, event), kept)
        except BadRecord as bad:
            return ParsedRecord(record, bad, kept)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 -- the class is all that may be told
            # Scrubbing the text anew would find less than was found in what it parsed to.
            return ParsedRecord(record, _unforeseen(type(error)), kept)

    def _draft(self, record: RawRecord, event: object) -> Draft:
        if not isinstance(event, dict):
            raise BadRecord(ErrorCode.NOT_AN_OBJECT, "the record is JSON, but no object")
        plan = self.catalog.plan(event)
        plan.validate(event)
        return self.sanitizer.sanitize(record, event, plan)


def _unforeseen(kind: type[Exception]) -> BadRecord:
    return BadRecord(ErrorCode.INVALID_FIELD, f"the record could not be read: {kind.__name__}")
