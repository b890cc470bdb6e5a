"""Finds the envelope of events that a producer sends in a form of its own, such as the webhooks of a shop.

An event type with `foreign` says where its envelope's four fields stand in such a body, by JSON Pointer (RFC 6901), or
in which attribute of the message. The body becomes the event: the four fields are put before its own ones, which keep
their places.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from schemas.dead_letter import ErrorCode
from schemas.fault import Fault

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

ATTRIBUTE = "attribute:"
NO_ATTRIBUTES: Mapping[str, str] = {}
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)+")
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(\.[0-9]{1,9})?"
    r" ?(?:([Zz]|UTC|GMT)|([+-][0-9]{2}):?([0-9]{2}))?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 253_402_300_799  # 9999-12-31T23:59:59Z in seconds since 1970
_MINUTES = len("10:15")
_LONGEST_ID = 256  # characters, as in `schemas.base.Identifier`


class Unit(StrEnum):
    """Lists the units of a time that is a number: since 1970-01-01T00:00:00Z."""

    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


def attribute_named(name: str, attributes: Collection[str]) -> str | None:
    """Returns the name of an attribute as a message has it; None if none fits, or several do.

    Relays write the names of HTTP headers in one case or another, so one in another case fits if it is the only one.

    Args:
        name: the name as an event type has it.
        attributes: the names that the message has.
    """
    if name in attributes:
        return name
    folded = name.casefold()
    found = [each for each in attributes if each.casefold() == folded]
    return found[0] if len(found) == 1 else None


class Place(NamedTuple):
    """Says where a value stands: in the body, or in an attribute of the message."""

    text: str

    def value(self, body: Mapping[str, Any], attributes: Mapping[str, str]) -> Any:
        """Returns the value, or None if nothing stands there."""
        if self.text.startswith(ATTRIBUTE):
            name = attribute_named(self.text.removeprefix(ATTRIBUTE), attributes)
            return None if name is None else attributes[name]
        value: Any = body
        for part in self.text[1:].split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
                value = value[int(key)]
            else:
                return None
        return value


@dataclass(frozen=True, slots=True)
class Foreign:
    """Says where the envelope stands in the body of a producer that doesn't know it.

    A place is a JSON Pointer into the body, such as `/meta/id`, or `attribute:NAME`: an attribute of the message on the
    queue, of an SNS notification, or a field of the wrapper around a CloudEvent or an EventBridge event. Its name is found in
    another case, too, if only one attribute fits (`attribute_named`).

    Args:
        event_id: the place of a text or an integer.
        event_type: the place of a text.
        occurred_at: the place of a time as text, or of a number if there is a `unit`.
        schema_version: the place of an integer or a text; None if every such event has this model's version.
        types: the texts that mean this event type; empty if only its own name does.
        versions: the values that mean this version; empty if only its own number does.
        zone: the time zone of times that name none, such as `Europe/Berlin`. A time that the clocks show twice is the
            first one. None if every time has a zone.
        unit: the unit of times that are numbers; None if none is.

    Raises:
        ValueError: a place is neither a JSON Pointer nor an attribute, or the zone is unknown.
    """

    event_id: str
    event_type: str
    occurred_at: str
    schema_version: str | None = None
    types: tuple[str, ...] = ()
    versions: tuple[str | int, ...] = ()
    zone: str | None = None
    unit: Unit | None = None

    def __post_init__(self) -> None:
        for place in self.places():
            if not (_POINTER.fullmatch(place) or place.removeprefix(ATTRIBUTE) not in {"", place}):
                raise ValueError(f"{place!r} is neither a JSON Pointer nor {ATTRIBUTE}NAME")
        if self.zone is not None:
            _zone(self.zone)

    def places(self) -> Iterator[str]:
        """Yields the places of the envelope's fields."""
        yield from (self.event_id, self.event_type, self.occurred_at)
        if self.schema_version is not None:
            yield self.schema_version

    def marks(self, event_type: str, version: int) -> Iterator[tuple[str, str, str | None, str | int | None]]:
        """Yields what a body of this type and version may have: two types with a mark in common can't be told apart."""
        at, version_at = _folded(self.event_type), self.schema_version and _folded(self.schema_version)
        for each in self.types or (event_type,):
            if version_at is None:
                yield at, each, None, None
            else:
                yield from (
                    (at, each, version_at, other) for other in self.versions or (version, str(version))
                )


