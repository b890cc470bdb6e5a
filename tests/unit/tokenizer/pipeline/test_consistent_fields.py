"""Tests that every field with a consistent token is found, in whatever event it stands."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes.world import SCOPE_KEYS, World, ample_budget
from tests.support.samples import order, stream_record
from tokenizer import json_text
from tokenizer.aws.api.consistent_kinds import consistent_kinds
from tokenizer.aws.api.synchronous_tokenizer import KINDS
from tokenizer.pipeline.consistent_fields import consistent_tokens, with_consistent
from tokenizer.pipeline.look_up import LOOKED_UP, LookUp
from tokenizer.vault.categories import CATEGORIES, category

SAMPLES = sorted(Path("schemas/samples").glob("*.json"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_what_two_records_have_in_common_is_found_and_can_be_hidden(sample: Path) -> None:
    world, event = World(), json.loads(sample.read_text())
    for number in (1, 2):
        record = stream_record(event, number)
        world.tokenizer.tokenize_batch([record], ample_budget())
    first, second = (json_text.dump(each["data"]).decode() for each in world.bus.details())
    common = {token for token in _tokens(first) if token in second}
    assert common == {token for _, token in consistent_tokens(json.loads(first))}
    hidden = json.dumps(with_consistent(json.loads(first), lambda *_: None))
    assert not [token for token in common if token in hidden]
    assert _tokens(hidden) == _tokens(first) - common


def _tokens(text: str) -> set[str]:
    return {part for part in text.split('"') if part.startswith("tok_")}


def test_the_kinds_of_single_values_that_are_consistent_are_those_that_are_looked_up() -> None:
    assert consistent_kinds() == set(LOOKED_UP) == {"email", "phone"}
    assert all(category(KINDS[kind][1]) == kind and kind in CATEGORIES for kind in LOOKED_UP)


@pytest.mark.parametrize(
    ("kind", "spelling"), [("email", " ANN.canary@Example.com"), ("phone", "+1 202 555 0123")]
)
def test_a_value_is_looked_up_by_any_spelling_and_an_unknown_one_stays_unknown(
    kind: str, spelling: str
) -> None:
    world = World()
    look_up: Any = LookUp(world.index, SCOPE_KEYS)
    assert look_up.entry(kind, spelling, ample_budget()) is None
    assert look_up.entry(kind, spelling, ample_budget()) is None
    world.tokenizer.tokenize_batch([stream_record(order())], ample_budget())
    (event,) = world.bus.details()
    token = event["data"]["order"]["customer"][kind]
    assert look_up.entry(kind, spelling, ample_budget()).token == token
