"""A producer's file of events: one JSON event, a JSON list of them, or JSON lines; told apart by how it begins."""

import json
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class Located(NamedTuple):
    """One event's JSON text.

    Args:
        place: where in the file it stands, "line 3" or "element 2"; "" where it is the whole file.
        data: its bytes, as they stand there.
    """

    place: str
    data: bytes


class NoEventsError(Exception):
    """A file that can't be taken apart into events."""


def events_in(source: BinaryIO, *, lines: bool = False) -> Iterator[Located]:
    """Each event of a file.

    Args:
        source: UTF-8. JSON lines are read one by one; anything else is read whole.
        lines: every line is an event, even where the first is broken.

    Raises:
        NoEventsError: it is empty, or a list that breaks off.
    """
    skipped, first = 0, source.readline()
    while first and not first.strip():
        skipped, first = skipped + 1, source.readline()
    if not first:
        raise NoEventsError("there is nothing in it")
    if lines or _is_object(first):
        rest = source.readline()
        if not lines and not rest:
            yield Located("", first.strip())
            return
        yield Located(f"line {skipped + 1}", first.strip())
        yield from _lines(rest, source, skipped + 2)
        return
    text = first + source.read()
    if text.lstrip().startswith(b"["):
        yield from _elements(text)
    else:
        yield Located("", text)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _lines(line: bytes, source: BinaryIO, number: int) -> Iterator[Located]:
    while line:
        if line.strip():
            yield Located(f"line {number}", line.strip())
        line, number = source.readline(), number + 1


def _elements(data: bytes) -> Iterator[Located]:
    """The elements of a list, each in the bytes that stand there, so that they are checked as they came."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoEventsError("it is not UTF-8") from None
    at = _skip(text, _skip(text, 0) + 1)
    number, more = 1, text[at : at + 1] != "]"
    while more:
        try:
            _, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            raise NoEventsError(f"element {number} of its list is not JSON, at character {at}") from None
        yield Located(f"element {number}", text[at:end].encode())
        at, number = _skip(text, end), number + 1
        if text[at : at + 1] not in {",", "]"}:
            raise NoEventsError(f"its list breaks off after element {number - 1}")
        more = text[at] == ","
        at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at
