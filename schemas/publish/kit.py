"""The consumers' kit's models, written as Python text from the sanitized JSON Schemas.

A token is typed as a `Token`, so that nobody takes it for a name; a public string, which the leak guard may have turned
into a token, is a `str`. What no schema names stands in `extra`.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from schemas.json_schema import TOKEN, Schema
from schemas.registry import EventName

_NOTE = "Written by `make schemas` from the models in `schemas/`."
_DERIVED = "The raw event's own shape, with tokens in the place of sensitive values."
_LINE = 110
_TAKEN = frozenset({"Any", "ClassVar", "Event", "Mapping", "Metadata", "Part", "Token", "dataclass"})
_RESERVED = frozenset({"extra", "metadata", "data"})
_SCALARS: Mapping[str, str] = {
    "string": "str",
    "integer": "int",
    "boolean": "bool",
    "number": "int | Decimal",
    "null": "None",
}


def kit_files(sanitized: Mapping[EventName, Schema]) -> dict[Path, str]:
    """Each module by its place in the kit.

    Raises:
        ValueError: events differ in their metadata, or a name can't be one of Python's.
    """
    names = sorted(sanitized)
    metadata = {_metadata_module(_resolved(sanitized[name], "metadata")) for name in names}
    if len(metadata) > 1:
        raise ValueError("events differ in their metadata")
    files = {
        Path("events", f"{module_name(name)}.py"): _event_module(name, sanitized[name]) for name in names
    }
    files[Path("events", "__init__.py")] = _index(names)
    files[Path("metadata.py")] = metadata.pop()
    return files


def module_name(name: EventName) -> str:
    """`order_placed_v1` of `order.placed`, version 1."""
    return f"{re.sub(r'[^a-z0-9]', '_', name.event_type)}_v{name.schema_version}"


def class_name(name: EventName) -> str:
    """`OrderPlacedV1` of `order.placed`, version 1."""
    words = re.split(r"[^a-z0-9]", name.event_type)
    return "".join(word.capitalize() for word in words) + f"V{name.schema_version}"


def _event_module(name: EventName, schema: Schema) -> str:
    definitions = schema.get("$defs", {})
    scalars = {key: each for key, each in definitions.items() if "properties" not in each}
    data = _inlined(_resolved(schema, "data"), scalars)
    parts = {key: _inlined(each, scalars) for key, each in definitions.items() if key not in scalars}
    if data["title"] not in parts:
        # Derived from a raw model, whose own description is that of the raw event.
        parts[data["title"]] = {**data, "description": _DERIVED}
    if clash := sorted((_TAKEN | {class_name(name)}) & parts.keys()):
        raise ValueError(f"{name.event_type} {name.schema_version}: {clash[0]} is a name of the kit's own")
    body = "\n\n\n".join(_part(title, parts[title]) for title in _by_need(parts, data["title"]))
    event = [
        "@dataclass(frozen=True, slots=True, kw_only=True)",
        f"class {class_name(name)}(Event):",
        f'    """`{name.event_type}`, version {name.schema_version}."""\n',
        f'    EVENT_TYPE: ClassVar[str] = "{name.event_type}"',
        f"    SCHEMA_VERSION: ClassVar[int] = {name.schema_version}\n",
        f"    data: {data['title']}",
    ]
    text = body + "\n\n\n" + "\n".join(event) + "\n"
    what = f"`{name.event_type}`, version {name.schema_version}, as consumers see it."
    return _head(what, text, "Event", "ClassVar") + text


def _inlined(node: Any, scalars: Mapping[str, Schema]) -> Any:
    """A schema whose references to what is no object, an enumeration for example, are that itself."""
    if isinstance(node, dict):
        target = node.get("$ref", "").rpartition("/")[2]
        return scalars.get(target) or {key: _inlined(each, scalars) for key, each in node.items()}
    return [_inlined(each, scalars) for each in node] if isinstance(node, list) else node


def _resolved(schema: Schema, name: str) -> Schema:
    """A property of the whole, wherever it is defined."""
    found: Schema = schema["properties"][name]
    defined: Schema = schema["$defs"][found["$ref"].rpartition("/")[2]] if "$ref" in found else found
    return defined


def _metadata_module(schema: Schema) -> str:
    said = "`ingest_id` is one per raw record, so consumers drop duplicates by it."
    text = _part("Metadata", {**schema, "description": said}) + "\n"
    return _head("Where an event came from.", text) + text


def _index(names: list[EventName]) -> str:
    lines = [
        f'"""Every event type and version that this kit knows. {_NOTE}"""\n',
        "from collections.abc import Mapping",
        "from typing import TypeAlias\n",
    ]
    lines += [f"from order_events.events.{module_name(name)} import {class_name(name)}" for name in names]
    classes = [class_name(name) for name in names]
    union = f"KnownEvent: TypeAlias = {' | '.join(classes)}"
    if len(union) > _LINE:
        arms = "".join(f"    | {each}\n" for each in classes[1:])
        union = f"KnownEvent: TypeAlias = (\n    {classes[0]}\n{arms})"
    lines += [f"\n{union}", "EVENTS: Mapping[tuple[str, int], type[KnownEvent]] = {"]
    lines += [f'    ("{name.event_type}", {name.schema_version}): {class_name(name)},' for name in names]
    exported = "\n".join(f'    "{each}",' for each in ["EVENTS", *sorted(["KnownEvent", *classes])])
    return "\n".join([*lines, "}"]) + f"\n\n__all__ = [\n{exported}\n]\n"


def _head(what: str, text: str, base: str = "", typing: str = "") -> str:
    """The module's docstring and the imports that its text needs."""
    used = [name for name in (base, "Part", "Token") if name and re.search(rf"\b{name}\b", text)]
    lines = [f'"""{what} {_NOTE}"""\n']
    lines += ["from collections.abc import Mapping"] * ("Mapping[" in text)
    lines += ["from dataclasses import dataclass"]
    lines += ["from decimal import Decimal"] * ("Decimal" in text)
    wanted = [name for name in ("Any", typing) if name and re.search(rf"\b{name}\b", text)]
    lines += [f"from typing import {', '.join(wanted)}"] * bool(wanted)
    lines += ["", "from order_events.event import Event"] if "Event" in used else [""]
    lines += [f"from order_events.parts import {', '.join(name for name in used if name != 'Event')}"]
    return "\n".join(lines) + "\n\n\n"


