"""Defines `order.refused`, version 1, as consumers see it. Written by `make schemas` from the models in `schemas/`."""

from dataclasses import dataclass
from typing import ClassVar

from order_events.event import Event
from order_events.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedSource(Part):
    """Says where the record came from, in the words of the answer that its producer got when sending it.

    A stream's record has `shard` and `sequence_number`, and `sub_sequence_number` if it was one of several in a record.
    A queue's has `message_id`.
    """

    kind: str
    shard: str | None = None
    sequence_number: str | None = None
    sub_sequence_number: int | None = None
    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal(Part):
    """Says why a record was refused.

    `paths` are the places of the first few wrong fields, as far as the schema names them: JSON Pointers into the record,
    or `attribute:NAME` for an attribute of its message. They are empty where the record as a whole is wrong. `event_type`,
    `schema_version` and `rules` are null where the record doesn't tell them, or what it tells is no known one.
    `ingest_id` is that of the event which the record becomes if it is replayed with success.
    """

    code: str
    paths: tuple[str, ...]
    event_type: str | None = None
    schema_version: int | None = None
    rules: str | None = None
    ingest_id: str
    source: RefusedSource


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRecord(Part):
    """Holds the event's data."""

    refusal: Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefusedV1(Event):
    """Holds an event `order.refused`, version 1."""

    EVENT_TYPE: ClassVar[str] = "order.refused"
    SCHEMA_VERSION: ClassVar[int] = 1

    data: RefusedRecord
