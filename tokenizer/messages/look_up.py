"""Defines the messages by which the API asks for the token that a value has, and has noted that it was erased."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import Message

LOOKED_UP_MODE, ERASED_MODE = "looked_up", "erased"  # beside the modes in which records are tokenized


Kind = Literal["email", "phone"]
NamedText = Annotated[str, Field(min_length=1, repr=False)]


class LookUpMessage(Message):
    """Asks for the token of a value."""

    mode: Literal["looked_up"] = "looked_up"
    kind: Kind
    value: NamedText


class LookUpAnswer(Message):
    """Holds the token, or None if no event has held the value; and the vault's name for who owns its entry."""

    token: str | None
    owner: str = ""


class NoteErasureMessage(Message):
    """Asks to note in the blind index that a value was erased with its token."""

    mode: Literal["erased"] = "erased"
    kind: Kind
    value: NamedText
    token: str


class NoteErasureAnswer(Message):
    """Holds the moment up to which the value is erased, in milliseconds since 1970."""

    until: int


LOOK_UP = TypeAdapter(LookUpMessage)
LOOK_UP_ANSWER = TypeAdapter(LookUpAnswer)
NOTE_ERASURE = TypeAdapter(NoteErasureMessage)
NOTE_ERASURE_ANSWER = TypeAdapter(NoteErasureAnswer)
