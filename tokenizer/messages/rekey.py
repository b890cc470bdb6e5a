"""What the function that moves the vault to another KMS key is asked."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import Message

_UNKNOWN = "unknown"


class BeginMessage(Message):
    """Begin a run, or go on with the one that did not end."""

    action: Literal["begin"]
    operator: str = _UNKNOWN
    segments: int = 4


class WorkMessage(Message):
    """Go on with one segment."""

    action: Literal["work"]
    operator: str = _UNKNOWN
    segment: int


class ConcludeMessage(Message):
    """End a phase."""

    action: Literal["conclude"]
    operator: str = _UNKNOWN


class StatusMessage(Message):
    """Say where the latest run stands."""

    action: Literal["status"]
    operator: str = _UNKNOWN


RekeyMessage = BeginMessage | WorkMessage | ConcludeMessage | StatusMessage
REKEY: TypeAdapter[RekeyMessage] = TypeAdapter(Annotated[RekeyMessage, Field(discriminator="action")])
