"""Shows what a command did, and asks for what it was not told."""

import sys
from typing import Any

import typer

from ops import console
from ops.errors import CommandError


def show_answer(value: dict[str, Any], text: str, *, as_json: bool) -> None:
    """Prints a document for programs, or a text for people."""
    if as_json:
        console.as_json(value)
    else:
        console.line(text)


def asked_purpose() -> str:
    """Returns the purpose that the operator types.

    Raises:
        CommandError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise CommandError(
            "a purpose is required", "the same command with --purpose WHY; it goes into the audit trail"
        )
    return str(typer.prompt("purpose"))
