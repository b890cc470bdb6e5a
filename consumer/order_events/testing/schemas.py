"""Loads the JSON Schemas of `detail` that ship with the kit."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

from order_events.events import EVENTS


def known() -> list[tuple[str, int]]:
    """Returns every event type and version that this kit knows."""
    return sorted(EVENTS)


@cache
def schema(event_type: str, schema_version: int) -> dict[str, Any]:
    """Returns the JSON Schema (2020-12) of an event's `detail`.

    Raises:
        KeyError: the kit doesn't know the type or version.
    """
    if (event_type, schema_version) not in EVENTS:
        raise KeyError(f"{event_type} {schema_version}")
    path = files("order_events") / "schemas" / f"{event_type}.{schema_version}.json"
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def faults(event_type: str, detail: Any) -> list[str]:
    """Returns where a `detail` violates its JSON Schema: JSON Pointers and the violated keywords, without any value.

    It needs the extra `order-events[testing]`.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415 -- of the extra, for this function alone

    validator = Draft202012Validator(schema(event_type, detail["metadata"]["schema_version"]))
    return sorted(
        f"/{'/'.join(map(str, error.absolute_path))}: {error.validator}"
        for error in validator.iter_errors(detail)
    )
