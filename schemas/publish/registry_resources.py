"""The template's section for EventBridge's schema registry: one resource for each event type and version.

The registry takes JSON Schema of draft 4, so definitions go by their old name, and tokens, which are most of a schema, are
defined once. A schema is the whole envelope, as the registry's own are.
"""

import json
from collections.abc import Mapping
from typing import Any

from schemas.json_schema import TOKEN, Schema
from schemas.publish.asyncapi import envelope, referring
from schemas.publish.kit import class_name
from schemas.registry import EventName
from schemas.sanitized import SOURCE

# https://docs.aws.amazon.com/eventbridge/latest/schema-reference/: a schema's content takes 100,000 characters.
MAX_CONTENT = 100_000
BEGIN = "  # ---- schema registry, written by `make schemas`\n"
END = "  # ---- end of what `make schemas` writes\n"
_UNSAID = frozenset({"title", "default", "$schema", "$defs"})
_TOKEN_NAME = "AnyToken"  # noqa: S105 -- the name of a definition


def spliced(template: str, sanitized: Mapping[EventName, Schema]) -> str:
    """The template with its section written anew.

    Raises:
        ValueError: the section's two marks are not there.
    """
    before, begin, rest = template.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError("template.yaml has lost the marks of its schema registry section")
    return before + BEGIN + section(sanitized) + END + after


def section(sanitized: Mapping[EventName, Schema]) -> str:
    """The resources as YAML."""
    lines = [
        "  SchemaRegistry:",
        "    Type: AWS::EventSchemas::Registry",
        "    Properties:",
        '      RegistryName: !Sub "${AWS::StackName}-sanitized"',
        "      Description: What consumers of the sanitized bus receive.",
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
    """The envelope's schema in the dialect that the registry takes."""
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
        elif key not in _UNSAID:
            shown[key] = _older(value)
    return shown


def _flat(arms: list[Schema]) -> Any:
    for arm in arms:
        inner = _older(arm)
        if inner.keys() == {"anyOf"}:
            yield from inner["anyOf"]
        else:
            yield inner