@dataclass(frozen=True, slots=True)
class Body:
    """Holds a foreign body and the attributes of its message."""

    body: Mapping[str, Any] = field(repr=False)
    attributes: Mapping[str, str] = field(default_factory=dict, repr=False)

    def has_type(self, foreign: Foreign, event_type: str) -> bool:
        """Returns True if the body names an event type."""
        found = self.at(foreign.event_type)
        return isinstance(found, str) and found in (foreign.types or (event_type,))

    def has_version(self, foreign: Foreign, version: int) -> bool:
        """Returns True if the body names a version, or names none because there is only one."""
        if foreign.schema_version is None:
            return True
        found = self.at(foreign.schema_version)
        known = foreign.versions or (version, str(version))
        return isinstance(found, str | int) and not isinstance(found, bool) and found in known

    def event(self, foreign: Foreign, event_type: str, version: int) -> dict[str, Any]:
        """Returns the event: the envelope's fields, then the body's own.

        A field of the body that is named like one of the envelope's and holds something else gets another name.

        Raises:
            Fault: `invalid_field`; the id or the time is missing or has another form. The message names the place.
        """
        envelope = {
            "event_id": self._id(foreign.event_id),
            "event_type": event_type,
            "schema_version": version,
            "occurred_at": self._time(foreign),
        }
        event: dict[str, Any] = dict(envelope)
        for name, value in self.body.items():
            if name not in envelope:
                event[name] = value
            elif value != envelope[name] or isinstance(value, bool):
                event[_free(name, self.body)] = value
        return event

    def at(self, place: str) -> Any:
        """Returns what stands at a place, or None."""
        return Place(place).value(self.body, self.attributes)

    def _id(self, place: str) -> str:
        found = self.at(place)
        if not isinstance(found, str | int) or isinstance(found, bool):
            raise Fault(ErrorCode.INVALID_FIELD, f"{place}: a text or an integer is required for event_id")
        if not 0 < len(str(found)) <= _LONGEST_ID:
            raise Fault(
                ErrorCode.INVALID_FIELD, f"{place}: an event_id has from 1 to {_LONGEST_ID} characters"
            )
        return str(found)

    def _time(self, foreign: Foreign) -> str:
        found, place = self.at(foreign.occurred_at), foreign.occurred_at
        if foreign.unit is not None and (number := _number(found)) is not None:
            seconds = number / 1000 if foreign.unit is Unit.MILLISECONDS else number
            if not 0 <= seconds < _LAST + 1:
                raise Fault(ErrorCode.INVALID_FIELD, f"{place}: the number is no time before the year 10000")
            return _rfc3339(_EPOCH + timedelta(microseconds=int(seconds * 1_000_000)))
        if not isinstance(found, str):
            raise Fault(ErrorCode.INVALID_FIELD, f"{place}: a time is required for occurred_at")
        return _zoned(found, foreign.zone, place)


def _folded(place: str) -> str:
    """Returns a place so that two which may be the same are: attributes are found without case."""
    return place.casefold() if place.startswith(ATTRIBUTE) else place


def _number(found: Any) -> Decimal | None:
    """Returns a number that stands there as one or, as in an attribute, in text."""
    if isinstance(found, int | Decimal) and not isinstance(found, bool):
        return Decimal(found)
    if isinstance(found, str) and re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", found):
        return Decimal(found)
    return None


def _zoned(text: str, zone: str | None, place: str) -> str:
    """Returns a time in the form of RFC 3339, with every digit of its fraction.

    Raises:
        Fault: it is no time, or names no zone although the event type declares none.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise Fault(ErrorCode.INVALID_FIELD, f"{place}: not a time")
    date, clock, fraction, utc, hours, minutes = found.groups()
    whole = f"{date}T{clock if len(clock) > _MINUTES else clock + ':00'}"
    if zone is None and not (utc or hours):
        raise Fault(
            ErrorCode.INVALID_FIELD, f"{place}: the time names no zone, and the event type declares none"
        )
    try:
        if utc or hours:
            named = "Z" if utc else f"{hours}:{minutes}"
            datetime.fromisoformat(whole + named)
            return whole + (fraction or "") + named
        there = datetime.fromisoformat(whole).replace(tzinfo=_zone(zone))
        offset = there.isoformat(timespec="seconds")[len(whole) :]
        if len(offset) != len("+01:00"):
            # Before time zones had whole minutes, which RFC 3339 requires, the moment is given in UTC.
            whole, offset = there.astimezone(UTC).isoformat(timespec="seconds")[: len(whole)], "Z"
    except (ValueError, OverflowError):
        raise Fault(ErrorCode.INVALID_FIELD, f"{place}: not a time") from None
    return whole + (fraction or "") + offset


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@cache
def _zone(name: str) -> "ZoneInfo":
    """Returns a time zone by the locked tzdata package, not by the machine's own tables: the same everywhere.

    Raises:
        ValueError: there is no such zone.
    """
    # Only event types with a zone need these two, and every function loads this module.
    from importlib.resources import files  # noqa: PLC0415
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    parts = name.split("/")
    if not all(re.fullmatch(r"[A-Za-z0-9_+-]+", part) for part in parts):
        raise ValueError(f"{name!r} is no time zone")
    path = files("tzdata").joinpath("zoneinfo", *parts)
    if not path.is_file():
        raise ValueError(f"{name!r} is no time zone")
    with path.open("rb") as held:
        return ZoneInfo.from_file(held, key=name)


def _free(name: str, body: Mapping[str, Any]) -> str:
    while name in body:
        name += "_"
    return name
