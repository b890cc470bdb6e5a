"""Tests that the values behind honey tokens look real and belong to nobody."""

import re
from random import Random
from typing import Any

import pytest
from stdnum import luhn

from tests.support.fakes.honeytoken_parts import ANN, SEED, Parts
from tokenizer.errors import InvalidRequest, Unavailable
from tokenizer.honeytokens import MAKERS, values

SHAPES = {
    "card_number": r"400000\d{10}",
    "email": r"[a-z]+\.[a-z]+\.[a-z2-9]{8}@example\.com",
    "government_id": r"9\d\d-[1-4]\d-\d{4}",
    "name": r"[A-Z][a-z]+ [A-Z][a-z]+",
    "phone": r"\+1\d{3}55501\d\d",
}


# Of two hundred values. A name and a phone number are drawn from few, by design; nothing else may come twice so soon.
DIFFERENT = {"card_number": 200, "email": 200, "government_id": 200, "name": 108, "phone": 164}


@pytest.mark.parametrize("kind", MAKERS)
def test_values_look_like_what_they_are_said_to_be(kind: str) -> None:
    made = values(kind, 200, Random(7))
    assert all(re.fullmatch(SHAPES[kind], value) for value in made)
    assert len(set(made)) == DIFFERENT[kind]
    assert kind != "card_number" or all(luhn.is_valid(number) for number in made)


def test_nobody_can_tell_the_next_value_from_the_last_ones() -> None:
    assert values("card_number", 5, Random(1)) != values("card_number", 5, Random(2))


def test_each_token_is_of_a_record_of_its_own_and_noted_before_it_is_told() -> None:
    parts = Parts()
    told = parts.serve(**SEED)["tokens"]
    assert [len(taken) for taken in parts.tokenizing.taken] == [1, 1, 1]
    assert len(parts.tokenizing.customers - {None}) == 3, (
        "read in the calls that a customer's values are read in"
    )
    assert [each["token"] for each in told] == [each.token for each in parts.keeper.noted]
    assert told[0] == {
        "token": f"tok_{1:026}",
        "kind": "card_number",
        "note": "the wiki",
        "seeded_at": "2026-11-24T12:00:00+00:00",
    }
    assert parts.serve(action="list")["tokens"] == told


def test_a_token_that_is_not_noted_is_not_told() -> None:
    parts = Parts()
    parts.keeper.down = True
    with pytest.raises(Unavailable):
        parts.serve(**SEED)


def test_every_request_is_in_the_audit_log_without_a_value_or_a_token() -> None:
    parts = Parts()
    parts.serve(**SEED)
    parts.serve(action="list")
    assert parts.audit.lines == [
        {"action": "seed honey", "operator": ANN, "kind": "card_number", "count": 3, "note": "the wiki"},
        {"action": "list honey", "operator": ANN},
    ]
    parts.audit.down = True
    for request in (SEED, {"action": "list"}):
        with pytest.raises(Unavailable):
            parts.serve(**request)
    assert len(parts.keeper.noted) == 3


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"kind": "soul"}, "kind"),
        ({"count": 0}, "count"),
        ({"count": 26}, "count"),
        ({"count": True}, "count"),
        ({"note": ""}, "note"),
        ({"note": "x" * 201}, "note"),
        ({"note": "beside 4111 1111 1111 1111"}, "note: holds what looks like a value .card_number."),
        ({"action": "plant"}, "action"),
        ({"operator": 7}, "operator"),
    ],
)
def test_a_request_that_is_not_understood_is_refused_and_makes_nothing(
    change: dict[str, Any], named: str
) -> None:
    parts = Parts()
    with pytest.raises(InvalidRequest, match=named):
        parts.serve(**SEED | change)
    assert (parts.tokenizing.taken, parts.audit.lines) == ([], [])
