"""The dead letter: what stands on the queue for a record that could not be published.

Everything but `sealed` is in clear for whoever may read the queue, so nothing of the record goes there.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class ErrorCode(StrEnum):
    """Why a record could not be published."""

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
    """The code to group by, and a sentence for a person."""

    code: ErrorCode
    message: str


class LetterSource(_Part):
    """Where the record came from; with it a replay finds the same identity again.

    `stream`, `shard`, `sequence_number` (and `sub_sequence_number` inside a KPL aggregate) for Kinesis,
    `queue` and `message_id` for SQS. `edited` names the edit of a record that an operator changed.
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
    """One record that failed.

    `sealed` is the raw record under the letter key, base64; absent where it was too large for the queue and
    lies in the letter bucket under `sealed_object`.
    """

    error: LetterError
    source: LetterSource
    attempts: int
    sealed: str | None = None
    sealed_object: str | None = None
