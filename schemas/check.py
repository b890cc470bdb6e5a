"""Checks whether an event has a known schema and fits it. No finding repeats a value."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from schemas import strict_json
from schemas.base import Envelope
from schemas.dead_letter import ErrorCode
from schemas.fault import Fault
from schemas.foreign import NO_ATTRIBUTES, Body, Foreign
from schemas.registry import EventName, registry
from schemas.wrappers import attributes_of, event_in


def check(data: bytes) -> Any:
    """Checks one raw event as the tokenizer will.

    Args:
        data: one JSON text in UTF-8.

    Returns:
        The parsed event in the form that its schema describes, taken out of its wrapper if it has one.

    Raises:
        Fault: the event would be dead-lettered.
    """
    try:
        event = strict_json.parse(data)
    except strict_json.NotStrictJson as refused:
        raise Fault(ErrorCode.MALFORMED_JSON, str(refused)) from None
    attributes = attributes_of(event)
    event = event_in(event)
    if not isinstance(event, dict):
        raise Fault(ErrorCode.NOT_AN_OBJECT, "the record is JSON, but no object")
    models = registry()
    name, event = settled(event, models, attributes)
    found = faults(models[name], event)
    if found:
        raise Fault(ErrorCode.INVALID_FIELD, *found)
    return event


def settled(
    event: Mapping[str, Any],
    models: Mapping[EventName, type[Envelope]],
    attributes: Mapping[str, str] = NO_ATTRIBUTES,
) -> tuple[EventName, Mapping[str, Any]]:
    """Returns the type and version that an event is read as, and the event in their form.

    Args:
        event: a parsed event, taken out of its wrapper.
        models: the known models.
        attributes: the attributes of its message, in which a foreign event may have its envelope.

    Raises:
        Fault: no schema is for it, or its envelope is not where its type says.
    """
    event = placed(event, models, attributes)
    name = name_of(event, models.keys())
    guests = models[name].guests
    if guests is None:
        return name, event
    event = guests.read(event)
    return name_of(event, models.keys()), event


def placed(
    event: Mapping[str, Any], models: Mapping[EventName, type[Envelope]], attributes: Mapping[str, str]
) -> Mapping[str, Any]:
    """Returns an event with its envelope: as it came if it has one, or made of a foreign body.

    A body is foreign if it doesn't name a known type and version itself, and has what one of the types says of foreign
    bodies.

    Raises:
        Fault: the version is unknown, or the id or the time is missing.
    """
    event_type, version = event.get("event_type"), event.get("schema_version")
    if isinstance(event_type, str) and isinstance(version, int):
        named = models.get(EventName(event_type, version))
        complete = all(field in event for field in Envelope.model_fields)
        if named is not None and (complete or named.foreign is None):
            return event
    body, other_version = Body(event, attributes), None
    for name, foreign in _foreign(models):
        if body.has_type(foreign, name.event_type):
            if body.has_version(foreign, name.schema_version):
                return body.event(foreign, *name)
            other_version = foreign.schema_version
    if other_version is not None:
        raise Fault(ErrorCode.UNSUPPORTED_SCHEMA_VERSION, f"{other_version}: no schema has this version")
    return event


def _foreign(models: Mapping[EventName, type[Envelope]]) -> list[tuple[EventName, Foreign]]:
    return [(name, model.foreign) for name, model in models.items() if model.foreign is not None]


def name_of(event: Mapping[str, Any], known: Collection[EventName]) -> EventName:
    """Returns the type and version of an event.

    Raises:
        Fault: they are missing, have the wrong JSON type, or are unknown.
    """
    event_type, version = event.get("event_type"), event.get("schema_version")
    if not isinstance(event_type, str):
        raise Fault(ErrorCode.INVALID_FIELD, "/event_type: a string is required")
    if isinstance(version, int) and not isinstance(version, bool) and (event_type, version) in known:
        return EventName(event_type, version)
    if all(event_type != each.event_type for each in known):
        raise Fault(ErrorCode.UNKNOWN_EVENT_TYPE, "/event_type: no schema has this type")
    if not isinstance(version, int) or isinstance(version, bool):
        raise Fault(ErrorCode.INVALID_FIELD, "/schema_version: an integer is required")
    raise Fault(ErrorCode.UNSUPPORTED_SCHEMA_VERSION, f"/schema_version: {event_type} has no such version")


def faults(model: type[Envelope], event: Mapping[str, Any]) -> list[str]:
    """Returns where an event doesn't fit its schema: a path and what is wrong there for each finding."""
    try:
        model.model_validate(event)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False, include_input=False)
        return [f"{pointer(each['loc'])}: {each['msg']}" for each in details]
    return []


def pointer(parts: Iterable[str | int]) -> str:
    """Returns the JSON Pointer (RFC 6901) of a field."""
    return "".join(f"/{escape(part) if isinstance(part, str) else part}" for part in parts)


def escape(key: str) -> str:
    """Returns a key as a part of a JSON Pointer."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key
