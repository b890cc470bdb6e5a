import json
from dataclasses import replace
from enum import StrEnum
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.members import for_all
from tokenizer.audit.lines import Line, NotWhole, Place, as_code, clean, guarded, key_context, seal, unseal

PLACE = Place("2026-11-24", "0123456789abcdef" * 2, 7)
KEY = b"k" * 32

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def line(**changes: Any) -> Line:
    fields = {"action": "reveal", "operator": "ann", "facts": {"purpose": "charge"}, "previous": "0" * 64}
    return Line(PLACE, "2026-11-24T10:00:00.000+00:00", **{**fields, **changes})


@settings(max_examples=50)
@given(st.dictionaries(st.text(), json_values, max_size=4), st.text())
def test_any_facts_come_back_as_they_were_written_and_verify(facts: dict[str, Any], operator: str) -> None:
    kept = clean(facts)
    sealed, body = seal(line(facts=kept, operator=operator), KEY)
    again = unseal(body)
    assert again == sealed
    assert again.made_with(KEY)
    assert not again.made_with(b"another" * 5)


def test_facts_are_kept_as_json_gives_them_back() -> None:
    class Status(StrEnum):
        OK = "ok"

    kept = clean({"a": (1, 2), "b": {2: Status.OK, 10: None}})
    assert kept == {"a": [1, 2], "b": {"2": "ok", "10": None}}
    _, body = seal(line(facts=kept), KEY)
    assert unseal(body).line.facts == kept


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ticket 42", "ticket 42"),
        ("charge 4111 1111 1111 1111", "withheld: card_number"),
        ("asked by Ann.Canary@example.com", "withheld: email"),
        ("his ssn is 219-09-9999", "withheld: ssn"),
        ("x" * 1000, "x" * 200),
    ],
)
@pytest.mark.parametrize("name", ["note", "purpose", "reason"])
def test_a_value_that_somebody_wrote_into_a_free_text_is_withheld(name: str, text: str, shown: str) -> None:
    assert clean({name: text}) == {name: shown}


@for_all("before", range(180, 201))
def test_a_value_across_the_cut_is_withheld_wherever_it_begins(before: int) -> None:
    assert guarded("x" * (before - 1) + " 4111111111111111") == "withheld: card_number"


@pytest.mark.parametrize("purpose", ["charge", "legal_request", "ticket-42", "curiosity"])
def test_a_purpose_of_one_word_is_told(purpose: str) -> None:
    assert as_code(purpose) == purpose


@pytest.mark.parametrize("purpose", ["", "because Ann asked", "Ann.Canary@example.com", "x" * 65, "charge\n"])
def test_a_purpose_that_no_policy_can_know_is_withheld(purpose: str) -> None:
    assert as_code(purpose) == "withheld: no code"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"{}",
        seal(line(), KEY)[1][:-1],
        seal(line(), KEY)[1].replace(b'"action"', b'"Action"'),
        seal(line(), KEY)[1].replace(b'{"action"', b'{"action":"x","action"'),
        json.dumps(json.loads(seal(line(), KEY)[1])).encode(),
        seal(line(), KEY)[1].replace(b'"sequence":7', b'"sequence":"7"'),
        seal(line(), KEY)[1].replace(b'"sequence":7', b'"sequence":true'),
    ],
)
def test_what_is_not_byte_for_byte_a_line_is_refused(body: bytes) -> None:
    with pytest.raises(NotWhole):
        unseal(body)


def test_keys_sort_as_the_lines_follow_each_other() -> None:
    places = [Place(PLACE.day, PLACE.chain, sequence) for sequence in (1, 2, 9, 10, 11, 100, 1_000_000)]
    keys = [place.object_key for place in places]
    assert keys == sorted(keys)
    assert [Place.parse(key) for key in keys] == places


@pytest.mark.parametrize(
    "key",
    [
        "audit/2026-11-24/x/0000000001.json",
        f"audit/2026-11-24/{PLACE.chain}/0000000000.json",
        f"audit/2026-11-24/{PLACE.chain}/1.json",
        f"audit/2026-11-24/{PLACE.chain}/0000000001.json\n",
        f"other/2026-11-24/{PLACE.chain}/0000000001.json",
    ],
)
def test_no_line_can_stand_at_another_key(key: str) -> None:
    assert Place.parse(key) is None


def test_a_seal_shows_no_key() -> None:
    sealed, body = seal(line(), b"canary" * 6)
    assert "canary" not in repr(sealed)
    assert b"canary" not in body


def hashed(document: dict[str, Any]) -> bytes:
    """Returns a document in canonical form with a hash that fits, as somebody who can write objects would make it."""

    def canonical(part: dict[str, Any]) -> bytes:
        return json.dumps(part, sort_keys=True, separators=(",", ":")).encode()

    content = {name: value for name, value in document.items() if name not in {"hash", "mac"}}
    return canonical({**document, "hash": sha256(canonical(content)).hexdigest()})


