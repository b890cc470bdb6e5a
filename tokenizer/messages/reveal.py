"""Defines the messages of the reveal function."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from tokenizer.messages.base import IdToken, Message, Purpose

MOST = 100


class RevealMessage(Message):
    """Asks to reveal tokens for a purpose; `masked` asks only for what is needed to recognize a value.

    Args:
        id_token: the caller's, for whom the API asks; None if an administrator invokes the function by its alias.
    """

    tokens: Annotated[tuple[str, ...], Field(strict=False, min_length=1, max_length=MOST)]
    purpose: Purpose
    masked: bool = False
    id_token: IdToken = None


class RevealedToken(Message):
    """Holds the answer for one token.

    It has a value if the status is `ok`, and `masked` if that is not the whole value.

    A value is masked if the request asks for that, or if the budget for values in full is used up. `denied` means that
    the policies don't permit it, or that the whole budget is used up. If the caller may reveal nothing for the purpose,
    every token is `denied`, whether it exists or not.
    """

    status: Literal["ok", "unknown", "erased", "denied", "tampered", "unavailable"]
    kind: str | None = None
    value: Any = None
    masked: Literal[True] | None = None


class RevealAnswer(Message):
    """Holds the answers by token."""

    tokens: dict[str, RevealedToken]


REVEAL = TypeAdapter(RevealMessage)
REVEAL_ANSWER = TypeAdapter(RevealAnswer)
