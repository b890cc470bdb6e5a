"""Defines the messages by which the API asks for the consistent token that a value already has."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import Message

LOOKED_UP_MODE = "looked_up"  # beside the modes in which records are tokenized


class LookUpMessage(Message):
    """Asks for the token of a value."""

    mode: Literal["looked_up"] = "looked_up"
    kind: Literal["email", "phone"]
    value: Annotated[str, Field(min_length=1, repr=False)]


class LookUpAnswer(Message):
    """Holds the token, or None if no event has held the value."""

    token: str | None


LOOK_UP = TypeAdapter(LookUpMessage)
LOOK_UP_ANSWER = TypeAdapter(LookUpAnswer)
