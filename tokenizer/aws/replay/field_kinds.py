"""Lists the fields of a raw record, each with what its schema says of it. What no schema names is sensitive."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.check import escape
from schemas.fault import Fault
from schemas.kinds import FieldKind, FreeText, Identifier, OrderReference, Public, Subject
from schemas.wrappers import attributes_of, event_in
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.pipeline.catalog import ENVELOPE, Catalog, EventPlan, ListPlan, ObjectPlan, Plan, catalog
from tokenizer.replay.edit_rules import READ_AS_TYPE, READ_AS_VERSION, Leaf

_OF_ENVELOPE = "envelope"


def leaves_of(data: bytes) -> dict[str, Leaf] | None:
    """Returns the fields of a record by path, or None if it is no JSON object.

    A wrapped event is taken out of its wrapper, whose own fields stand below one field that no schema names. The fields
    of a foreign body are those of the body as it came; where its envelope stands is public, unless its schema names the
    field. If no schema has the record's version, the newest version of its type counts; if none has its type, no field
    is public but those of the envelope.
    """
    try:
        record = json_text.parse(data)
        event = event_in(record)
    except (BadRecord, Fault):
        return None
    if not isinstance(event, dict):
        return None
    known, attributes = catalog(), attributes_of(record)
    event_type, exact = known.read_as(event, attributes)
    plan = _plan_of(known, event, attributes, event_type)
    foreign = known.foreign_in(event, attributes)
    found: dict[str, Leaf] = {
        READ_AS_TYPE: Leaf(event_type, _OF_ENVELOPE, public=True),
        READ_AS_VERSION: Leaf(exact.name.schema_version if exact else None, _OF_ENVELOPE, public=True),
    }
    for key, value in event.items():
        path = f"/{escape(key)}"
        if foreign is None and key in ENVELOPE and not isinstance(value, dict | list):
            found[path] = Leaf(value, _OF_ENVELOPE, public=True)
        else:
            found.update(_below(value, plan.data.fields.get(key) if plan else None, path))
    for place in foreign.places() if foreign else ():
        if place in found and not found[place].kind:
            found[place] = Leaf(found[place].value, _OF_ENVELOPE, public=True)
    return found


def _plan_of(
    known: Catalog, event: Mapping[str, Any], attributes: Mapping[str, str], event_type: str | None
) -> EventPlan | None:
    try:
        return known.settled(event, attributes)[1]
    except BadRecord:
        plans = [plan for plan in known.plans() if plan.name.event_type == event_type]
        exact = known.read_as(event, attributes)[1]
        return exact or max(plans, key=lambda plan: plan.name.schema_version, default=None)


def _below(value: Any, plan: Plan | None, path: str) -> Iterator[tuple[str, Leaf]]:
    if isinstance(value, dict) and value:
        inner = plan.fields if isinstance(plan, ObjectPlan) else {}
        for key, each in value.items():
            yield from _below(each, inner.get(key), f"{path}/{escape(key)}")
    elif isinstance(value, list) and value:
        element = plan.element if isinstance(plan, ListPlan) else None
        for at, each in enumerate(value):
            yield from _below(each, element, f"{path}/{at}")
    elif isinstance(value, dict | list) and isinstance(plan, ObjectPlan | ListPlan):
        yield path, Leaf(value, "", public=True)  # nothing is in it
    else:
        kind = plan.name if isinstance(plan, FieldKind) else ""
        # Free text is public unless the guard finds something in it, and the guard reads the edited event as well.
        public = isinstance(plan, Public | FreeText)
        subject, order = isinstance(plan, Subject), isinstance(plan, OrderReference)
        names = isinstance(plan, Identifier) and not subject and _names_the_record(path)
        yield path, Leaf(value, kind, public=public, subject=subject, order=order, names=names)


def _names_the_record(path: str) -> bool:
    """Returns True for the path of an id that stands in no list: those in lists name parts, such as an item's article."""
    *above, name = path.split("/")
    return not any(each.isdecimal() for each in above) and name.lower().endswith("id")
