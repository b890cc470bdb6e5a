"""Defines the messages of the function that makes honey tokens."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import Message, Operator

MOST = 25  # honey tokens a request; each needs a call of the tokenizing function, and an invocation has 30 seconds
NOTE_CHARACTERS = 200


class SeedMessage(Message):
    """Asks to make honey tokens of a kind.

    Args:
        note: where they are planted.
    """

    action: Literal["seed"]
    operator: Operator
    kind: Literal["card_number", "email", "government_id", "name", "phone"]
    count: Annotated[int, Field(ge=1, le=MOST)]
    note: Annotated[str, Field(min_length=1, max_length=NOTE_CHARACTERS)]


class ListMessage(Message):
    """Asks to list honey tokens."""

    action: Literal["list"]
    operator: Operator


HONEY: TypeAdapter[SeedMessage | ListMessage] = TypeAdapter(
    Annotated[SeedMessage | ListMessage, Field(discriminator="action")]
)
