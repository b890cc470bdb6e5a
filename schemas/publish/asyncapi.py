"""Writes the AsyncAPI 3 document: where events go in and come out, and what they look like there.

It is written from the stack's side, which receives raw events and sends sanitized ones.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.json_schema import Schema
from schemas.registry import EventName
from schemas.sanitized import SOURCE

_JSON = "application/json"
_STACK = {"stack": {"description": "Name of the CloudFormation stack.", "default": "orders"}}
_SENSITIVE = "Holds sensitive values in clear. Fields that no schema names are allowed and become tokens."


def document(raw: Mapping[EventName, Schema], sanitized: Mapping[EventName, Schema]) -> dict[str, Any]:
    """Returns the whole document."""
    sent, taken = sorted(sanitized), sorted(raw)
    channels = {
        "rawStream": _channel("The Kinesis stream that producers put raw events on.", "raw", taken),
        "rawQueue": _channel("The SQS queue that takes raw events as well.", "raw", taken),
        "sanitizedBus": _channel(
            f"The EventBridge bus that consumers put their rules on; `source` is `{SOURCE}`.",
            "sanitized",
            sent,
        ),
    }
    schemas: dict[str, Any] = {}
    for side, found in (("raw", raw), ("sanitized", sanitized)):
        for name in sorted(found):
            schemas |= _hoisted(f"{side}.{_key(name)}", found[name])
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Order tokenizer",
            "version": "1.0.0",
            "description": "Takes raw orders and sends the same orders with a token in place of every sensitive value.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": _JSON,
        "channels": channels,
        "operations": {
            "takeFromStream": {"action": "receive", "channel": {"$ref": "#/channels/rawStream"}},
            "takeFromQueue": {"action": "receive", "channel": {"$ref": "#/channels/rawQueue"}},
            "publish": {
                "action": "send",
                "channel": {"$ref": "#/channels/sanitizedBus"},
                "description": "At least once, in no order; every delivery of a record has the same bytes in `detail`.",
            },
        },
        "components": {"messages": dict(_raw_messages(taken)) | dict(_messages(sent)), "schemas": schemas},
    }


def _channel(description: str, side: str, names: list[EventName]) -> dict[str, Any]:
    address = "{stack}-sanitized" if side == "sanitized" else "{stack}-raw-orders"
    messages = {_key(name): {"$ref": f"#/components/messages/{side}.{_key(name)}"} for name in names}
    return {"address": address, "description": description, "parameters": _STACK, "messages": messages}


def _raw_messages(names: list[EventName]) -> Iterator[tuple[str, Any]]:
    for name in names:
        message = {
            "name": name.event_type,
            "title": f"{name.event_type}, version {name.schema_version}, raw",
            "description": _SENSITIVE,
            "payload": {"$ref": f"#/components/schemas/raw.{_key(name)}"},
        }
        yield f"raw.{_key(name)}", message


def _messages(names: list[EventName]) -> Iterator[tuple[str, Any]]:
    for name in names:
        message = {
            "name": name.event_type,
            "title": f"{name.event_type}, version {name.schema_version}, sanitized",
            "description": "EventBridge's envelope around the sanitized event.",
            "payload": envelope(name, {"$ref": f"#/components/schemas/sanitized.{_key(name)}"}),
        }
        yield f"sanitized.{_key(name)}", message


def envelope(name: EventName, detail: Schema) -> Schema:
    """Returns the schema of an EventBridge event around a `detail`."""
    text = {"type": "string"}
    return {
        "type": "object",
        "required": [
            "version",
            "id",
            "source",
            "detail-type",
            "account",
            "time",
            "region",
            "resources",
            "detail",
        ],
        "properties": {
            "version": text,
            "id": text,
            "source": {"enum": [SOURCE]},
            "detail-type": {"enum": [name.event_type]},
            "account": text,
            "time": {"type": "string", "format": "date-time"},
            "region": text,
            "resources": {"type": "array", "items": text},
            "detail": detail,
        },
    }


def _hoisted(key: str, schema: Schema) -> dict[str, Any]:
    """Returns a schema and its definitions as separate components, because AsyncAPI has no `$defs`."""
    own = {name: each for name, each in schema.items() if name not in {"$schema", "$defs"}}
    parts = {f"{key}.{name}": each for name, each in schema.get("$defs", {}).items()}
    return {
        name: referring(each, f"#/components/schemas/{key}.") for name, each in {key: own, **parts}.items()
    }


def referring(node: Any, prefix: str) -> Any:
    """Returns a schema whose references point to definitions under another prefix."""
    if isinstance(node, dict):
        return {
            key: prefix + value.rpartition("/")[2] if key == "$ref" else referring(value, prefix)
            for key, value in node.items()
        }
    return [referring(each, prefix) for each in node] if isinstance(node, list) else node


def _key(name: EventName) -> str:
    return f"{name.event_type}.{name.schema_version}"
