"""Finds every event type and version: all models in `schemas/events/`, by their files."""

import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import NamedTuple, get_args

from schemas import events
from schemas.base import Envelope


class EventName(NamedTuple):
    """Identifies a schema."""

    event_type: str
    schema_version: int


def _literal(model: type[Envelope], field: str) -> object:
    """Returns the only value of a Literal field, or None if the field allows more."""
    values = get_args(model.model_fields[field].annotation)
    return values[0] if len(values) == 1 else None


def events_of(module: ModuleType) -> Iterator[tuple[EventName, type[Envelope]]]:
    """Yields the raw event models that a module defines."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Envelope) and value.__module__ == module.__name__:
            event_type, version = _literal(value, "event_type"), _literal(value, "schema_version")
            if isinstance(event_type, str) and isinstance(version, int):
                yield EventName(event_type, version), value


@cache
def registry() -> Mapping[EventName, type[Envelope]]:
    """Returns every raw event model by its type and version.

    Raises:
        ValueError: two files define the same type and version.
    """
    found: dict[EventName, type[Envelope]] = {}
    for info in pkgutil.iter_modules(events.__path__, f"{events.__name__}."):
        for name, model in events_of(import_module(info.name)):
            if name in found:
                raise ValueError(f"{info.name}: {name.event_type} {name.schema_version} is defined twice")
            found[name] = model
    return found
