"""Lists the fields of a raw record, each with what its schema says of it. What no schema names is sensitive."""

from collections.abc import Iterator, Mapping
from typing import Any

from schemas.check import escape
from schemas.kinds import FieldKind, FreeText, Public, Subject
from schemas.registry import registry
from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.pipeline.catalog import ENVELOPE, Catalog, EventPlan, ListPlan, ObjectPlan, Plan, catalog
from tokenizer.replay.edit_rules import Leaf

_OF_ENVELOPE = "envelope"


def leaves_of(data: bytes) -> dict[str, Leaf] | None:
    """Returns the fields of a record by path, or None if it is no JSON object.

    If no schema has the record's version, the newest version of its type counts; if none has its type, no field is
    public but those of the envelope.
    """
    try:
        event = json_text.parse(data)
    except BadRecord:
        return None
    if not isinstance(event, dict):
        return None
    plan = _plan_of(catalog(), event)
    found: dict[str, Leaf] = {}
    for key, value in event.items():
        path = f"/{escape(key)}"
        if key in ENVELOPE and not isinstance(value, dict | list):
            found[path] = Leaf(value, _OF_ENVELOPE, public=True)
        else:
            found.update(_below(value, plan.data.fields.get(key) if plan else None, path))
    return found


def _plan_of(known: Catalog, event: Mapping[str, Any]) -> EventPlan | None:
    try:
        return known.plan(event)
    except BadRecord:
        versions = [name for name in registry() if name.event_type == event.get("event_type")]
        if not versions:
            return None
        newest = max(versions, key=lambda name: name.schema_version)
        return known.plan({**event, "schema_version": newest.schema_version})


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
        public, subject = isinstance(plan, Public | FreeText), isinstance(plan, Subject)
        yield path, Leaf(value, kind, public=public, subject=subject)
