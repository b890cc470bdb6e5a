"""Compiles event schemas into plans for the sanitizer, one for each event type and version.

A schema with a field that has no kind is refused when the function starts, not when an order arrives.
"""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import combinations
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schemas.base import Envelope
from schemas.check import faults, foreign_in, read_as, settled
from schemas.dead_letter import ErrorCode
from schemas.fault import Fault
from schemas.foreign import ATTRIBUTE, NO_ATTRIBUTES, Foreign
from schemas.kinds import FieldKind, Identifier, OrderReference, Public, Removed, Subject, Token
from schemas.registry import EventName, registry
from schemas.values import ValuesSubmitted
from schemas.wrappers import attributes_of, event_in
from tokenizer.errors import BadRecord
from tokenizer.guard import NATIONAL_IDS, Reading
from tokenizer.pipeline.schema_rules import SchemaRefused, check_element, check_object
from tokenizer.subjects import names_nobody

ENVELOPE = ("event_id", "event_type", "schema_version", "occurred_at")
_ERRORS_SHOWN = 5
# The kinds that say whose an event is: the person it is about, or else its order.
_OWNERS: Mapping[type[Identifier], str] = {Subject: "subject", OrderReference: "order"}
_SCALARS = (str, int, float, Decimal, NoneType)


@dataclass(frozen=True, slots=True)
class ObjectPlan:
    """Says how to treat each named field of an object. Fields that it doesn't name are tokenized whole.

    `structures` holds the names of fields that are objects or lists, in lower case, as the lake's columns are named.
    """

    fields: Mapping[str, "Plan"]
    structures: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found = [
            name.lower() for name, plan in self.fields.items() if isinstance(plan, ObjectPlan | ListPlan)
        ]
        object.__setattr__(self, "structures", frozenset(found))


@dataclass(frozen=True, slots=True)
class ListPlan:
    """Says how to treat each element of a list."""

    element: "Plan"


Plan = FieldKind | ObjectPlan | ListPlan


@dataclass(frozen=True, slots=True)
class Readings:
    """Says how the guard reads an event's public strings, by their kind."""

    text: Reading
    identifier: Reading
    prose: Reading


@dataclass(frozen=True, slots=True)
class EventPlan:
    """Says how to check an event of one type and version, and how to treat its fields.

    Args:
        readings: say how the guard reads the event's public strings.
        digest: identifies the compiled schema: two plans with one digest treat every event alike.
        subject: the keys that lead to the id of the person whom the event is about; empty if no field holds one.
        order: the keys that lead to the id of the order that the event is about; empty if no field holds one.
    """

    name: EventName
    model: type[Envelope]
    data: ObjectPlan
    readings: Readings
    digest: str
    subject: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    def subject_of(self, event: Mapping[str, Any]) -> str | None:
        """Returns the id of the person whom a checked event is about; None if it names nobody, as a guest's does."""
        return _id_at(self.subject, event)

    def order_of(self, event: Mapping[str, Any]) -> str | None:
        """Returns the id of the order that a checked event is about; None if it names none."""
        return _id_at(self.order, event)

    def validate(self, event: Mapping[str, Any]) -> None:
        """Checks an event's shape.

        Raises:
            BadRecord: `invalid_field`; the message names the paths of the first few wrong fields and no value.
        """
        found = faults(self.model, event)
        if found:
            shown, more = "; ".join(found[:_ERRORS_SHOWN]), len(found) - _ERRORS_SHOWN
            paths = tuple(each.partition(": ")[0] for each in found[:_ERRORS_SHOWN])
            raise BadRecord(
                ErrorCode.INVALID_FIELD, shown + (f"; and {more} more" if more > 0 else ""), paths
            )

    def named(self, path: str) -> str:
        """Returns a JSON Pointer up to the first key that the schema doesn't name, so that no other key is shown.

        The places where a foreign body has its envelope are named as well.
        """
        if self.model.foreign is not None and path in self.model.foreign.places():
            return path
        plan: Plan | None = ObjectPlan({**dict.fromkeys(ENVELOPE, Public()), **self.data.fields})
        steps = path.split("/")[1:]
        for at, step in enumerate(steps):
            match plan:
                case ObjectPlan():
                    plan = plan.fields.get(step)
                case ListPlan():
                    plan = plan.element if step.isdecimal() else None
                case _:
                    plan = None
            if plan is None:
                return "".join(f"/{each}" for each in steps[:at])
        return path


def _id_at(path: tuple[str, ...], event: Mapping[str, Any]) -> str | None:
    """Returns the id to which keys lead; None without keys, or if what is there stands for nobody."""
    value: Any = event if path else None
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return None if names_nobody(value) else str(value)


