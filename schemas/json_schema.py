"""Generates the JSON Schemas of raw and sanitized events from the models.

The sanitized schema is derived from the raw one by its field kinds, so it is written only once. Fields that no schema
names are allowed in a raw event, and are tokens in a sanitized one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel

from schemas.base import Envelope
from schemas.kinds import KIND_KEY, Fact, Rule
from schemas.registry import EventName
from schemas.sanitized import ALIAS_PATTERN, TOKEN_PATTERN, Metadata

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ENVELOPE = tuple(Envelope.model_fields)
TOKEN: Schema = {"type": "string", "pattern": TOKEN_PATTERN}
_EMPTY: Schema = {"const": ""}
_DIGITS_AND_SEPARATORS: Schema = {"type": "string", "pattern": ALIAS_PATTERN}
_FACTS: Mapping[str, Schema] = {
    Fact.LAST4: {"type": "string", "pattern": "^[0-9]{4}$"},
    Fact.BRAND: {"type": "string"},
    Fact.BIN: {"type": "string", "pattern": "^[0-9]{6}$"},
    Fact.DOMAIN: {"type": "string"},
    Fact.YEAR: {"type": "string", "pattern": "^[0-9]{4}$"},
}
_RULES: Mapping[str, Schema] = {
    Rule.POSTAL_PREFIX: {"type": "string", "maxLength": 3},
    Rule.YEAR: {"type": "string", "pattern": "^[0-9]{4}$"},
    Rule.NETWORK: {"type": "string", "pattern": "^[0-9a-f.:]+/(24|48)$"},
    Rule.AMOUNT_BAND: {"type": "string", "pattern": r"^-?[0-9]+\.\.-?[0-9]+$"},
}


def file_name(name: EventName) -> str:
    """Returns the file name of an event's schemas in `schemas/json/raw` and `schemas/json/sanitized`."""
    return f"{name.event_type}.{name.schema_version}.json"


def raw_schema(model: type[Envelope]) -> Schema:
    """Returns the schema of what a producer may send. Each field has its kind under `x-field-kind`.

    `x-foreign` says where the envelope's fields stand if the event comes in the producer's own form.
    """
    schema = {"$schema": DIALECT, **model.model_json_schema()}
    if model.foreign is not None:
        schema["x-foreign"] = {name: value for name, value in asdict(model.foreign).items() if value}
    return schema


def own_schema(model: type[BaseModel]) -> Schema:
    """Returns the schema of the `detail` of an event that only we send, and that has no raw form."""
    return {"$schema": DIALECT, **_unmarked(model.model_json_schema())}


def sanitized_schema(model: type[Envelope]) -> Schema:
    """Returns the schema of the `detail` that consumers get: `metadata`, and `data` in the raw event's shape."""
    raw = model.model_json_schema()
    unnamed = _unnamed(model)
    data = _object({**raw, "properties": _without(raw["properties"], _ENVELOPE)}, unnamed)
    data["required"] = [name for name in raw.get("required", []) if name not in _ENVELOPE]
    return {
        "$schema": DIALECT,
        "$defs": {name: _object(each, unnamed) for name, each in raw.get("$defs", {}).items()},
        "title": f"{raw['title']}Sanitized",
        "type": "object",
        "properties": {"metadata": _metadata(), "data": data},
        "required": ["metadata", "data"],
        "additionalProperties": False,
    }


def _metadata() -> Schema:
    schema = Metadata.model_json_schema()
    shown = {
        name: {key: value for key, value in each.items() if key != KIND_KEY}
        for name, each in schema["properties"].items()
    }
    # The guard replaces these by tokens if it finds something in them.
    for name in ("event_id", "occurred_at"):
        shown[name] = {"anyOf": [shown[name], TOKEN]}
    return {**schema, "properties": shown}


def _unnamed(model: type[Envelope]) -> Schema:
    """Returns what consumers see in a field that no schema names."""
    arms = [TOKEN, {"type": "null"}]
    return {"anyOf": [*arms, {"type": "boolean"}] if model.shows_unknown_booleans else arms}


def _object(schema: Schema, unnamed: Schema) -> Schema:
    """Returns an object of the raw schema as consumers see it."""
    if "properties" not in schema:
        return schema
    properties: Schema = {}
    for name, each in schema["properties"].items():
        shown = _shown(each)
        if shown is not None:
            properties[name] = shown
        # A raw field with the name of a fact is tokenized, and keeps its place.
        properties |= {f"{name}_{fact}": {"anyOf": [_FACTS[fact], TOKEN]} for fact in _facts(each)}
    kept = {
        key: value for key, value in schema.items() if key in {"title", "description", "type", "required"}
    }
    required = (
        {"required": [name for name in kept["required"] if name in properties]} if "required" in kept else {}
    )
    return {**kept, **required, "properties": properties, "additionalProperties": unnamed}


def _shown(schema: Schema) -> Schema | None:
    """Returns what consumers see of one field, or None if they see nothing."""
    if KIND_KEY in schema:
        return _by_kind(schema)
    if "anyOf" in schema:
        arms = [arm if arm == {"type": "null"} else _shown(arm) for arm in schema["anyOf"]]
        return {**schema, "anyOf": [arm for arm in arms if arm is not None]} if all(arms) else None
    if schema.get("type") == "array":
        return {"type": "array", "items": _shown(schema["items"])}
    return schema


def _by_kind(schema: Schema) -> Schema | None:
    kind = schema[KIND_KEY]
    match kind["name"]:
        case "removed":
            return None
        case "public" | "free_text":
            return {"anyOf": [{key: value for key, value in schema.items() if key != KIND_KEY}, TOKEN]}
        case "format_preserving_token":
            return {"anyOf": [TOKEN, _DIGITS_AND_SEPARATORS, _EMPTY]}
        case "masked":
            return {"anyOf": [TOKEN, {"type": "string"}]}
        case "generalized":
            return {"anyOf": [TOKEN, _RULES[kind["rule"]], _EMPTY]}
        case _:
            any_value = not schema.keys() & {"type", "anyOf", "allOf", "const", "enum", "$ref"}
            return {"anyOf": [TOKEN, _EMPTY, {"type": "null"}] if any_value else [TOKEN, _EMPTY]}


def _facts(schema: Schema) -> Iterator[str]:
    for arm in (schema, *schema.get("anyOf", ())):
        yield from arm.get(KIND_KEY, {}).get("facts", ())


def _unmarked(schema: Any) -> Any:
    """Returns a schema without field kinds, which mean nothing to consumers."""
    match schema:
        case dict():
            return {key: _unmarked(value) for key, value in schema.items() if key != KIND_KEY}
        case list():
            return [_unmarked(each) for each in schema]
        case _:
            return schema


def _without(properties: Schema, names: tuple[str, ...]) -> Schema:
    return {name: each for name, each in properties.items() if name not in names}
