"""Reads a producer's file of events for the commands that look at one."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Annotated, BinaryIO, NamedTuple, cast

import typer

from ops import console
from ops.errors import CommandError
from ops.json_position import START, FilePosition, position_of_error
from schemas.dead_letter import ErrorCode
from schemas.files import BLANK, Located, NoEventsError, events_in
from schemas.foreign import NO_ATTRIBUTES, Foreign
from schemas.registry import EventName, registry
from tokenizer.pipeline.catalog import catalog
from tokenizer.pipeline.sources import message_data

_STDIN = "-"

_A_LIST = (
    "each element was read as a message or record of its own; the list as one is a dead letter on the queue and on the"
    " stream (not_an_object)"
)
_SOME_LINES = (
    "each line was read as a message or record of its own; the lines as one message are a dead letter on the queue"
    " (malformed_json), and only the stream takes one record apart, if each line is an object"
)

File = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="One JSON event, a JSON list of events, or one a line; - is standard input."
    ),
]
Lines = Annotated[
    bool, typer.Option("--lines", help="Treat every line as an event, even if the first is broken.")
]


class FileEvent(NamedTuple):
    """Holds one event's JSON text.

    Args:
        place: the event's place in the file, such as "line 3" or "element 2"; "" if it is the whole file.
        data: the event's bytes as they are in the file.
        begins: where they begin in the file.
        record: the raw record that a message with these bytes and its attributes becomes.
    """

    place: str
    data: bytes
    begins: FilePosition
    record: bytes


class _Source:
    """Reads a file, and remembers where in it the text is that was read last."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._line = 0
        # The first event of JSON lines is yielded once the line after it was read.
        self._lines: deque[tuple[int, bytes]] = deque(maxlen=2)
        self._text: bytes | None = None
        self._searched = 0
        self._reached = START
        self._filled = 0

    def readline(self) -> bytes:
        line = self._source.readline()
        if line:
            self._line += 1
            self._lines.append((self._line, line))
            self._filled += bool(line.strip(BLANK))
        return line

    def read(self) -> bytes:
        rest = self._source.read()
        number, line = self._lines[-1]
        self._text, self._reached = line + rest, FilePosition(number, 1)
        self._searched = self._text.find(b"[") + 1
        self._reached = self._reached.after(_readable(self._text[: self._searched]))
        return rest

    def begins(self, located: Located) -> FilePosition:
        """Returns where an event begins. Elements of a list are asked for in their order."""
        if self._text is None:
            wanted = located.place.removeprefix("line ")
            number, line = next(each for each in reversed(self._lines) if wanted in {"", str(each[0])})
            return FilePosition(number, len(line) - len(line.lstrip(BLANK)) + 1)
        if not located.place:
            return FilePosition(self._line, 1)
        # Between two elements there are only spaces and a comma, so nothing else can be found.
        at = self._text.index(located.data, self._searched)
        begins = self._reached.after(_readable(self._text[self._searched : at]))
        self._searched, self._reached = at + len(located.data), begins.after(_readable(located.data))
        return begins

    def as_it_is(self) -> str:
        """Returns a warning if the file as it is, in one message or record, isn't what the command took it for."""
        if self._text is not None and self._text.lstrip(BLANK).startswith(b"["):
            return _A_LIST
        return _SOME_LINES if self._text is None and self._filled > 1 else ""

    def broken(self) -> str:
        """Returns where a list breaks off, as the end of a sentence; "" if the file has no list."""
        found = position_of_error(self._text, FilePosition(self._line, 1)) if self._text else None
        return f", at {found}" if found else ""


def events(file: str, *, lines: bool, attributes: Mapping[str, str] = NO_ATTRIBUTES) -> Iterator[FileEvent]:
    """Yields each event of a file. With attributes it is the body of one message of the queue, whatever it holds.

    Args:
        file: the file's path, or - for standard input.
        lines: True if every line is an event, even if the first one is broken; with attributes, a message of its own.
        attributes: the attributes of the message.

    Says once if the file holds several events, since only a command takes it apart like that.

    Raises:
        CommandError: the file can't be read, or can't be split into events.
    """
    hint = "`order-tokenizer validate FILE` takes one JSON event, a list of them, or one a line; - is standard input"
    try:
        with _opened(file) as opened:
            source = _Source(opened)
            if attributes and not lines:
                yield _one_message(file, opened.read(), attributes)
                return
            try:
                for each in events_in(cast("BinaryIO", source), lines=lines):
                    yield FileEvent(*each, source.begins(each), _record(each.data, attributes))
            except NoEventsError as error:
                why = str(error).partition(", at character")[0]
                raise CommandError(f"{file}: {why}{source.broken()}", hint) from None
            if not lines and (warning := source.as_it_is()):
                console.aside(f"{file}: warning: {warning}")
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", hint) from None


def _one_message(file: str, body: bytes, attributes: Mapping[str, str]) -> FileEvent:
    if not body.strip():
        raise CommandError(
            f"{file}: there is nothing in it",
            "`order-tokenizer validate FILE --attribute NAME=VALUE` takes a message's body",
        )
    return FileEvent("", body, START, _record(body, attributes))


def known_events(codes: Iterable[str]) -> list[str]:
    """Returns lines that list every event type and version, if one of these codes says that one is not known.

    The lines after the first say what a foreign body names each type and version by.
    """
    if not {ErrorCode.UNKNOWN_EVENT_TYPE, ErrorCode.UNSUPPORTED_SCHEMA_VERSION} & set(codes):
        return []
    models = sorted(registry().items())
    names = ", ".join(f"{name.event_type} {name.schema_version}" for name, _ in models)
    return [
        f"known: {names}",
        *(_foreign_names(name, model.foreign) for name, model in models if model.foreign is not None),
    ]


def _foreign_names(name: EventName, foreign: Foreign) -> str:
    types = " or ".join(foreign.types or (name.event_type,))
    line = f"foreign bodies of {name.event_type} {name.schema_version} have {types} at {foreign.event_type}"
    if foreign.schema_version is None:
        return line
    return f"{line}, {' or '.join(map(str, foreign.versions or (name.schema_version,)))} at {foreign.schema_version}"


def _record(data: bytes, attributes: Mapping[str, str]) -> bytes:
    """Returns the raw record that the queue's function makes of a message."""
    if not attributes:
        return data
    return message_data(data.decode("utf-8", "surrogateescape"), attributes, catalog().attributes())


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    return nullcontext(sys.stdin.buffer) if file == _STDIN else Path(file).open("rb")


def _readable(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace")
