"""Tests that an event's text is cut at its tokens and put together again with others, byte for byte."""

import json
from itertools import permutations

import pytest

from schemas.registry import EventName
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tests.support.things import Thing
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.event_text import EventText

TEXT = '{"a":"tok_1","ü":"x","b":"tok_2","c":["tok_3"]}'.encode()
TOKENS = ("tok_1", "tok_2", "tok_3")


@pytest.mark.parametrize("drawn", list(permutations(TOKENS)))
def test_a_text_is_filled_with_the_tokens_that_it_was_cut_at(drawn: tuple[str, ...]) -> None:
    assert EventText.of(TEXT, drawn).filled({}) == TEXT


@pytest.mark.parametrize("token", TOKENS)
def test_only_the_token_that_has_another_one_changes(token: str) -> None:
    changed = EventText.of(TEXT, TOKENS).filled({token: "longer than before"})
    assert changed == TEXT.replace(token.encode(), b"longer than before")


def test_a_token_that_takes_the_place_of_another_one_is_not_replaced_itself() -> None:
    filled = EventText.of(TEXT, TOKENS).filled({"tok_1": "tok_2", "tok_2": "tok_3", "tok_3": "tok_1"})
    assert json.loads(filled) == {"a": "tok_2", "ü": "x", "b": "tok_3", "c": ["tok_1"]}


def test_a_text_without_such_tokens_is_the_same_object() -> None:
    assert EventText.of(TEXT, ()).filled({"tok_1": "x"}) is TEXT


def test_nothing_of_the_text_is_shown() -> None:
    assert "ü" not in repr(EventText.of(TEXT, TOKENS))


@pytest.mark.parametrize("name", ["n", "ü", "例"])
@pytest.mark.parametrize("digits", [9, 60])
def test_an_event_is_never_larger_than_its_draft_says(name: str, digits: int) -> None:
    world = World(catalog=Catalog({EventName("thing", 1): Thing}))
    event = {k: v for k, v in order().items() if k != "order"} | {"event_type": "thing"}
    event["things"] = {"alias": "1" * digits, "email": "a@b.example", "tags": [name * 10]}
    raw = stream_record(event)
    draft = world.tokenizer.reader.read(raw).draft
    (outcome,) = world.tokenizer.tokenize_batch([raw], ample_budget())
    assert draft is not None
    assert outcome.event is not None
    assert len(outcome.event.detail) <= draft.most_bytes
    assert draft.most_bytes - len(outcome.event.detail) in {0, 30 - digits}
