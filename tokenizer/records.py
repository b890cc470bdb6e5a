"""The values that flow through the pipeline, from a raw record to what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from schemas.dead_letter import ErrorCode, LetterSource
from tokenizer.errors import BadRecord, PipelineError
from tokenizer.identity import Identity


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One raw event as it arrived.

    Args:
        identity: where it came from.
        data: the bytes the producer sent.
        source: the same origin, as a dead letter tells it.
        arrived_at: when the stream or the queue took it.
        item_id: what Lambda calls it in a partial batch answer.
        attempts: deliveries so far, this one included, where the source counts them.
        last_attempt: no further delivery will follow.
    """

    identity: Identity
    data: bytes = field(repr=False)
    source: LetterSource
    arrived_at: datetime
    item_id: str
    attempts: int = 1
    last_attempt: bool = False


@dataclass(frozen=True, slots=True)
class VaultField:
    """One value in the vault.

    Args:
        path: JSON Pointer to the field it stood in.
        kind: the field kind it was tokenized as.
        value: the parsed JSON value.
        alias: the format-preserving alias that consumers see, signed here so that no other can be made to point at
            this value; None where they see the token.
    """

    path: str
    kind: str
    value: Any = field(repr=False)
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class VaultRecord:
    """All values of one raw record, or one consistent value.

    Args:
        record_id: 12 bytes, the key.
        fields: by tag, 4 bytes.
        expires_at: seconds since 1970; 0 for never.
    """

    record_id: bytes
    fields: Mapping[bytes, VaultField] = field(repr=False)
    expires_at: int


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A consistent value on its way to the blind index.

    Args:
        scope: its join domain.
        blind_index: 32 bytes; tells the value to whoever has the scope key, so it is never printed.
        token: the token it draws if it is the first.
    """

    scope: str
    blind_index: bytes = field(repr=False)
    token: str


@dataclass(frozen=True, slots=True)
class SanitizedRecord:
    """A sanitized event that waits for its vault record.

    Args:
        event_type: the event's `detail-type`.
        detail: the event's `detail`, UTF-8 JSON.
        ingest_id: one per raw record.
    """

    event_type: str
    detail: bytes = field(repr=False)
    ingest_id: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A record that can't be published, before it is sealed.

    Args:
        code: the contract's code.
        message: what is wrong, without any value.
        identity: where the record came from; the seal is bound to it.
        data: the raw bytes, sensitive authentication data removed.
        letter_id: the same for every letter about this record.
    """

    code: ErrorCode
    message: str
    identity: Identity
    source: LetterSource
    attempts: int
    data: bytes = field(repr=False)
    letter_id: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one raw record.

    Args:
        letter: why it was dead-lettered, None otherwise.
        failure: why it has to be delivered again, None otherwise. With neither, it was published.
        guard_hits: public fields that the leak guard turned into tokens.
        event: the sanitized event, once its tokens can be read, whether or not the bus took it.
    """

    record: RawRecord
    letter: BadRecord | None = None
    failure: PipelineError | None = None
    guard_hits: tuple[str, ...] = ()
    event: SanitizedRecord | None = None

    @property
    def published(self) -> bool:
        """Whether its sanitized event is on the bus."""
        return self.letter is None and self.failure is None


def timestamp(moment: datetime) -> str:
    """A moment as the contract writes it: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
