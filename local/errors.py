"""Defines what can go wrong with the local stack, in messages for a person."""

from typing import ClassVar

from ops.errors import CommandError


class LocalStackError(CommandError):
    """Holds a failure with the next thing to try."""

    exit_code: ClassVar[int] = 1
