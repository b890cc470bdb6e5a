"""Finds out whether a changed JSON Schema would break somebody. It knows the keywords that our generated schemas use.

A change that it doesn't understand counts as breaking, so it may ask for a new version without need, but never misses
one.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

Schema = Mapping[str, Any]

_SAID = frozenset({"$schema", "$defs", "title", "description", "default", "examples"})
_UPPER = frozenset({"maxLength", "maximum", "exclusiveMaximum", "maxItems"})
_LOWER = frozenset({"minLength", "minimum", "exclusiveMinimum", "minItems"})


class Reader(StrEnum):
    """Lists who relies on a schema.

    The new schema must accept a producer's old events. A consumer of the old schema must understand the events of the
    new one.
    """

    PRODUCER = "producer"
    CONSUMER = "consumer"


def breaking(old: Schema, new: Schema, reader: Reader) -> list[str]:
    """Returns what a change would break, each with its place. The list is empty if nothing breaks."""
    return list(_Comparison(old, new, reader).nodes(old, new, ""))


class _Comparison:
    def __init__(self, old: Schema, new: Schema, reader: Reader) -> None:
        self._old = old.get("$defs", {})
        self._new = new.get("$defs", {})
        self._producer = reader is Reader.PRODUCER

    def nodes(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        """Compares two schemas in the same place."""
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        for key in sorted((old.keys() | new.keys()) - _SAID):
            before, after = old.get(key), new.get(key)
            if key == "properties":
                yield from self._properties(before or {}, after or {}, path)
            elif key == "required":
                yield from self._required(set(before or ()), set(after or ()), path)
            elif key == "anyOf":
                yield from self._arms(before or [], after or [], path)
            elif (
                isinstance(before, Mapping)
                and isinstance(after, Mapping)
                and key in {"items", "additionalProperties"}
            ):
                yield from self.nodes(before, after, f"{path}/*")
            elif before != after and not self._only_loosened(key, before, after):
                yield f"{path or '/'}: {key} was {before!r}, is {after!r}"

    def _properties(self, old: Mapping[str, Schema], new: Mapping[str, Schema], path: str) -> Iterator[str]:
        for name, before in old.items():
            if name in new:
                yield from self.nodes(before, new[name], f"{path}/{name}")
            else:
                yield f"{path}/{name}: is gone"

    def _required(self, old: set[str], new: set[str], path: str) -> Iterator[str]:
        for name in sorted(new - old if self._producer else old - new):
            yield f"{path}/{name}: {'is required now' if self._producer else 'may be missing now'}"

    def _arms(self, old: list[Schema], new: list[Schema], path: str) -> Iterator[str]:
        if len(old) == len(new):
            for before, after in zip(old, new, strict=True):
                yield from self.nodes(before, after, path)
            return
        fewer, more = (old, new) if self._producer else (new, old)
        if any(arm not in more for arm in fewer):
            yield f"{path or '/'}: other types than before"

    def _only_loosened(self, key: str, before: Any, after: Any) -> bool:
        """Returns True if a limit moved in the direction that is harmless for the reader."""
        if key not in _UPPER | _LOWER:
            return False
        wider = before is not None and (after is None or (after > before) == (key in _UPPER))
        return wider if self._producer else not wider


def _resolved(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    others = {key: value for key, value in schema.items() if key != "$ref"}
    return {**definitions[reference.rpartition("/")[2]], **others}
