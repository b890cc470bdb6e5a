"""Reads the ID token by which the replay function knows who asks. It is never an argument: others can read those."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ops.errors import CommandError

_VARIABLE = "ORDER_TOKENIZER_ID_TOKEN"
_HINT = (
    "--id-token FILE, or the variable ORDER_TOKENIZER_ID_TOKEN; "
    "docs/replay.md#two-people says where it comes from"
)
IdTokenFile = Annotated[
    Path | None,
    typer.Option(
        "--id-token", help=f"File with the ID token of your sign-in; without it, {_VARIABLE} has it."
    ),
]


def given_id_token(file: Path | None) -> str:
    """Returns the ID token of whoever uses the command.

    Raises:
        CommandError: there is none.
    """
    try:
        found = os.environ.get(_VARIABLE, "") if file is None else file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        raise CommandError(f"{file} can't be read as an ID token", _HINT) from None
    if not found.strip():
        raise CommandError("an ID token is required", _HINT)
    return found.strip()