def _by_need(parts: Mapping[str, Schema], whole: str) -> Iterator[str]:
    """What a part is made of, each after what that is made of in turn."""
    done: set[str] = set()

    def visit(title: str) -> Iterator[str]:
        if title not in done:
            done.add(title)
            for needed in sorted(set(_references(parts[title]))):
                yield from visit(needed)
            yield title

    yield from visit(whole)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
        for inner in node.values():
            yield from _references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _references(inner)


def _part(title: str, schema: Schema) -> str:
    required = schema.get("required", [])
    lines = [
        "@dataclass(frozen=True, slots=True, kw_only=True)",
        f"class {title}(Part):",
        f'    """{_docstring(schema.get("description", title))}"""\n',
    ]
    for name, each in schema["properties"].items():
        if not name.isidentifier() or name in _RESERVED:
            raise ValueError(f"{title}: a field of the kit can't be called {name}")
        annotation = annotated(each)
        if name not in required:
            annotation += " = None" if annotation.endswith("None") else " | None = None"
        lines.append(f"    {name}: {annotation}")
    return "\n".join(lines).rstrip()


def _docstring(text: str) -> str:
    first, *rest = text.replace("\\", "\\\\").replace('"', "'").splitlines()
    return "\n".join([first, *(f"    {line}".rstrip() for line in rest), "    "]) if rest else first


def annotated(schema: Schema) -> str:
    """The Python type of what a schema allows."""
    arms = list(dict.fromkeys(_arms(schema)))
    if "str" in arms:
        arms = [arm for arm in arms if arm != "Token"]
    return " | ".join(sorted(arms, key="None".__eq__)) or "None"


def _arms(schema: Schema) -> Iterator[str]:
    if schema == TOKEN:
        yield "Token"
    elif "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2]
    elif "anyOf" in schema:
        for arm in schema["anyOf"]:
            yield from _arms(arm)
    elif schema.get("const") == "":
        # An empty string stays one, whatever the kind: it is no reason to call a token a string.
        return
    elif "const" in schema or "enum" in schema:
        for value in schema.get("enum", [schema.get("const")]):
            yield type(value).__name__
    elif schema.get("type") == "array":
        yield f"tuple[{annotated(schema['items'])}, ...]"
    elif schema.get("type") == "object":
        yield "Mapping[str, Any]"
    else:
        yield _SCALARS.get(schema.get("type", ""), "Any")
