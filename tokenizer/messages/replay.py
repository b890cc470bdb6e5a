"""Defines the messages of the replay function. Without an `action` it replays letters."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import IdToken, Message, Operator, Purpose

MOST = 100
_DIGITS = 128  # digits of a sequence number of Kinesis
_ID = 64  # characters of an approval's name

Texts = Annotated[tuple[str, ...], Field(strict=False, min_length=1, max_length=MOST)]
OneText = Annotated[tuple[str], Field(strict=False)]
QuarantineId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
ApprovalId = Annotated[str, Field(min_length=1, max_length=_ID)]


class _Asked(Message):
    """Holds what every request may add for the audit trail: the operator, the filter of letters, and their ids."""

    operator: Operator | None = None
    filter: dict[str, Any] | None = None
    ids: Texts | None = None


class ReplayLetters(_Asked):
    """Asks to replay letters, or those of some event types.

    Args:
        first: of one letter that stands for many records, how many of them earlier requests have replayed.
    """

    action: Literal["replay"]
    letters: Texts
    event_types: Annotated[tuple[str, ...], Field(strict=False, max_length=MOST)] | None = None
    first: Annotated[int, Field(ge=0)] = 0


class ShowLetter(_Asked):
    """Asks for the outline of a letter's record."""

    action: Literal["show"]
    letters: OneText


class RevealLetter(_Asked):
    """Asks to reveal a letter's record, as the policies permit.

    Args:
        id_token: the caller's; None if an administrator invokes the function by its alias.
        approval: names the approval of somebody else, if the caller has one for this.
    """

    action: Literal["reveal"]
    letters: OneText
    purpose: Purpose
    id_token: IdToken = None
    approval: ApprovalId | None = None


class OpenFields(_Asked):
    """Asks for the public fields at some paths (RFC 6901), for an editor."""

    action: Literal["open"]
    letters: OneText
    purpose: Purpose
    paths: Texts


class EditLetter(_Asked):
    """Asks to replay a letter's record with a JSON Patch applied.

    Args:
        id_token: the caller's. It is needed if somebody else has approved the edit; it gives the caller a budget of their
            own in any case.
        approval: names that approval.
    """

    action: Literal["edit"]
    letters: OneText
    purpose: Purpose
    patch: list[Any]
    id_token: IdToken = None
    approval: ApprovalId | None = None


class AskApproval(_Asked):
    """Asks that somebody else approves an edit of a letter's record, or without a patch its reveal."""

    action: Literal["ask_approval"]
    letters: OneText
    ids: OneText
    purpose: Purpose
    patch: list[Any] | None = None
    id_token: IdToken = None


class ListApprovals(_Asked):
    """Asks for what people have asked to be approved."""

    action: Literal["approvals"]


class Approve(_Asked):
    """Approves what somebody else has asked for; `patch` is the one of the edit, as the approver has seen it."""

    action: Literal["approve"]
    letters: OneText
    approval: ApprovalId
    patch: list[Any] | None = None
    id_token: IdToken = None


class Position(Message):
    """Says where to begin in a shard, in the form of GetShardIterator; `Timestamp` is in seconds since 1970."""

    ShardIteratorType: Literal[
        "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER", "AT_TIMESTAMP", "TRIM_HORIZON", "LATEST"
    ]
    StartingSequenceNumber: str | None = None
    Timestamp: float | None = None


class ReplayStream(_Asked):
    """Asks to replay a piece of a shard, up to a moment (seconds since 1970) or a last sequence number."""

    action: Literal["stream"]
    shard: str
    position: Position
    until: float | None = None
    last: Annotated[str, Field(pattern=rf"^[0-9]{{1,{_DIGITS}}}$")] | None = None


class ListShards(_Asked):
    """Asks for the stream's shards."""

    action: Literal["shards"]


class ReplayUnprocessed(_Asked):
    """Asks to replay messages that never reached a healthy function."""

    action: Literal["unprocessed"]


class QuarantineLetters(_Asked):
    """Asks to move letters into quarantine. `ids`, those that the letters have in the queue, name nothing there."""

    action: Literal["quarantine"]
    letters: Texts
    reason: Purpose


class ListQuarantine(_Asked):
    """Asks for the letters in quarantine."""

    action: Literal["quarantined"]


class RestoreLetters(_Asked):
    """Asks to send letters back to the queue."""

    action: Literal["restore"]
    ids: Annotated[tuple[QuarantineId, ...], Field(strict=False, min_length=1, max_length=MOST)]


ReplayMessage = (
    ReplayLetters
    | ShowLetter
    | RevealLetter
    | OpenFields
    | EditLetter
    | AskApproval
    | ListApprovals
    | Approve
    | ReplayStream
    | ListShards
    | ReplayUnprocessed
    | QuarantineLetters
    | ListQuarantine
    | RestoreLetters
)
REPLAY: TypeAdapter[ReplayMessage] = TypeAdapter(Annotated[ReplayMessage, Field(discriminator="action")])
