"""Writes the models of the consumers' kit as Python text, from the sanitized JSON Schemas.

A token has the type `Token`, so that nobody takes it for a name. A public string is a `str`, although the leak guard
may have replaced it by a token. Fields that no schema names are in `extra`.

A field whose name the kit needs itself, such as `extra`, is the attribute `extra_` there.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from keyword import iskeyword
from pathlib import Path
from typing import Any

from schemas.json_schema import TOKEN, Schema
from schemas.no_place import NoPlace
from schemas.registry import EventName

_NOTE = "Written by `make schemas` from the models in `schemas/`."
_DERIVED = "Holds the event's data in the raw event's shape, with tokens in place of sensitive values."
_LINE = 110
_TAKEN = frozenset(
    {"Any", "ClassVar", "Decimal", "Event", "Mapping", "Metadata", "Part", "Token", "dataclass", "field"}
)
_ANNOTATIONS = frozenset({"bool", "int", "str", "tuple"})
# Names that mean something in the body of a kit's class. Those of its module's own classes do, too.
RESERVED = _TAKEN | _ANNOTATIONS | {"extra"}
_SCALARS: Mapping[str, str] = {
    "string": "str",
    "integer": "int",
    "boolean": "bool",
    "number": "int | Decimal",
    "null": "None",
}


def kit_files(sanitized: Mapping[EventName, Schema]) -> dict[Path, str]:
    """Returns each module of the kit by its path.

    Raises:
        NoPlace: a name is not possible in the kit. It names all of them.
        ValueError: events differ in their metadata.
    """
    names = sorted(sanitized)
    metadata = {_metadata_module(_resolved(sanitized[name], "metadata")) for name in names}
    if len(metadata) > 1:
        raise ValueError("events differ in their metadata")
    if faults := [each for name in names for each in _faults(name, _parts(sanitized[name]))]:
        raise NoPlace(*faults)
    files = {
        Path("events", f"{module_name(name)}.py"): _event_module(name, sanitized[name]) for name in names
    }
    files[Path("events", "__init__.py")] = _index(names)
    files[Path("metadata.py")] = metadata.pop()
    return files


def module_name(name: EventName) -> str:
    """Returns an event's module name, such as `order_placed_v1` for `order.placed`, version 1."""
    return f"{re.sub(r'[^a-z0-9]', '_', name.event_type)}_v{name.schema_version}"


def class_name(name: EventName) -> str:
    """Returns an event's class name, such as `OrderPlacedV1` for `order.placed`, version 1."""
    words = re.split(r"[^a-z0-9]", name.event_type)
    return "".join(word.capitalize() for word in words) + f"V{name.schema_version}"


def _event_module(name: EventName, schema: Schema) -> str:
    parts = _parts(schema)
    data = _resolved(schema, "data")["title"]
    body = "\n\n\n".join(_part(title, parts[title], parts) for title in _by_need(parts, data))
    event = [
        "@dataclass(frozen=True, slots=True, kw_only=True)",
        f"class {class_name(name)}(Event):",
        f'    """Holds an event `{name.event_type}`, version {name.schema_version}."""\n',
        f'    EVENT_TYPE: ClassVar[str] = "{name.event_type}"',
        f"    SCHEMA_VERSION: ClassVar[int] = {name.schema_version}\n",
        f"    data: {data}",
    ]
    text = body + "\n\n\n" + "\n".join(event) + "\n"
    what = f"Defines `{name.event_type}`, version {name.schema_version}, as consumers see it."
    return _head(what, text, "Event", "ClassVar") + text


def _parts(schema: Schema) -> dict[str, Schema]:
    """Returns the objects of an event's data by their classes' names."""
    definitions = schema.get("$defs", {})
    scalars = {key: each for key, each in definitions.items() if "properties" not in each}
    data = _inlined(_resolved(schema, "data"), scalars)
    parts = {key: _inlined(each, scalars) for key, each in definitions.items() if key not in scalars}
    if data["title"] not in parts:
        # The model's own description is about the raw event.
        parts[data["title"]] = {**data, "description": _DERIVED}
    return parts


def _faults(name: EventName, parts: Mapping[str, Schema]) -> Iterator[str]:
    """Yields why the kit can't hold an event type's classes and fields."""
    where = f"{name.event_type} {name.schema_version}"
    for title in sorted((_TAKEN | _ANNOTATIONS | {class_name(name)}) & parts.keys()):
        yield f"{where}: {title} is a name of the kit's own; call the class something else"
    for title, part in parts.items():
        names = part["properties"]
        for each in names:
            if not each.isidentifier() or iskeyword(each):
                yield f"{where}: {title}: a field of the kit can't be called {each}"
            elif (attribute := attribute_name(each, parts)) != each and attribute in names:
                yield f"{where}: {title}: a field of the kit can't be called {each} beside {attribute}"


