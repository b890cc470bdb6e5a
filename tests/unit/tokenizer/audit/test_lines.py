import json
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tokenizer.audit.lines import Line, NotWhole, Place, as_code, clean, seal, unseal

PLACE = Place("2026-11-24", "0123456789abcdef" * 2, 7)
KEY = b"k" * 32

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def line(**changes: Any) -> Line:
    fields = {"action": "reveal", "operator": "ann", "facts": {"purpose": "charge"}, "previous": "0" * 64}
    return Line(PLACE, "2026-11-24T10:00:00.000+00:00", **{**fields, **changes})


@given(st.dictionaries(st.text(), json_values), st.text())
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
