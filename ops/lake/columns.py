"""Derives the columns of the lake's tables from the consumers' schemas.

Each event type has one table for all its versions.

A field that may hold a token is text, whatever else it may hold, because one token in a column of numbers would fail
the whole query. Money is text too, as in the events; a query casts it. Fields that no schema names are in the files but
in no column. Columns are named in lower case, at every depth, as Athena reads the keys of events.
"""

from collections.abc import Mapping
from typing import Any

from ops.lake.keys import column_name
from schemas.json_schema import Schema, own_schema, sanitized_schema
from schemas.no_place import NoPlace
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
        NoPlace: one column can't hold a field of two versions, or two fields of an object are equal in lower case. It
            names all such fields.
    """
    found: dict[str, Column] = {}
    reader = _Reader()
    for name in sorted(schemas):
        detail = reader.column(schemas[name], schemas[name].get("$defs", {}), f"{name.event_type}: ")
        before = found.get(name.event_type)
        found[name.event_type] = (
            detail if before is None else reader.merged(before, detail, f"{name.event_type}: ")
        )
    if reader.faults:
        raise NoPlace(*dict.fromkeys(reader.faults))
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


class _Reader:
    """Reads schemas as columns, and collects the fields that no column can hold."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def column(self, schema: Schema, parts: Mapping[str, Schema], place: str) -> Column:
        if "$ref" in schema:
            return self.column(parts[schema["$ref"].rpartition("/")[2]], parts, place)
        if "anyOf" in schema:
            arms = [self.column(arm, parts, place) for arm in schema["anyOf"] if arm.get("type") != "null"]
            return self._one_of(arms, place)
        if schema.get("type") == "object":
            return self._structure(schema["properties"], parts, place)
        if schema.get("type") == "array":
            return [self.column(schema["items"], parts, f"{place}/*")]
        return _SCALARS.get(schema.get("type", ""), TEXT)

    def merged(self, one: Column, other: Column, place: str) -> Column:
        """Returns the column that holds what either of two holds."""
        if isinstance(one, dict) and isinstance(other, dict):
            both = {
                name: self.merged(one[name], other[name], f"{place}/{name}")
                for name in one.keys() & other.keys()
            }
            return {**one, **other, **both}
        if isinstance(one, list) and isinstance(other, list):
            return [self.merged(one[0], other[0], f"{place}/*")]
        if isinstance(one, str) and isinstance(other, str):
            return one if one == other else TEXT
        return self._refused(
            place, "is an object in one place and none in another; no column of the lake holds both"
        )

    def _structure(self, fields: Mapping[str, Schema], parts: Mapping[str, Schema], place: str) -> Column:
        found: dict[str, Column] = {}
        by_column: dict[str, str] = {}
        for name, each in fields.items():
            column = column_name(name)
            if column in found:
                self._refused(
                    f"{place}/{name}",
                    f"the lake's columns have no case, so {by_column[column]} beside it is the same one",
                )
            by_column[column] = name
            found[column] = self.column(each, parts, f"{place}/{name}")
        return found

    def _one_of(self, arms: list[Column], place: str) -> Column:
        if not arms:
            return self._refused(place, "can only be null, and so has no column in the lake")
        merged, *others = arms
        for arm in others:
            merged = self.merged(merged, arm, place)
        return merged

    def _refused(self, place: str, why: str) -> Column:
        self.faults.append(f"{place}: {why}")
        return TEXT
