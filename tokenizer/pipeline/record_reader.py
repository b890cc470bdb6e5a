"""Reads, checks and sanitizes one raw record. It calls nothing outside; writing and publishing are in `batch.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord
from tokenizer.guard.authentication_data import MARK, scrub_text
from tokenizer.pipeline.aggregates import refused_aggregate
from tokenizer.pipeline.bounds import check_fields
from tokenizer.pipeline.catalog import Catalog, EventPlan
from tokenizer.pipeline.cleaning import clean_record
from tokenizer.pipeline.identity_fields import refuse_lost_identities
from tokenizer.pipeline.in_flight import InFlight, Stage
from tokenizer.pipeline.sanitize import Sanitizer
from tokenizer.records import RawRecord

_MARK = MARK.encode()


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Reads raw records by the schemas of a catalog."""

    catalog: Catalog
    sanitizer: Sanitizer

    def read(self, raw: RawRecord) -> InFlight:
        """Reads one record, as far as its draft. It never raises for anything that a producer can send."""
        record = InFlight(raw)
        parsed = record.run(Stage.READING, self._parsed, record)
        if parsed is not None:
            record.draft = record.run(Stage.SANITIZING, self.sanitizer.sanitize, raw, *parsed)
        if record.kept is None:
            record.kept = _scrubbed(raw.data)
        return record

    def _parsed(self, record: InFlight) -> tuple[Mapping[str, Any], EventPlan]:
        data = record.raw.data
        whole = record.raw.source.stream and record.raw.source.sub_sequence_number is None
        if whole and (refused := refused_aggregate(data, self.catalog)) is not None:
            record.kept, too_large = refused
            raise too_large
        cleaned = clean_record(data, self.catalog)
        event, record.kept = cleaned.event, cleaned.kept
        if not isinstance(event, dict):
            raise BadRecord(ErrorCode.NOT_AN_OBJECT, "the record is JSON, but no object")
        try:
            event, plan = self.catalog.settled(event, cleaned.attributes)
        except BadRecord:
            record.event_type, record.plan = self.catalog.read_as(event, cleaned.attributes)
            raise
        record.event_type, record.plan = plan.name.event_type, plan
        check_fields(event, data, plan.data)
        plan.validate(event)
        if record.kept is not data or _MARK in data:
            refuse_lost_identities(event, plan)
        return event, plan


def _scrubbed(data: bytes) -> bytes | None:
    """Returns the raw bytes without sensitive authentication data, or None if that can't be found out."""
    try:
        return scrub_text(data)[0]
    except Exception:  # noqa: BLE001 -- the record has failed already; its letter then holds no bytes
        return None
