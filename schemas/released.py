"""Knows which events are released. All others are drafts, which may change and vanish, since nobody relies on them yet."""

import json
from collections.abc import Iterable
from pathlib import Path

from schemas.registry import EventName

FILE = "released.json"


def released(folder: Path) -> frozenset[EventName]:
    """Returns the released types and versions.

    Args:
        folder: `schemas/json`, or a copy of it. Without the file nothing is released.
    """
    path = folder / FILE
    names = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return frozenset(map(name_in, names))


def release(folder: Path, names: Iterable[EventName]) -> None:
    """Marks events as released, beside those that are."""
    lines = sorted(map(word_of, released(folder) | set(names)))
    (folder / FILE).write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")


def word_of(name: EventName) -> str:
    """Returns a type and version in one word, such as `order.placed.1`: the name of its files without the ending."""
    return f"{name.event_type}.{name.schema_version}"


def name_in(word: str) -> EventName:
    """Returns the type and version that a word names.

    Raises:
        ValueError: the word doesn't end with a version.
    """
    event_type, _, version = word.rpartition(".")
    if not (event_type and version.isascii() and version.isdigit()):
        raise ValueError(f"{word} is no type and version, such as order.placed.1")
    return EventName(event_type, int(version))
