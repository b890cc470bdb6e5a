"""Checks the sample of an event type: it is a valid raw event, fills every field, and holds one that no schema names.

The tests send each sample through the pipeline. A field that a sample leaves out would be tried by none of them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.check import check
from schemas.fault import Fault
from schemas.json_schema import file_name
from schemas.registry import EventName, registry
from tokenizer.pipeline.catalog import ENVELOPE, Catalog, ListPlan, ObjectPlan, Plan

FOLDER = Path("schemas/samples")


def sample_faults(name: EventName, root: Path) -> list[str]:
    """Returns what is wrong with the sample of an event type and version; an empty list if nothing is.

    Args:
        name: an event type whose schema compiles.
        root: the folder of the tree.
    """
    path = FOLDER / file_name(name)
    if not (root / path).exists():
        return [f"{path}: is missing; it holds one raw event that fills every field of the schema"]
    data, model = (root / path).read_bytes(), registry()[name]
    try:
        check(data)
    except Fault as fault:
        return [f"{path}: {fault.code}: {each}" for each in fault.details]
    event = json.loads(data)
    if (event["event_type"], event["schema_version"]) != name:
        return [f"{path}: its event_type and schema_version are those of another event"]
    plan = Catalog({EventName(*name): model}).plan(event)
    fields, places = set(fields_of(plan.data)), list(_places(event))
    found = [f"{path}{field}: is not filled" for field in sorted(fields - {each for each, _ in places})]
    if not any(leaf and not _named(place, fields) for place, leaf in places):
        found.append(
            f"{path}: holds no field that the schema doesn't name; add one, which consumers see as a token"
        )
    return found


def fields_of(plan: Plan, path: str = "") -> Iterator[str]:
    """Yields the place of every field that a schema names, with `*` for the elements of a list."""
    if isinstance(plan, ObjectPlan):
        for name, inner in plan.fields.items():
            yield from fields_of(inner, f"{path}/{name}")
    elif isinstance(plan, ListPlan):
        yield from fields_of(plan.element, f"{path}/*")
    else:
        yield path


def _places(value: Any, path: str = "") -> Iterator[tuple[str, bool]]:
    """Yields each place of an event where something stands, and True if nothing is below it."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else (("*", each) for each in value)
        if isinstance(value, list)
        else ()
    )
    below = [found for step, each in inner for found in _places(each, f"{path}/{step}")]
    if below or value not in (None, {}, []):
        yield path, not below
    yield from below


def _named(place: str, fields: set[str]) -> bool:
    """Returns True if a schema names a place or what it is a part of."""
    steps = place.split("/")
    return steps[1] in ENVELOPE or any("/".join(steps[:end]) in fields for end in range(2, len(steps) + 1))
