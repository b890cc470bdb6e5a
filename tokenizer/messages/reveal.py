"""What the reveal function is asked and answers."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from tokenizer.callers import Caller
from tokenizer.messages.base import Message, Purpose

MOST = 100


class RevealMessage(Message):
    """Tokens to reveal for a purpose; `masked` for enough to recognize a value by.

    Args:
        caller: whom the API asks for; without one, whoever IAM let invoke the function.
    """

    tokens: Annotated[tuple[str, ...], Field(strict=False, min_length=1, max_length=MOST)]
    purpose: Purpose
    masked: bool = False
    caller: Caller | None = None


class RevealedToken(Message):
    """The answer for one token; a value where the status is `ok`, and `masked` where it is not all of it.

    A value is masked if that was asked for, or if the caller's budget for values in full is used up. `denied` says that the policies do
    not allow it, or that the budget is used up altogether; whoever may reveal nothing for the purpose is told `denied` of every token,
    whether or not there is such a token.
    """

    status: Literal["ok", "unknown", "erased", "denied", "tampered", "unavailable"]
    kind: str | None = None
    value: Any = None
    masked: Literal[True] | None = None


class RevealAnswer(Message):
    """By token."""

    tokens: dict[str, RevealedToken]


REVEAL = TypeAdapter(RevealMessage)
REVEAL_ANSWER = TypeAdapter(RevealAnswer)
