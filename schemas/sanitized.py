"""The sanitized event: `detail` of what consumers receive from the bus."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from schemas.base import Identifier, Timestamp

ALIAS_PATTERN = "^[+(]{0,2}[0-9][0-9 .()-]*$"  # digits and the separators that numbers are written with
SOURCE = "orders.tokenizer"
TOKEN_PATTERN = "^tok_[0-7][0-9a-hjkmnp-tv-z]{25}$"  # noqa: S105 -- a shape: 128 bits in Crockford's base32


class Metadata(BaseModel):
    """Where the event came from; `ingest_id` is one per raw record, so consumers drop duplicates by it."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    event_id: Identifier
    schema_version: int
    occurred_at: Timestamp
    ingested_at: Timestamp
    ingest_id: Identifier


class Received(Metadata):
    """The same as consumers get it: the guard turns a time in which it finds a value into a token."""

    occurred_at: Timestamp | Annotated[str, Field(pattern=TOKEN_PATTERN)]


class SanitizedEvent(BaseModel):
    """`data` is the raw event's own shape with tokens in the place of sensitive values."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    metadata: Received
    data: dict[str, Any]
