"""Reads a producer's file of events for the commands that look at one."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from ops.errors import CommandError
from schemas.dead_letter import ErrorCode
from schemas.files import Located, NoEventsError, events_in
from schemas.registry import registry

_STDIN = "-"

File = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="One JSON event, a JSON list of events, or one a line; - is standard input."
    ),
]
Lines = Annotated[
    bool, typer.Option("--lines", help="Treat every line as an event, even if the first is broken.")
]


def events(file: str, *, lines: bool) -> Iterator[Located]:
    """Yields each event of a file.

    Args:
        file: the file's path, or - for standard input.
        lines: True if every line is an event, even if the first one is broken.

    Raises:
        CommandError: the file can't be read, or can't be split into events.
    """
    try:
        with _opened(file) as source:
            yield from events_in(source, lines=lines)
    except (OSError, NoEventsError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise CommandError(
            f"{file}: {why}",
            "`order-tokenizer validate FILE` takes one JSON event, a list of them, or one a line; - is standard input",
        ) from None


def known_events(codes: Iterable[str]) -> str | None:
    """Returns a line that lists every event type and version, if one of these codes says that one is not known."""
    if not {ErrorCode.UNKNOWN_EVENT_TYPE, ErrorCode.UNSUPPORTED_SCHEMA_VERSION} & set(codes):
        return None
    return "known: " + ", ".join(f"{name.event_type} {name.schema_version}" for name in sorted(registry()))


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if file == _STDIN else Path(file).open("rb")