class Catalog:
    """Holds the plan of each known event type and version."""

    def __init__(self, models: Mapping[EventName, type[Envelope]]) -> None:
        """Compiles the models.

        Raises:
            SchemaRefused: a field has no kind, or its kind breaks a rule. It names all such fields of one model.
        """
        self._models = models
        _refuse_alike(models)
        self._plans = {name: _event_plan(name, model) for name, model in models.items()}

    def plan(self, event: Mapping[str, Any]) -> EventPlan:
        """Returns the plan that `settled` returns with the event."""
        return self.settled(event)[1]

    def settled(
        self, event: Mapping[str, Any], attributes: Mapping[str, str] = NO_ATTRIBUTES
    ) -> tuple[Mapping[str, Any], EventPlan]:
        """Returns a parsed raw event in the form that its schema describes, and its plan.

        Args:
            event: the event, taken out of its wrapper.
            attributes: the attributes of its message.

        Raises:
            BadRecord: the type or the version is missing, has the wrong JSON type, or is unknown.
        """
        try:
            name, event = settled(event, self._models, attributes)
        except Fault as fault:
            raise BadRecord(fault.code, str(fault), fault.paths) from None
        return event, self._plans[name]

    def read(self, record: object) -> tuple[Mapping[str, Any], EventPlan]:
        """Takes the event out of a parsed record's wrapper, if it has one; returns what `settled` returns.

        Raises:
            BadRecord: as `settled`; or there is no event in the record.
        """
        try:
            event = event_in(record)
        except Fault as fault:
            raise BadRecord(fault.code, str(fault), fault.paths) from None
        if not isinstance(event, dict):
            raise BadRecord(ErrorCode.NOT_AN_OBJECT, "the record is JSON, but no object")
        return self.settled(event, attributes_of(record))

    def read_as(
        self, event: Mapping[str, Any], attributes: Mapping[str, str] = NO_ATTRIBUTES
    ) -> tuple[str | None, EventPlan | None]:
        """Returns the type and the plan by which an event is read, even if its id or its time is missing.

        Each is None if no schema has it.
        """
        event_type, name = read_as(event, self._models, attributes)
        return event_type, None if name is None else self._plans[name]

    def foreign_in(self, event: Mapping[str, Any], attributes: Mapping[str, str]) -> Foreign | None:
        """Returns where a foreign body has its envelope; None if the event is no foreign body of a known type."""
        return foreign_in(event, self._models, attributes)

    def attributes(self) -> frozenset[str]:
        """Returns the names of the message attributes in which foreign events have their envelope."""
        places = [
            place for model in self._models.values() if model.foreign for place in model.foreign.places()
        ]
        return frozenset(each.removeprefix(ATTRIBUTE) for each in places if each.startswith(ATTRIBUTE))

    def plans(self) -> Collection[EventPlan]:
        """Returns the plans of all event types and versions."""
        return self._plans.values()


@cache
def values_catalog() -> Catalog:
    """Returns the catalog for values that the API takes one by one."""
    return Catalog({EventName("values.submitted", 1): ValuesSubmitted})


@cache
def catalog() -> Catalog:
    """Returns the catalog of all schemas that ship."""
    return Catalog(registry())


def _refuse_alike(models: Mapping[EventName, type[Envelope]]) -> None:
    """Refuses event types whose foreign bodies can't be told apart: one body may name both."""
    marks = [
        (name, mark) for name, model in models.items() if model.foreign for mark in model.foreign.marks(*name)
    ]
    for (one, (at, text, *version)), (other, (its_at, its_text, *its_version)) in combinations(marks, 2):
        versions_differ = version != its_version and None not in {version[0], its_version[0]}
        if one != other and (at, text) == (its_at, its_text) and not versions_differ:
            raise SchemaRefused(
                f"foreign bodies of {one.event_type} {one.schema_version} and of {other.event_type}"
                f" {other.schema_version} can't be told apart"
            )


def _event_plan(name: EventName, model: type[Envelope]) -> EventPlan:
    plan = _object_plan(model)
    data = ObjectPlan({field: plan for field, plan in plan.fields.items() if field not in ENVELOPE})
    subject, order = (_only(model, plan, kind, what) for kind, what in _OWNERS.items())
    readings = _readings(model)
    content = "\n".join(
        [repr((name, readings, subject, order, model.shows_unknown_booleans, model.foreign)), *_lines(data)]
    )
    digest = hashlib.sha256(content.encode()).hexdigest()
    return EventPlan(name, model, data, readings, digest, subject, order)


