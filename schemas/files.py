"""Splits a producer's file into events: one JSON event, a JSON list, or JSON lines. Its beginning decides which."""

import json
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

_SPACE = re.compile(r"[ \t\r\n]*")
BLANK = b" \t\r\n"  # what JSON takes for space; the tokenizer refuses any other
_DECODER = json.JSONDecoder()


class Located(NamedTuple):
    """Holds one event's JSON text.

    Args:
        place: the event's place in the file, such as "line 3" or "element 2"; "" if it is the whole file.
        data: the event's bytes as they are in the file.
    """

    place: str
    data: bytes


class NoEventsError(Exception):
    """Means that a file can't be split into events."""


def events_in(source: BinaryIO, *, lines: bool = False) -> Iterator[Located]:
    """Yields each event of a file.

    Args:
        source: UTF-8. JSON lines are read one by one; anything else is read at once.
        lines: True if every line is an event, even if the first one is broken.

    Raises:
        NoEventsError: the file is empty, or its list ends too early.
    """
    skipped, first = 0, source.readline()
    while first and not first.strip(BLANK):
        skipped, first = skipped + 1, source.readline()
    if not first:
        raise NoEventsError("there is nothing in it")
    if lines or _is_object(first):
        rest = source.readline()
        if not lines and not rest:
            yield Located("", first.strip(BLANK))
            return
        yield Located(f"line {skipped + 1}", first.strip(BLANK))
        yield from _lines(rest, source, skipped + 2)
        return
    text = first + source.read()
    if text.lstrip(BLANK).startswith(b"["):
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
        if line.strip(BLANK):
            yield Located(f"line {number}", line.strip(BLANK))
        line, number = source.readline(), number + 1


def _elements(data: bytes) -> Iterator[Located]:
    """Yields the elements of a list with their original bytes, so that they are checked as they came."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NoEventsError("it is not UTF-8") from None
    position = _skip(text, _skip(text, 0) + 1)
    number, more = 1, text[position : position + 1] != "]"
    while more:
        try:
            _, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            raise NoEventsError(
                f"element {number} of its list is not JSON, at character {position}"
            ) from None
        yield Located(f"element {number}", text[position:end].encode())
        position, number = _skip(text, end), number + 1
        if text[position : position + 1] not in {",", "]"}:
            raise NoEventsError(f"its list breaks off after element {number - 1}")
        more = text[position] == ","
        position = _skip(text, position + 1)


def _skip(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position
