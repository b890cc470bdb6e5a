"""The pure half of the use case: a raw record is read, checked and sanitized, or found to be at fault."""

from dataclasses import dataclass, field

from schemas.dead_letter import ErrorCode
from tokenizer import jsontext
from tokenizer.authentication_data import may_hold_authentication_data, scrub_text, strip_authentication_data
from tokenizer.catalog import Catalog
from tokenizer.errors import BadRecord
from tokenizer.records import Letter, RawRecord
from tokenizer.sanitize import Draft, Sanitizer


@dataclass(frozen=True, slots=True)
class Judged:
    """A raw record after it was read.

    Args:
        verdict: its draft, or what is wrong with it.
        kept: the bytes that may be kept in a dead letter: those that came, without sensitive authentication data.
    """

    record: RawRecord
    verdict: Draft | BadRecord
    kept: bytes = field(repr=False)

    def letter(self, bad: BadRecord, letter_id: str) -> Letter:
        """The dead letter that tells of an error."""
        record = self.record
        return Letter(
            bad.code, bad.message, record.identity, record.source, record.attempts, self.kept, letter_id
        )


@dataclass(frozen=True, slots=True)
class Intake:
    """Judges raw records by the schemas of a catalog."""

    catalog: Catalog
    sanitizer: Sanitizer

    def judge(self, record: RawRecord) -> Judged:
        """Read one record; never raises for anything that a producer can send."""
        try:
            event = jsontext.parse(record.data)
        except BadRecord as bad:
            return Judged(record, bad, scrub_text(record.data)[0])
        kept = record.data
        if may_hold_authentication_data(record.data):
            event, removed = strip_authentication_data(event)
            kept = jsontext.dump(event) if removed else kept
        try:
            return Judged(record, self._draft(record, event), kept)
        except BadRecord as bad:
            return Judged(record, bad, kept)

    def _draft(self, record: RawRecord, event: object) -> Draft:
        if not isinstance(event, dict):
            raise BadRecord(ErrorCode.NOT_AN_OBJECT, "the record is JSON, but no object")
        plan = self.catalog.plan(event)
        plan.validate(event)
        return self.sanitizer.sanitize(record, event, plan)