def _lines(plan: Plan, path: str = "") -> Iterator[str]:
    """Yields each field with its kind, whatever order the schema lists them in."""
    match plan:
        case ObjectPlan():
            for name, inner in sorted(plan.fields.items()):
                yield from _lines(inner, f"{path}/{name}")
        case ListPlan():
            yield from _lines(plan.element, f"{path}/*")
        case _:
            yield f"{path} {plan!r}"


def _readings(model: type[Envelope]) -> Readings:
    """Returns how the public strings of an event are read, with the identity numbers that its schema names.

    Raises:
        SchemaRefused: it names a country whose numbers the guard doesn't know.
    """
    named = model.guard_national_ids
    unknown = sorted(set(named) - NATIONAL_IDS)
    if unknown:
        raise SchemaRefused(
            f"{model.__qualname__}: the guard knows no identity numbers of {', '.join(unknown)}"
        )
    return Readings(
        Reading(national_ids=named),
        Reading(identifier=True, national_ids=named),
        Reading(prose=True, national_ids=named),
    )


def _only(model: type[Envelope], plan: Plan, kind: type[Identifier], what: str) -> tuple[str, ...]:
    """Returns the path of the only field of a kind; empty if there is none.

    Raises:
        SchemaRefused: there are several, or one is in a list.
    """
    found = list(_fields_of(plan, kind, what))
    if len(found) > 1:
        raise SchemaRefused(f"{model.__module__}.{model.__qualname__}: more than one field is the {what}")
    return found[0] if found else ()


def _fields_of(
    plan: Plan, kind: type[Identifier], what: str, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """Yields the paths of the fields of a kind that no list may hold."""
    match plan:
        case FieldKind() if isinstance(plan, kind):
            yield path
        case ObjectPlan():
            for name, inner in plan.fields.items():
                yield from _fields_of(inner, kind, what, (*path, name))
        case ListPlan():
            for _ in _fields_of(plan.element, kind, what):
                raise SchemaRefused(f"/{'/'.join(path)}: a list can't hold the {what}")


def _object_plan(model: type[BaseModel]) -> ObjectPlan:
    """Returns the plan of an object.

    Raises:
        SchemaRefused: names every wrong field, in the objects below, too.
    """
    fields: dict[str, Plan] = {}
    faults: list[str] = []
    where = f"{model.__module__}.{model.__qualname__}"
    for name, info in model.model_fields.items():
        try:
            fields[name] = _field_plan(f"{where}.{name}", info)
        except SchemaRefused as refused:
            faults += refused.faults
    try:
        check_object(where, fields)
    except SchemaRefused as refused:
        faults += refused.faults
    if faults:
        raise SchemaRefused(*dict.fromkeys(faults))
    return ObjectPlan(fields)


def _field_plan(where: str, info: FieldInfo) -> Plan:
    kinds = [entry for entry in info.metadata if isinstance(entry, FieldKind)]
    plan = kinds[-1] if kinds else _plan_of(info.annotation)
    if plan is None:
        raise SchemaRefused(f"{where} has no field kind")
    if kinds:
        _refuse_open(where, info.annotation, kinds[-1])
    return plan


def _plan_of(annotation: Any) -> Plan | None:
    """Returns the plan of a type: a kind in `Annotated`, a model, a list, or an optional of these."""
    origin = get_origin(annotation)
    if origin is Annotated:
        base, *metadata = get_args(annotation)
        kinds = [entry for entry in metadata if isinstance(entry, FieldKind)]
        if kinds:
            _refuse_open(str(annotation), base, kinds[-1])
        return kinds[-1] if kinds else _plan_of(base)
    if origin in (Union, UnionType):
        plans = [_plan_of(arm) for arm in get_args(annotation) if arm is not NoneType]
        return plans[0] if len(plans) == 1 else None
    if origin is list:
        element = _plan_of(get_args(annotation)[0])
        check_element(str(annotation), element)
        return ListPlan(element) if element is not None else None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _object_plan(annotation)
    return None


def _refuse_open(where: str, annotation: Any, kind: FieldKind) -> None:
    """Refuses a kind that shows something of its value, or compares it, where the value may be an object or a list.

    Raises:
        SchemaRefused: only a token for the whole JSON value is possible there, or nothing.
    """
    if not isinstance(kind, Token | Removed) and not _scalar(annotation):
        raise SchemaRefused(
            f"{where}: {kind.name} is for texts, numbers and booleans; Token() takes any JSON value"
        )


def _scalar(annotation: Any) -> bool:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _scalar(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return all(_scalar(arm) for arm in get_args(annotation))
    return origin is Literal or (isinstance(annotation, type) and issubclass(annotation, _SCALARS))
