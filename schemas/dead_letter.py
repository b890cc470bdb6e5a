"""Defines the dead letter: the message on the queue for a record that could not be published.

Everything except `sealed` can be read by anybody who may read the queue, so nothing of the record stands there.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class ErrorCode(StrEnum):
    """Lists why a record could not be published."""

    MALFORMED_JSON = "malformed_json"
    NOT_AN_OBJECT = "not_an_object"
    UNKNOWN_EVENT_TYPE = "unknown_event_type"
    UNSUPPORTED_SCHEMA_VERSION = "unsupported_schema_version"
    INVALID_FIELD = "invalid_field"
    TOO_LARGE = "too_large"
    RETRIES_EXHAUSTED = "retries_exhausted"


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class LetterError(_Part):
    """Holds the code to group by, and a sentence for people."""

    code: ErrorCode
    message: str


class LetterSource(_Part):
    """Describes where the record came from. A replay derives the same identity from it.

    Kinesis records have `stream`, `shard` and `sequence_number`, and `sub_sequence_number` in a KPL aggregate. SQS
    records have `queue` and `message_id`. `edited` identifies the edit if an operator changed the record.
    """

    stream: str | None = None
    shard: str | None = None
    sequence_number: str | None = None
    sub_sequence_number: int | None = None
    queue: str | None = None
    message_id: str | None = None
    arrived_at: str
    edited: str | None = None


class DeadLetter(_Part):
    """Describes one record that failed.

    `sealed` is the raw record under the letter key, in base64. If it is too large for the queue, it is absent, and the
    letter bucket holds the object that `sealed_object` names.
    """

    error: LetterError
    source: LetterSource
    attempts: int
    sealed: str | None = None
    sealed_object: str | None = None
