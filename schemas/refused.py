"""Defines `order.refused`, version 1, which tells producers that a record of theirs became a dead letter, and why.

It holds nothing that the producer wrote: names of fields that the schema knows, and positions, no value and no other key.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.dead_letter import ErrorCode
from schemas.registry import EventName
from schemas.sanitized import Metadata

NAME = EventName("order.refused", 1)


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class RefusalMetadata(Metadata):
    """Holds the refusal's metadata. Its `ingest_id` is its own; `event_id` is made of it, and the times are the arrival's."""

    schema_version: Literal[1]


class RefusedSource(_Model):
    """Says where the record came from, in the words of the answer that its producer got when sending it.

    A stream's record has `shard` and `sequence_number`, and `sub_sequence_number` if it was one of several in a record.
    A queue's has `message_id`.
    """

    kind: Literal["stream", "queue"]
    shard: str | None = None
    sequence_number: str | None = None
    sub_sequence_number: int | None = None
    message_id: str | None = None


class Refusal(_Model):
    """Says why a record was refused.

    `paths` are the places of the first few wrong fields, as far as the schema names them: JSON Pointers into the record,
    or `attribute:NAME` for an attribute of its message. They are empty where the record as a whole is wrong. `event_type`,
    `schema_version` and `rules` are null where the record doesn't tell them, or what it tells is no known one.
    `ingest_id` is that of the event which the record becomes if it is replayed with success.
    """

    code: ErrorCode
    paths: list[str]
    event_type: str | None = None
    schema_version: int | None = None
    rules: Annotated[str, Field(pattern="^[0-9a-f]{16}$")] | None = None
    ingest_id: Annotated[str, Field(min_length=1, max_length=256)]
    source: RefusedSource


class RefusedRecord(_Model):
    """Holds the event's data."""

    refusal: Refusal


class OrderRefused(_Model):
    """Describes the event's `detail`."""

    metadata: RefusalMetadata
    data: RefusedRecord
