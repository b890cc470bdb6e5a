"""Checks whether an event has a known schema and fits it. No finding repeats a value."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from schemas import strict_json
from schemas.base import Envelope
from schemas.dead_letter import ErrorCode
from schemas.fault import Fault
from schemas.foreign import NO_ATTRIBUTES, Body, Foreign
from schemas.registry import EventName, registry
from schemas.wrappers import attributes_of, event_in

_NAMING = ("event_type", "schema_version")  # a body with one of these says itself what it is
_PLACES_SHOWN = 5


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
        Fault: the type or the version is unknown, or the id or the time is missing.
    """
    if _is_ours(event, models):
        return event
    found = _foreign_as(event, models, attributes)
    if found is None:
        return event
    name, foreign = found
    return Body(event, attributes).event(foreign, *name)


def read_as(
    event: Mapping[str, Any], models: Mapping[EventName, type[Envelope]], attributes: Mapping[str, str]
) -> tuple[str | None, EventName | None]:
    """Returns the type that an event is read as, and the type with the version, whatever else is wrong with it.

    Each is None if no schema has it.
    """
    try:
        found = None if _is_ours(event, models) else _foreign_as(event, models, attributes)
        name = found[0] if found else name_of(event, models.keys())
    except Fault:
        body, named = Body(event, attributes), event.get("event_type")
        types = [
            name.event_type
            for name, model in models.items()
            if named == name.event_type or (model.foreign and body.has_type(model.foreign, name.event_type))
        ]
        return next(iter(types), None), None
    return name.event_type, name


def foreign_in(
    event: Mapping[str, Any], models: Mapping[EventName, type[Envelope]], attributes: Mapping[str, str]
) -> Foreign | None:
    """Returns where a foreign body has its envelope; None if the event is no foreign body of a known type."""
    if _is_ours(event, models):
        return None
    body = Body(event, attributes)
    found = [each for name, each in _foreign(models) if body.has_type(each, name.event_type)]
    return next(iter(found), None)


def _is_ours(event: Mapping[str, Any], models: Mapping[EventName, type[Envelope]]) -> bool:
    """Returns True if an event names a known type and version itself, and its whole envelope if it could be foreign."""
    event_type, version = event.get("event_type"), event.get("schema_version")
    if not (isinstance(event_type, str) and isinstance(version, int)):
        return False
    named = models.get(EventName(event_type, version))
    complete = all(field in event for field in Envelope.model_fields)
    return named is not None and (complete or named.foreign is None)


def _foreign_as(
    event: Mapping[str, Any], models: Mapping[EventName, type[Envelope]], attributes: Mapping[str, str]
) -> tuple[EventName, Foreign] | None:
    """Returns the type and version that a foreign body names, with what they say of it; None if it is no such body.

    Raises:
        Fault: it names no known type, or no known version of one.
    """
    body, other_version = Body(event, attributes), None
    for name, foreign in _foreign(models):
        if body.has_type(foreign, name.event_type):
            if body.has_version(foreign, name.schema_version):
                return name, foreign
            other_version = foreign.schema_version
    if other_version is not None:
        raise Fault(ErrorCode.UNSUPPORTED_SCHEMA_VERSION, f"{other_version}: no schema has this version")
    if any(field in event for field in _NAMING):
        return None
    places = list(dict.fromkeys(foreign.event_type for _, foreign in _foreign(models)))
    for place in places:
        if isinstance(body.at(place), str):
            raise Fault(ErrorCode.UNKNOWN_EVENT_TYPE, f"{place}: no schema has this type")
    if places:
        others = ", ".join(places[:_PLACES_SHOWN]) + (", ..." if len(places) > _PLACES_SHOWN else "")
        raise Fault(
            ErrorCode.INVALID_FIELD,
            f"/event_type: a string is required, or in a foreign body one at {others}",
        )
    return None


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
        return [f"{pointer(_place(each['loc'], event, each['type']))}: {each['msg']}" for each in details]
    return []


def _place(parts: Sequence[str | int], event: Mapping[str, Any], error: str) -> Sequence[str | int]:
    """Returns where in an event a finding of pydantic is. Behind a value that may have several types stands one of these."""
    value: Any = event
    for at, part in enumerate(parts):
        inside = (
            part in value if isinstance(value, dict) else isinstance(value, list) and isinstance(part, int)
        )
        if not inside:
            return parts[: at + 1] if error == "missing" else parts[:at]
        value = value[part]
    return parts


def pointer(parts: Iterable[str | int]) -> str:
    """Returns the JSON Pointer (RFC 6901) of a field."""
    return "".join(f"/{escape(part) if isinstance(part, str) else part}" for part in parts)


def escape(key: str) -> str:
    """Returns a key as a part of a JSON Pointer."""
    return key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key
