"""Derives the columns of the lake's tables from the consumers' schemas.

Each event type has one table for all its versions.

A field that may hold a token is text, whatever else it may hold, because one token in a column of numbers would fail
the whole query. Money is text too, as in the events; a query casts it. Fields that no schema names are in the files but
in no column.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.json_schema import Schema, own_schema, sanitized_schema
from schemas.own_events import OWN_EVENTS
from schemas.registry import EventName, registry

# The name of a scalar type, the fields of a structure, or a list with the type of its elements.
Column = str | dict[str, Any] | list[Any]

TEXT = "string"
_SCALARS = {"integer": "bigint", "boolean": "boolean"}
_DUCKDB = {TEXT: "VARCHAR", "bigint": "BIGINT", "boolean": "BOOLEAN"}
_ENVELOPE: dict[str, Column] = {"id": TEXT, "time": TEXT}


def tables() -> dict[str, dict[str, Column]]:
    """Returns the columns of each table by event type."""
    schemas = {name: sanitized_schema(model) for name, model in registry().items()}
    return columns(schemas | {name: own_schema(model) for name, model in OWN_EVENTS.items()})


def columns(schemas: Mapping[EventName, Schema]) -> dict[str, dict[str, Column]]:
    """Returns the columns of each table by event type.

    Args:
        schemas: the schemas of the `detail` that consumers get.

    Raises:
        ValueError: one column can't hold a field of two versions, or a field's name can't be a column's.
    """
    found: dict[str, Column] = {}
    for name in sorted(schemas):
        detail = _column(schemas[name], schemas[name].get("$defs", {}))
        before = found.get(name.event_type)
        found[name.event_type] = detail if before is None else _merged(before, detail)
    return {event_type: {**_ENVELOPE, "detail": detail} for event_type, detail in found.items()}


def table_name(event_type: str) -> str:
    """Returns the name of an event type's table."""
    return event_type.replace(".", "_")


def glue(column: Column) -> str:
    """Returns a type in Glue's notation."""
    if isinstance(column, dict):
        fields = (f"{name}:{glue(inner)}" for name, inner in column.items())
        return f"struct<{','.join(fields)}>"
    return f"array<{glue(column[0])}>" if isinstance(column, list) else column


def duckdb(column: Column) -> str:
    """Returns a type in DuckDB's notation."""
    if isinstance(column, dict):
        fields = (f'"{name}" {duckdb(inner)}' for name, inner in column.items())
        return f"STRUCT({', '.join(fields)})"
    return f"{duckdb(column[0])}[]" if isinstance(column, list) else _DUCKDB[column]


def _column(schema: Schema, parts: Mapping[str, Schema]) -> Column:
    if "$ref" in schema:
        return _column(parts[schema["$ref"].rpartition("/")[2]], parts)
    if "anyOf" in schema:
        return _one_of(_column(arm, parts) for arm in schema["anyOf"] if arm.get("type") != "null")
    if schema.get("type") == "object":
        for name in schema["properties"]:
            if name != name.lower():
                raise ValueError(f"{name}: Athena's columns are lower case")
        return {name: _column(each, parts) for name, each in schema["properties"].items()}
    if schema.get("type") == "array":
        return [_column(schema["items"], parts)]
    return _SCALARS.get(schema.get("type", ""), TEXT)


def _one_of(arms: Iterable[Column]) -> Column:
    merged: Column | None = None
    for arm in arms:
        merged = arm if merged is None else _merged(merged, arm)
    if merged is None:
        raise ValueError("a field that can only be null has no column")
    return merged


def _merged(one: Column, other: Column) -> Column:
    if isinstance(one, dict) and isinstance(other, dict):
        both = {name: _merged(one[name], other[name]) for name in one.keys() & other.keys()}
        return {**one, **other, **both}
    if isinstance(one, list) and isinstance(other, list):
        return [_merged(one[0], other[0])]
    if isinstance(one, str) and isinstance(other, str):
        return one if one == other else TEXT
    raise ValueError("a field is an object in one place and none in another; no column holds both")
