"""Writes `stacks/bus.yaml`'s section for EventBridge's schema registry: one resource for each event type and version.

The registry takes JSON Schema draft 4, so definitions have their old name. Tokens are most of a schema, so they are
defined once. A schema covers the whole EventBridge event, like the registry's own schemas.
"""

import json
from collections.abc import Mapping
from typing import Any

from schemas.json_schema import TOKEN, Schema
from schemas.publish.asyncapi import envelope, referring
from schemas.publish.kit import class_name
from schemas.registry import EventName
from schemas.sanitized import SOURCE

# A schema's content may have 100,000 characters: https://docs.aws.amazon.com/eventbridge/latest/schema-reference/
MAX_CONTENT = 100_000
BEGIN = "  # ---- schema registry, written by `make schemas`\n"
END = "  # ---- end of what `make schemas` writes\n"
_BOUNDS = {"exclusiveMaximum": ("maximum", min), "exclusiveMinimum": ("minimum", max)}
_UNSAID = frozenset({"title", "default", "$schema", "$defs"})
_TOKEN_NAME = "AnyToken"  # noqa: S105 -- the name of a definition


def spliced(template: str, sanitized: Mapping[EventName, Schema]) -> str:
    """Returns the template with its section replaced.

    Raises:
        ValueError: the section's two marks are missing.
    """
    before, begin, rest = template.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("stacks/bus.yaml has lost the marks of its schema registry section")
    return before + BEGIN + section(sanitized) + END + after


def section(sanitized: Mapping[EventName, Schema]) -> str:
    """Returns the resources as YAML."""
    lines = [
        "  SchemaRegistry:",
        "    Type: AWS::EventSchemas::Registry",
        "    Properties:",
        '      RegistryName: !Sub "${StackName}-sanitized"',
        "      Description: The events that consumers of the sanitized bus receive.",
    ]
    for name in sorted(sanitized):
        content = json.dumps(draft_4(name, sanitized[name]), separators=(",", ":"), sort_keys=True)
        if len(content) > MAX_CONTENT:
            raise ValueError(f"{name.event_type} {name.schema_version}: too large for the schema registry")
        lines += [
            "",
            f"  {class_name(name)}Schema:",
            "    Type: AWS::EventSchemas::Schema",
            "    Properties:",
            "      RegistryName: !GetAtt SchemaRegistry.RegistryName",
            f'      SchemaName: "{SOURCE}@{name.event_type}.{name.schema_version}"',
            "      Type: JSONSchemaDraft4",
            f"      Content: '{content.replace(chr(39), chr(39) * 2)}'",
        ]
    return "\n".join(lines) + "\n\n"


def draft_4(name: EventName, schema: Schema) -> Schema:
    """Returns the schema of the whole EventBridge event in draft 4."""
    detail = {key: value for key, value in schema.items() if key not in _UNSAID}
    definitions = {part: _older(each) for part, each in schema.get("$defs", {}).items()}
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "title": f"{name.event_type} {name.schema_version}",
        "x-amazon-events-source": SOURCE,
        "x-amazon-events-detail-type": name.event_type,
        "definitions": referring({_TOKEN_NAME: TOKEN, **definitions}, "#/definitions/"),
        **envelope(name, referring(_older(detail), "#/definitions/")),
    }


def _older(node: Any) -> Any:
    if node == TOKEN:
        return {"$ref": f"#/definitions/{_TOKEN_NAME}"}
    if isinstance(node, list):
        return [_older(each) for each in node]
    if not isinstance(node, dict):
        return node
    shown: dict[str, Any] = {}
    for key, value in node.items():
        if key == "properties":
            shown[key] = {name: _older(each) for name, each in value.items()}
        elif key == "const":
            shown["enum"] = [value]
        elif key == "anyOf":
            shown[key] = list(_flat(value))
        elif key not in _UNSAID and not (key == "required" and not value):
            shown[key] = _older(value)
    return _older_bounds(shown)


def _older_bounds(shown: dict[str, Any]) -> dict[str, Any]:
    """Returns a schema whose `exclusiveMaximum` says that `maximum` is excluded, instead of being a limit itself."""
    for exclusive, (bound, tighter) in _BOUNDS.items():
        if (limit := shown.pop(exclusive, None)) is not None:
            shown[bound] = tighter(limit, shown.get(bound, limit))
            shown[exclusive] = limit == shown[bound]
    return shown


def _flat(arms: list[Schema]) -> Any:
    for arm in arms:
        inner = _older(arm)
        if inner.keys() == {"anyOf"}:
            yield from inner["anyOf"]
        else:
            yield inner
