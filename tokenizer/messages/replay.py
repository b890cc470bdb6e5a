"""What the replay function is asked; without an `action` letters are replayed."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import Message, Purpose

MOST = 100
_DIGITS = 128  # Kinesis: of a sequence number

Texts = Annotated[tuple[str, ...], Field(strict=False, min_length=1, max_length=MOST)]
OneText = Annotated[tuple[str], Field(strict=False)]


class _Asked(Message):
    """What every request may tell for the audit trail: who asks, how letters were chosen, and the letters' ids."""

    operator: str | None = None
    filter: dict[str, Any] | None = None
    ids: Texts | None = None


class ReplayLetters(_Asked):
    """Replay letters, or those of some event types."""

    action: Literal["replay"]
    letters: Texts
    event_types: Annotated[tuple[str, ...], Field(strict=False, max_length=MOST)] | None = None


class ShowLetter(_Asked):
    """Outline a letter's record."""

    action: Literal["show"]
    letters: OneText


class RevealLetter(_Asked):
    """Reveal a letter's record."""

    action: Literal["reveal"]
    letters: OneText
    purpose: Purpose


class EditLetter(_Asked):
    """Replay a letter's record with a JSON Patch applied, or with another text."""

    action: Literal["edit"]
    letters: OneText
    purpose: Purpose
    patch: list[Any] | None = None
    data: str | None = None


class Position(Message):
    """Where to begin in a shard, as GetShardIterator takes it; `Timestamp` in seconds since 1970."""

    ShardIteratorType: Literal[
        "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP", "TRIM_HORIZON", "LATEST"
    ]
    StartingSequenceNumber: str | None = None
    Timestamp: float | None = None


class ReplayStream(_Asked):
    """Replay a piece of a shard: arrivals until a moment, in seconds since 1970, up to the last sequence number."""

    action: Literal["stream"]
    shard: str
    position: Position
    until: float | None = None
    last: Annotated[str, Field(pattern=rf"^[0-9]{{1,{_DIGITS}}}$")] | None = None


class ListShards(_Asked):
    """List the stream's shards."""

    action: Literal["shards"]


class ReplayUnprocessed(_Asked):
    """Replay messages that never reached a healthy function."""

    action: Literal["unprocessed"]


class QuarantineLetters(_Asked):
    """Put letters out of the way; `ids` names each."""

    action: Literal["quarantine"]
    letters: Texts
    ids: Texts
    reason: Purpose


class ListQuarantine(_Asked):
    """List the letters in quarantine."""

    action: Literal["quarantined"]


class RestoreLetters(_Asked):
    """Send letters back to the queue."""

    action: Literal["restore"]
    ids: Texts


ReplayMessage = (
    ReplayLetters
    | ShowLetter
    | RevealLetter
    | EditLetter
    | ReplayStream
    | ListShards
    | ReplayUnprocessed
    | QuarantineLetters
    | ListQuarantine
    | RestoreLetters
)
REPLAY: TypeAdapter[ReplayMessage] = TypeAdapter(Annotated[ReplayMessage, Field(discriminator="action")])
