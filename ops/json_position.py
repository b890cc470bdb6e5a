"""Finds where a text stops being the JSON that the tokenizer takes. Only positions are told, nothing of the text."""

import codecs
import json
import re
from typing import NamedTuple

import simplejson

from schemas import strict_json

_PART = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{\]}]', re.DOTALL)
_COLON = re.compile(r"[ \t\r\n]*+:")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class FilePosition(NamedTuple):
    """Names a character of a file. Both numbers count from 1; the column is in characters, not bytes."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"

    def after(self, text: str) -> "FilePosition":
        """Returns the position behind a text that begins here."""
        lines, column = text.count("\n"), len(text) - (text.rfind("\n") + 1)
        return FilePosition(self.line + lines, column + (1 if lines else self.column))


START = FilePosition(1, 1)


def position_of_error(data: bytes, begins: FilePosition = START) -> FilePosition | None:
    """Returns where the strict parser refuses a text.

    Args:
        data: the text, in UTF-8 if it is as it should be.
        begins: where the text begins in its file.

    Returns:
        The position; None if the text is accepted, or if it is a number with more digits than a parser takes.
    """
    try:
        strict_json.parse(data)
    except strict_json.NotStrictJson as refused:
        cause = refused.__context__
        if isinstance(cause, UnicodeDecodeError):
            # The decoder that ignores a byte order mark counts from behind it.
            good = data.removeprefix(codecs.BOM_UTF8)[: cause.start]
            return begins.after(good.decode("utf-8", "replace"))
        text = data.decode("utf-8-sig")
        # Of a text that is ambiguous alone, the cause is none, or whatever the caller has just caught.
        at = cause.pos if isinstance(cause, simplejson.JSONDecodeError) else _ambiguous(text)
        return None if at is None else begins.after(text[:at])
    return None


def _ambiguous(text: str) -> int | None:
    """Returns the first place that is nested too deep; else the first key that repeats; else half a surrogate pair."""
    keys: list[set[str]] = []
    again = half = None
    for part in _PART.finditer(text):
        found, at = part.group(), part.start()
        if found in "[{":
            keys.append(set())
            if len(keys) > strict_json.MAX_DEPTH:
                return at
        elif found in "]}":
            if keys:
                keys.pop()
        else:
            value = _decoded(found)
            if half is None and _SURROGATE.search(value):
                half = at
            if keys and _COLON.match(text, part.end()):
                again = at if again is None and value in keys[-1] else again
                keys[-1].add(value)
    return half if again is None else again


def _decoded(string: str) -> str:
    try:
        return str(json.loads(string))
    except ValueError:
        return string
