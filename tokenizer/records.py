"""The values that flow through the pipeline, from a raw record to what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
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
        fields: by tag, 4 bytes; none in a tombstone.
        expires_at: seconds since 1970; 0 for never.
        subject: whose values they are; empty where the record names nobody.
        arrived: milliseconds since 1970, of the raw record.
        consistent: one consistent value, which other records may point at.
        erased: milliseconds since 1970; 0 where it is not a tombstone.
    """

    record_id: bytes
    fields: Mapping[bytes, VaultField] = field(repr=False)
    expires_at: int = 0
    subject: str = ""
    arrived: int = 0
    consistent: bool = False
    erased: int = 0

    def tombstone(self, erased: int) -> "VaultRecord":
        """What stands in its place once it is erased: its tokens answer `erased`."""
        return VaultRecord(self.record_id, {}, erased=erased)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """A consistent value in the blind index, or on its way there.

    Args:
        scope: its join domain.
        blind_index: 32 bytes; tells the value to whoever has the scope key, so it is never printed.
        token: the token it has, or draws if it is the first.
        owner: the subject who answers for it; empty for nobody.
        arrived: milliseconds since 1970, of the record that it came with.
    """

    scope: str
    blind_index: bytes = field(repr=False)
    token: str
    owner: str = ""
    arrived: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """A consistent value that somebody uses beside its owner; while a share lives, so does the value.

    Args:
        record_id: 12 bytes, the value's record.
        subject: who uses it; empty for a record that names nobody, which nobody can have erased.
        arrived: milliseconds since 1970, of the record that uses it.
        owner: who owned the value then.
        owned_since: milliseconds since 1970, the arrival that the index entry had then.
    """

    record_id: bytes
    subject: str
    arrived: int
    owner: str
    owned_since: int


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


def moment_of(at: int) -> datetime:
    """The moment that milliseconds since 1970 stand for."""
    return datetime.fromtimestamp(at / 1000, UTC)


def milliseconds(moment: datetime) -> int:
    """A moment as the vault writes it: milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


@lru_cache(maxsize=1_024)  # a record's arrival is written twice, and a batch's are often the same
def timestamp(moment: datetime) -> str:
    """A moment as the contract writes it: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
