"""Where an event came from. Written by `make schemas` from the models in `schemas/`."""

from dataclasses import dataclass

from order_events.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata(Part):
    """`ingest_id` is one per raw record, so consumers drop duplicates by it."""

    event_id: str
    schema_version: int
    occurred_at: str
    ingested_at: str
    ingest_id: str
