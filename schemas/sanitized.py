"""Defines the sanitized event, the `detail` that consumers receive from the bus."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from schemas.base import Identifier, Timestamp

ALIAS_PATTERN = "^[+(]{0,2}[0-9][0-9 .()-]*$"  # digits and the separators that are usual in numbers
SOURCE = "orders.tokenizer"
TOKEN_PATTERN = "^tok_[0-7][0-9a-hjkmnp-tv-z]{25}$"  # noqa: S105 -- a shape: 128 bits in Crockford's base32


class Metadata(BaseModel):
    """Holds the event's metadata. Each raw record has one `ingest_id`, so consumers drop duplicates by it.

    `rules` names the rules by which the record became this event: schema, lifetimes, guard. Events of version 0.1.0 have
    none.
    """

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    rules: Annotated[str, Field(pattern="^[0-9a-f]{16}$")] = ""
    event_id: Identifier
    schema_version: int
    occurred_at: Timestamp
    ingested_at: Timestamp
    ingest_id: Identifier


class Received(Metadata):
    """Describes the metadata as consumers get it: the guard replaces a time by a token if it finds a value in it."""

    occurred_at: Timestamp | Annotated[str, Field(pattern=TOKEN_PATTERN)]


class SanitizedEvent(BaseModel):
    """Describes the sanitized event. `data` has the raw event's shape, with tokens in place of sensitive values."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)

    metadata: Received
    data: dict[str, Any]
