"""Defines the values that flow through the pipeline, from a raw record to its outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from schemas.dead_letter import ErrorCode, LetterSource
from tokenizer.errors import BadRecord, PipelineError
from tokenizer.identity import Identity


@dataclass(frozen=True, slots=True)
class RawRecord:
    """Holds one raw event as it arrived.

    Args:
        identity: identifies the record by where it came from.
        data: the bytes the producer sent.
        source: the same origin in the form that a dead letter shows.
        arrived_at: when the stream or the queue accepted it.
        item_id: Lambda's id of the record in a partial batch response.
        attempts: deliveries so far including this one, if the source counts them; otherwise 1.
        last_attempt: True if the source won't deliver it again.
        partition_key: records of one source with an equal key keep their order; None if it has no order.
    """

    identity: Identity
    data: bytes = field(repr=False)
    source: LetterSource
    arrived_at: datetime
    item_id: str
    attempts: int = 1
    last_attempt: bool = False
    partition_key: str | None = field(default=None, repr=False)  # a producer may take a customer's id for it


@dataclass(frozen=True, slots=True)
class VaultField:
    """Holds one value in the vault.

    Args:
        path: JSON Pointer of the field that held it.
        kind: the field kind by which it was tokenized.
        value: the parsed JSON value.
        alias: the format-preserving alias that consumers see; None if they see the token. It is signed with the record,
            so that no other alias can be made to point at this value.
    """

    path: str
    kind: str
    value: Any = field(repr=False)
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class ListedValue:
    """Names a consistent value that a raw record uses, in the list that its vault record keeps for an erasure.

    Args:
        blind_index: 32 bytes, the key of the value's entry in the blind index; never printed.
        record_id: 12 bytes, the value's vault record if this raw record brought it.
    """

    blind_index: bytes = field(repr=False)
    record_id: bytes


@dataclass(frozen=True, slots=True)
class VaultRecord:
    """Holds all values of one raw record, or one consistent value.

    Args:
        record_id: 12 bytes, the vault table's key.
        fields: the values by tag (4 bytes); empty in a tombstone.
        expires_at: seconds since 1970; 0 for never.
        subject: the vault's name for the customer who owns the values; empty if the record names nobody.
        arrived: milliseconds since 1970 at which the raw record arrived.
        consistent: True for a consistent value, which other records may point at.
        erased: milliseconds since 1970 of the erasure; 0 if this is no tombstone.
        uses: the consistent values that the raw record uses. Only the erasing function can open them in a stored record,
            so a record that was read has none.
        listed: True for a consistent value that the record which brought it lists, so that no index has to hold it.
    """

    record_id: bytes
    fields: Mapping[bytes, VaultField] = field(repr=False)
    expires_at: int = 0
    subject: str = ""
    arrived: int = 0
    consistent: bool = False
    erased: int = 0
    uses: tuple[ListedValue, ...] = field(default=(), repr=False, compare=False)
    listed: bool = False

    def tombstone(self, erased: int) -> "VaultRecord":
        """Returns the tombstone that replaces the record when it is erased; its tokens answer `erased`.

        The list of its consistent values stays in it, and is found by its owner, until all of them are dealt with.
        """
        if self.uses:
            return replace(self, fields={}, erased=erased)
        return VaultRecord(self.record_id, {}, erased=erased)


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """Holds a vault record as it is stored.

    Args:
        record_id: 12 bytes, the vault table's key.
        item: the encrypted record, in the form of its store.
    """

    record_id: bytes
    item: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """Holds a consistent value's entry in the blind index.

    Args:
        scope: the scope within which equal values get the same token.
        blind_index: 32 bytes; reveals the value to a holder of the scope key, so it is never printed.
        token: the value's token, or the token it will get if it is new.
        owner: the subject who owns the entry; empty for nobody.
        arrived: milliseconds since 1970 at which the owner's record arrived.
        erased_token: the token that was erased when somebody named the value; empty if nobody did.
        erased_until: milliseconds since 1970; what arrived up to then gets the erased token for ever.
        listed: True if that record lists the value, so that no index by owner has to hold the entry.
    """

    scope: str
    blind_index: bytes = field(repr=False)
    token: str
    owner: str = ""
    arrived: int = 0
    erased_token: str = ""
    erased_until: int = 0
    listed: bool = False

    @property
    def live(self) -> bool:
        """Returns True if the token can be read. If not, the value's next use gets another one."""
        return self.token != self.erased_token

    def token_at(self, arrived: int) -> str:
        """Returns the value's token in a record that arrived then, in milliseconds since 1970."""
        return self.erased_token if arrived <= self.erased_until else self.token

    def remembers(self, other: "IndexEntry") -> bool:
        """Returns True if the same erasure of the value is noted in both entries."""
        return (self.erased_token, self.erased_until) == (other.erased_token, other.erased_until)


