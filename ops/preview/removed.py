"""Finds what was removed as authentication data inside a field that is kept, by comparing it with what is kept of it."""

from collections.abc import Iterator
from typing import Any

from schemas.check import escape
from tokenizer.guard import is_plain_word
from tokenizer.guard.authentication_data import is_authentication_key

NOTHING = object()


def value_at(event: Any, path: str) -> Any:
    """Returns the value at a JSON Pointer, or `NOTHING` if it has none."""
    found = event
    for step in path.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list):
            found = found[int(key)] if int(key) < len(found) else NOTHING
        else:
            found = found.get(key, NOTHING) if isinstance(found, dict) else NOTHING
    return found


def removed_paths(raw: Any, clean: Any, label: str) -> Iterator[str]:
    """Yields the paths of what a value lost; a key that is no plain word is `*`.

    Args:
        raw: the value that came.
        clean: what is kept of it; `NOTHING` if that can't be said.
        label: the path of the value.
    """
    if clean is NOTHING or raw == clean:
        return
    if isinstance(raw, dict) and isinstance(clean, dict):
        for key, value in raw.items():
            named = is_authentication_key(key) or is_plain_word(key)
            below = f"{label}/{escape(key)}" if named else f"{label}/*"
            if key in clean:
                yield from removed_paths(value, clean[key], below)
            else:
                yield below
    elif isinstance(raw, list) and isinstance(clean, list):
        for at, value in enumerate(raw):
            if at < len(clean):
                yield from removed_paths(value, clean[at], f"{label}/{at}")
            else:
                yield f"{label}/{at}"
    else:
        yield label
