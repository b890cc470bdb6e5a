"""Defines the metadata of an event. Written by `make schemas` from the models in `schemas/`."""

from dataclasses import dataclass

from order_events.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata(Part):
    """Holds an event's metadata. Each raw record has one `ingest_id`, so consumers drop duplicates by it."""

    rules: str | None = None
    event_id: str
    schema_version: int
    occurred_at: str
    ingested_at: str
    ingest_id: str
