"""Defines the messages of the function that moves the vault to another KMS key."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import Message, Operator

_UNKNOWN = "unknown"


class BeginMessage(Message):
    """Asks to begin a run, or to continue one that has not ended."""

    action: Literal["begin"]
    operator: Operator = _UNKNOWN
    segments: int = 4


class WorkMessage(Message):
    """Asks to work on one segment."""

    action: Literal["work"]
    operator: Operator = _UNKNOWN
    segment: int


class ConcludeMessage(Message):
    """Asks to end a phase."""

    action: Literal["conclude"]
    operator: Operator = _UNKNOWN


class StatusMessage(Message):
    """Asks for the state of the latest run."""

    action: Literal["status"]
    operator: Operator = _UNKNOWN


RekeyMessage = BeginMessage | WorkMessage | ConcludeMessage | StatusMessage
REKEY: TypeAdapter[RekeyMessage] = TypeAdapter(Annotated[RekeyMessage, Field(discriminator="action")])
