"""Reads, checks and sanitizes one raw record. It calls nothing outside; writing and publishing are in `batch.py`."""

from dataclasses import dataclass, field

from schemas.dead_letter import ErrorCode
from tokenizer import json_text
from tokenizer.errors import BadRecord, PipelineError, Unavailable
from tokenizer.guard.authentication_data import (
    may_hold_authentication_data,
    scrub_text,
    strip_authentication_data,
)
from tokenizer.pipeline.aggregates import refused_aggregate
from tokenizer.pipeline.bounds import check_fields
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.sanitize import Draft, Sanitizer
from tokenizer.records import Letter, RawRecord


@dataclass(frozen=True, slots=True)
class ParsedRecord:
    """Holds a raw record that has been read.

    Args:
        verdict: the draft of its event, or the error that it failed with.
        kept: the bytes that a dead letter may hold, which are the raw ones without sensitive authentication data; None
            if the record was not read.
    """

    record: RawRecord
    verdict: Draft | PipelineError
    kept: bytes | None = field(repr=False)

    def letter(self, bad: BadRecord, letter_id: str) -> Letter:
        """Returns the dead letter for an error.

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
    """Reads raw records by the schemas of a catalog."""

    catalog: Catalog
    sanitizer: Sanitizer

    def read(self, record: RawRecord) -> ParsedRecord:
        """Reads one record. It never raises for anything that a producer can send.

        The result depends on the record alone, so an unforeseen error would come back each time. The record is
        dead-lettered then, and the rest of the batch goes on.
        """
        try:
            return self._read(record)
        except MemoryError:
            return ParsedRecord(record, Unavailable("reading a record: out of memory"), None)
        except Exception as error:  # noqa: BLE001 -- any error; only its class is shown
            return ParsedRecord(record, _unforeseen(type(error)), scrub_text(record.data)[0])

    def _read(self, record: RawRecord) -> ParsedRecord:
        if (refused := refused_aggregate(record)) is not None:
            kept, too_large = refused
            return ParsedRecord(record, too_large, kept)
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
        except Exception as error:  # noqa: BLE001 -- any error; only its class is shown
            # Scrubbing the raw text here would remove less than was removed from the parsed event.
            return ParsedRecord(record, _unforeseen(type(error)), kept)

    def _draft(self, record: RawRecord, event: object) -> Draft:
        if not isinstance(event, dict):
            raise BadRecord(ErrorCode.NOT_AN_OBJECT, "the record is JSON, but no object")
        plan = self.catalog.plan(event)
        check_fields(event, record.data, plan.data)
        plan.validate(event)
        return self.sanitizer.sanitize(record, event, plan)


def _unforeseen(kind: type[Exception]) -> BadRecord:
    return BadRecord(ErrorCode.INVALID_FIELD, f"the record could not be read: {kind.__name__}")