def attribute_name(name: str, parts: Collection[str]) -> str:
    """Returns what a field is called in the kit.

    Args:
        name: its name in events.
        parts: the names of the classes of its module.
    """
    return f"{name}_" if name in RESERVED or name in parts else name


def _inlined(node: Any, scalars: Mapping[str, Schema]) -> Any:
    """Replaces references to definitions that are no objects, such as enumerations, by the definitions themselves."""
    if isinstance(node, dict):
        target = node.get("$ref", "").rpartition("/")[2]
        return scalars.get(target) or {key: _inlined(each, scalars) for key, each in node.items()}
    return [_inlined(each, scalars) for each in node] if isinstance(node, list) else node


def _resolved(schema: Schema, name: str) -> Schema:
    """Returns a property of a schema, following its reference if it has one."""
    found: Schema = schema["properties"][name]
    defined: Schema = schema["$defs"][found["$ref"].rpartition("/")[2]] if "$ref" in found else found
    return defined


def _metadata_module(schema: Schema) -> str:
    said = (
        "Holds an event's metadata. Each raw record has one `ingest_id`, so consumers drop duplicates by it."
    )
    text = _part("Metadata", {**schema, "description": said}) + "\n"
    return _head("Defines the metadata of an event.", text) + text


def _index(names: list[EventName]) -> str:
    lines = [
        f'"""Lists every event type and version that this kit knows. {_NOTE}"""\n',
        "from collections.abc import Mapping",
        "from typing import TypeAlias\n",
    ]
    lines += [f"from order_events.events.{module_name(name)} import {class_name(name)}" for name in names]
    classes = [class_name(name) for name in names]
    arms = " | ".join(classes)
    union = f"KnownEvent: TypeAlias = {arms}"
    if len(union) > _LINE:
        inside = f"    {arms}\n"
        if len(inside) > _LINE + 1:
            inside = f"    {classes[0]}\n" + "".join(f"    | {each}\n" for each in classes[1:])
        union = f"KnownEvent: TypeAlias = (\n{inside})"
    lines += [f"\n{union}", "EVENTS: Mapping[tuple[str, int], type[KnownEvent]] = {"]
    lines += [f'    ("{name.event_type}", {name.schema_version}): {class_name(name)},' for name in names]
    exported = "\n".join(f'    "{each}",' for each in ["EVENTS", *sorted(["KnownEvent", *classes])])
    return "\n".join([*lines, "}"]) + f"\n\n__all__ = [\n{exported}\n]\n"


def _head(what: str, text: str, base: str = "", typing: str = "") -> str:
    """Returns the module's docstring and the imports that its text needs."""
    used = [name for name in (base, "Part", "Token") if name and re.search(rf"\b{name}\b", text)]
    lines = [f'"""{what} {_NOTE}"""\n']
    lines += ["from collections.abc import Mapping"] * ("Mapping[" in text)
    lines += ["from dataclasses import dataclass" + ", field" * (" = field(" in text)]
    lines += ["from decimal import Decimal"] * ("Decimal" in text)
    wanted = [name for name in ("Any", typing) if name and re.search(rf"\b{name}\b", text)]
    lines += [f"from typing import {', '.join(wanted)}"] * bool(wanted)
    lines += ["", "from order_events.event import Event"] if "Event" in used else [""]
    lines += [f"from order_events.parts import {', '.join(name for name in used if name != 'Event')}"]
    return "\n".join(lines) + "\n\n\n"


def _by_need(parts: Mapping[str, Schema], whole: str) -> Iterator[str]:
    """Yields the parts of a schema, each after the parts that it uses."""
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


def _part(title: str, schema: Schema, parts: Collection[str] = ()) -> str:
    required = schema.get("required", [])
    lines = [
        "@dataclass(frozen=True, slots=True, kw_only=True)",
        f"class {title}(Part):",
        f'    """{_docstring(schema.get("description", title))}"""\n',
    ]
    for name, each in schema["properties"].items():
        annotation = annotated(each)
        attribute, optional = attribute_name(name, parts), name not in required
        if optional and not annotation.endswith("None"):
            annotation += " | None"
        default = " = None" if optional else ""
        if attribute != name:
            said = f'metadata={{"name": "{name}"}}'
            default = f" = field(default=None, {said})" if optional else f" = field({said})"
        lines.append(f"    {attribute}: {annotation}{default}")
    return "\n".join(lines).rstrip()


def _docstring(text: str) -> str:
    first, *rest = text.replace("\\", "\\\\").replace('"', "'").splitlines()
    return "\n".join([first, *(f"    {line}".rstrip() for line in rest), "    "]) if rest else first


def annotated(schema: Schema) -> str:
    """Returns the Python type of what a schema allows."""
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
        # Any kind leaves an empty string empty. That is no reason to type a token as a string.
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