# Written out, since a name or a type that is dropped from the shape has to be missed here.
SHAPE = {
    "action": "str",
    "chain": "str",
    "facts": "dict",
    "hash": "str",
    "key": "str or null",
    "mac": "str",
    "operator": "str",
    "previous": "str or null",
    "sequence": "int",
    "time": "str",
}
SAMPLES: dict[str, Any] = {
    "str": "x",
    "dict": {},
    "null": None,
    "int": 7,
    "bool": True,
    "float": 7.0,
    "list": ["x"],
}


def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(seal(line(), KEY)[1])
    return made


def test_a_line_has_these_names_and_no_other() -> None:
    assert document().keys() == SHAPE.keys()


def test_a_line_that_is_hashed_by_hand_is_whole() -> None:
    assert unseal(hashed(document())).line == line()


@pytest.mark.parametrize("name", sorted(SHAPE.keys() - {"hash"}))
def test_a_line_that_lacks_a_name_is_refused_though_its_hash_fits(name: str) -> None:
    lacking = {key: value for key, value in document().items() if key != name}
    with pytest.raises(NotWhole):
        unseal(hashed(lacking))


def test_a_line_without_a_hash_is_refused() -> None:
    lacking = {key: value for key, value in document().items() if key != "hash"}
    with pytest.raises(NotWhole):
        unseal(json.dumps(lacking, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize("name", ["hash2", "note", "Action"])
def test_a_line_with_another_name_is_refused_though_its_hash_fits(name: str) -> None:
    with pytest.raises(NotWhole):
        unseal(hashed({**document(), name: "x"}))


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("name", sorted(SHAPE.keys() - {"hash"}))
def test_each_name_has_a_value_of_its_kind(name: str, kind: str) -> None:
    body = hashed({**document(), name: SAMPLES[kind]})
    if kind in SHAPE[name].split(" or "):
        assert seal(unseal(body).line, KEY)[0].hash == json.loads(body)["hash"]
        return
    with pytest.raises(NotWhole):
        unseal(body)


@pytest.mark.parametrize(
    "changes",
    [
        {"action": "pay"},
        {"operator": "bob"},
        {"facts": {"purpose": "refund"}},
        {"previous": "1" * 64},
        {"previous": None},
        {"key": "a2V5"},
        {"time": "2026-11-24T10:00:00.001+00:00"},
        {"place": replace(PLACE, sequence=8)},
        {"place": replace(PLACE, chain="f" * 32)},
    ],
)
def test_everything_in_a_line_is_under_its_hash_and_mac(changes: dict[str, Any]) -> None:
    first, _ = seal(line(), KEY)
    other, _ = seal(replace(line(), **changes), KEY)
    assert first.hash != other.hash
    assert first.mac != other.mac


def test_a_line_says_where_it_stands() -> None:
    assert unseal(seal(line(), KEY)[1]).line.place == PLACE


def test_a_chains_key_is_bound_to_its_chain() -> None:
    assert key_context("c1") == {"purpose": "audit", "chain": "c1"}


VALUE, WITHHELD = "Ann.Canary@example.com", "withheld: email"


@pytest.mark.parametrize(
    ("fact", "kept"),
    [
        (VALUE, WITHHELD),
        ([VALUE, "a"], [WITHHELD, "a"]),
        ((VALUE, "a"), [WITHHELD, "a"]),
        ({"in": {"it": [VALUE]}}, {"in": {"it": [WITHHELD]}}),
        ({VALUE: 1}, {WITHHELD: 1}),
        (4111111111111111, "withheld: card_number"),
        ([4111111111111111], ["withheld: card_number"]),
        (True, True),
        (None, None),
        (12, 12),
        (1.5, 1.5),
        ("x" * 1_000, "x" * 200),
        (["x" * 1_000], ["x" * 200]),
    ],
)
def test_every_text_and_long_number_is_guarded_wherever_it_stands(fact: Any, kept: Any) -> None:
    assert clean({"fact": fact}) == {"fact": kept}


@pytest.mark.parametrize(("length", "kept"), [(199, 199), (200, 200), (201, 200)])
def test_a_text_is_cut_at_two_hundred_characters(length: int, kept: int) -> None:
    assert guarded("x" * length) == "x" * kept


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_does_not_know_is_not_kept(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        clean({"number": number})


@pytest.mark.parametrize("purpose", ["x" * 64, "a.b", "a:b", "a#1", "a-b", "a_b"])
def test_a_word_of_these_characters_is_a_code(purpose: str) -> None:
    assert as_code(purpose) == purpose


@pytest.mark.parametrize("purpose", ["a/b", "é", "a b", "a@b"])
def test_a_word_of_other_characters_is_no_code(purpose: str) -> None:
    assert as_code(purpose) == "withheld: no code"