@dataclass(frozen=True, slots=True)
class Share:
    """Notes that a subject uses a consistent value that another subject owns, or nobody.

    The value stays while an unerased subject shares it.

    Args:
        record_id: 12 bytes, the vault record of the value.
        subject: the subject who uses it; empty in shares of version 0.1.0 for a record that names nobody, which keep
            nothing.
        arrived: milliseconds since 1970 at which the record that uses it arrived.
        owner: the subject who owned the value then; empty for nobody.
        owned_since: milliseconds since 1970, the arrival in the index entry at that time; 0 without an owner.
        seal: 16 bytes that only functions with the subject key can make; empty before it is stored, and in shares of
            version 1 of the format.
    """

    record_id: bytes
    subject: str
    arrived: int
    owner: str
    owned_since: int
    seal: bytes = field(default=b"", repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class SanitizedRecord:
    """Holds a sanitized event that is published once its vault records are written.

    Args:
        event_type: the event's `detail-type`.
        detail: the event's `detail`, UTF-8 JSON.
        ingest_id: the opaque id of the raw record.
        partition_key: events with an equal key are published in their order.
    """

    event_type: str
    detail: bytes = field(repr=False)
    ingest_id: str
    partition_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """Holds a record that can't be published, before it is sealed.

    Args:
        code: the error code of the contract.
        message: what is wrong, without any value.
        identity: where the record came from; the seal is bound to it.
        data: the raw bytes without sensitive authentication data.
        letter_id: is the same for every letter about this record.
        position_alone: True if the letter may not hold the bytes, but only the record's position in the stream.
    """

    code: ErrorCode
    message: str
    identity: Identity
    source: LetterSource
    attempts: int
    data: bytes = field(repr=False)
    letter_id: str
    position_alone: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """Describes the outcome for one raw record. Without a letter and a failure, its event was published.

    Args:
        letter: why it was dead-lettered, or None.
        failure: why it has to be delivered again, or None.
        guard_hits: the public fields that the leak guard replaced by tokens.
        event: the sanitized event once its tokens can be read, even if the bus refused it.
        stage: the stage at which it failed; empty if it did not.
        cause: the error that it failed with, whether it became a letter or not.
        unannounced: why consumers were not told of its letter, or None.
    """

    record: RawRecord
    letter: BadRecord | None = None
    failure: PipelineError | None = None
    guard_hits: tuple[str, ...] = ()
    event: SanitizedRecord | None = None
    stage: str = ""
    cause: PipelineError | None = None
    unannounced: PipelineError | None = None

    @property
    def published(self) -> bool:
        """Returns True if the sanitized event is on the bus."""
        return self.letter is None and self.failure is None


def moment_of(milliseconds: int) -> datetime:
    """Returns the moment for milliseconds since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def milliseconds(moment: datetime) -> int:
    """Returns milliseconds since 1970, the form in which the vault stores a moment."""
    return round(moment.timestamp() * 1000)


@lru_cache(maxsize=1_024)  # an arrival is written twice, and records of one batch often share it
def timestamp(moment: datetime) -> str:
    """Returns a moment in the contract's form: UTC with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
