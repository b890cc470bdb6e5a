"""The schemas that ship: each has a full sample, and JSON Schemas that are current and break nobody."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from schemas.base import Envelope
from schemas.json_schema import file_name
from schemas.registry import EventName, registry
from schemas.released import released
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import stream_record
from tokenizer import json_text
from tokenizer.pipeline.sanitize import KEY
from tools.schemas.files import FOLDER, generated, text
from tools.schemas.samples import sample_faults

SAMPLES = Path("schemas/samples")
EVENTS = sorted(registry())
each_event = pytest.mark.parametrize("name", EVENTS, ids=file_name)


def sample(name: EventName) -> dict[str, Any]:
    return dict(json.loads((SAMPLES / file_name(name)).read_text()))


def published(event: dict[str, Any]) -> dict[str, Any]:
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
    assert outcome.published, outcome
    return world.bus.details()[0]


def test_the_events_of_the_contract_ship_and_are_released() -> None:
    contract = {("customer.updated", 1), ("order.placed", 1), ("order.placed", 2), ("order.refunded", 1)}
    assert contract <= set(EVENTS)
    assert contract <= released(FOLDER)


@each_event
def test_the_sample_of_an_event_fills_every_field_and_holds_one_that_no_schema_names(name: EventName) -> None:
    assert sample_faults(name, Path()) == []


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
    assert_every_token_reveals_what_came_in(sample(name))


def test_every_token_of_a_key_reveals_the_key() -> None:
    event = sample(EventName("order.placed", 1))
    event["order"] |= {
        "a/b": 1,
        "~1#key": 2,
        "Berta Beispiel": {"c": 3},
        "seen4Digits": "4 Digits",
        "k#key": 5,
    }
    event["order"]["items"][0]["Ann-Example"] = None
    event["#key"] = 6
    assert_every_token_reveals_what_came_in(event)


def assert_every_token_reveals_what_came_in(event: dict[str, Any]) -> None:
    world = World()
    world.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
    assert len(world.bus.details()) == 1
    kept = {
        field.path: field.value for record in world.vault.stored.values() for field in record.fields.values()
    }
    # Numbers as the pipeline reads them: with all their digits.
    exact: Any = json_text.parse(json.dumps(event).encode())
    assert kept
    for path, value in kept.items():
        *steps, last = (each.replace("~1", "/").replace("~0", "~") for each in path.split("/")[1:])
        holder = exact
        for step in steps:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        named = last.removesuffix(f"#{KEY}")
        is_key = named != last and named == value and named in holder
        assert is_key or value == (holder[int(last)] if isinstance(holder, list) else holder[last]), path


def test_the_committed_schemas_are_what_the_models_say() -> None:
    drifted = [
        str(place)
        for place, (schema, _) in generated().items()
        if not (FOLDER / place).exists() or (FOLDER / place).read_text() != text(schema)
    ]
    assert drifted == [], "run `make schemas`"
    assert {path.relative_to(FOLDER) for path in FOLDER.glob("*/*.json")} == set(generated())
