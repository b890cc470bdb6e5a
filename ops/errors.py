"""Holds the error that ends a command: what happened, and the next command to type."""

from typing import ClassVar


class CommandError(Exception):
    """Ends a command with an exit code.

    Args:
        message: what happened, without values.
        hint: the next command to type.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


class Interrupted(CommandError):
    """Means that somebody pressed Ctrl-C; the message says what was done until then."""

    exit_code: ClassVar[int] = 130
