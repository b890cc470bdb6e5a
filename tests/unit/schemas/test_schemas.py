"""The schemas that ship: each has a full sample, and JSON Schemas that are current and break nobody."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from schemas.__main__ import FOLDER, generated, text
from schemas.base import Envelope
from schemas.json_schema import file_name
from schemas.registry import EventName, registry
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import stream_record
from tokenizer.pipeline.catalog import EventPlan, ListPlan, ObjectPlan, Plan, catalog

SAMPLES = Path("schemas/samples")
EVENTS = sorted(registry())
each_event = pytest.mark.parametrize("name", EVENTS, ids=file_name)


def sample(name: EventName) -> dict[str, Any]:
    return dict(json.loads((SAMPLES / file_name(name)).read_text()))


def plan(name: EventName) -> EventPlan:
    return catalog().plan({"event_type": name.event_type, "schema_version": name.schema_version})


def named(plan: Plan, path: str = "") -> Iterator[str]:
    """Yields every path that a schema names."""
    if isinstance(plan, ObjectPlan):
        for key, inner in plan.fields.items():
            yield from named(inner, f"{path}/{key}")
    elif isinstance(plan, ListPlan):
        yield from named(plan.element, f"{path}/*")
    else:
        yield path


def filled(value: Any, path: str = "") -> Iterator[str]:
    """Yields every path of an event under which something stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from filled(inner, f"{path}/{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from filled(inner, f"{path}/*")
    elif value is not None:
        yield path


def published(event: dict[str, Any]) -> dict[str, Any]:
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
    assert outcome.published, outcome
    return world.bus.details()[0]


def test_the_events_of_the_contract_ship() -> None:
    assert EVENTS == [
        ("customer.updated", 1),
        ("order.placed", 1),
        ("order.placed", 2),
        ("order.refunded", 1),
    ]


@each_event
def test_the_sample_of_an_event_fills_every_field_that_its_schema_names(name: EventName) -> None:
    assert set(named(plan(name).data)) <= set(filled(sample(name)))


@each_event
def test_the_sample_of_an_event_holds_something_that_no_schema_names(name: EventName) -> None:
    envelope = {f"/{field}" for field in Envelope.model_fields}
    assert set(filled(sample(name))) - set(named(plan(name).data)) - envelope


@each_event
def test_the_generated_schemas_describe_what_comes_in_and_what_goes_out(name: EventName) -> None:
    event = sample(name)
    raw = json.loads((FOLDER / "raw" / file_name(name)).read_text())
    shown = json.loads((FOLDER / "sanitized" / file_name(name)).read_text())
    Draft202012Validator(raw).validate(event)
    Draft202012Validator(shown).validate(published(event))
    with pytest.raises(ValidationError):
        Draft202012Validator(shown).validate(
            {"metadata": published(event)["metadata"], "data": plain_data(event)}
        )


def plain_data(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in Envelope.model_fields}


@each_event
def test_every_token_of_a_sample_reveals_what_came_in(name: EventName) -> None:
    world = World()
    event = sample(name)
    world.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
    assert len(world.bus.details()) == 1
    kept = {
        field.path: field.value for record in world.vault.stored.values() for field in record.fields.values()
    }
    raw = {f"/{key}": value for key, value in plain_data(event).items()}
    assert kept
    for path, value in kept.items():
        inner: Any = raw[f"/{path.split('/')[1]}"]
        for step in path.split("/")[2:]:
            inner = inner[int(step)] if isinstance(inner, list) else inner[step]
        assert value == inner


def test_the_committed_schemas_are_what_the_models_say() -> None:
    drifted = [
        str(place)
        for place, (schema, _) in generated().items()
        if not (FOLDER / place).exists() or (FOLDER / place).read_text() != text(schema)
    ]
    assert drifted == [], "run `make schemas`"
    assert {path.relative_to(FOLDER) for path in FOLDER.glob("*/*.json")} == set(generated())
