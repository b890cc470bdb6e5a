"""Tests that lenient types take what producers send, refuse the rest, and pass on every digit."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas.json_schema import sanitized_schema
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import stream_record
from tests.support.webhooks import Webhook, catalog, webhook
from tokenizer import json_text
from tokenizer.records import Outcome
from tokenizer.vault.tokens import is_token

DECIMALS = 17  # of a text
SHOWN = Draft202012Validator(sanitized_schema(Webhook))
floats = st.floats(0, 10**8, allow_nan=False).map(lambda each: Decimal(repr(each)))
amounts = (
    floats | st.decimals(-(10**17), 10**17, places=2, allow_nan=False) | st.integers(1 - 10**18, 10**18 - 1)
)
quantities = floats | st.decimals(0, 10**8, places=3, allow_nan=False) | st.integers(0, 10**9 - 1)
times = st.datetimes(datetime.fromisoformat("0002-01-01")).map(
    lambda each: each.isoformat(timespec="seconds")
) | st.integers(0, 253_402_300_799_999)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("size", "gift", "a b", "\u00e9", "")), inner, max_size=3)
    ),
    max_leaves=6,
)


def tokenized(raw: bytes) -> tuple[Outcome, World]:
    world = World(catalog=catalog())
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(raw)], ample_budget())
    return outcome, world


def published(**changes: Any) -> tuple[bytes, World]:
    outcome, world = tokenized(json_text.dump(webhook(**changes)))
    assert outcome.published, outcome
    detail = world.bus.events[0].detail
    SHOWN.validate(json_text.parse(detail))
    return detail, world


def field(text: bytes, name: str) -> str:
    """Returns the JSON text of a field that is a number or a text."""
    found = re.search(rf'"{name}":("[^"]*"|[^,}}\]]*)', text.decode())
    assert found
    return found[1]


@given(amounts, quantities, times)
def test_numbers_and_texts_are_passed_on_digit_for_digit(money: Any, quantity: Any, time: Any) -> None:
    forms = [(money, quantity)]
    texts = (format(Decimal(money), "f"), format(Decimal(quantity), "f"))
    if all(len(each.partition(".")[2]) <= DECIMALS for each in texts):
        forms.append(texts)
    for total, each in forms:
        raw = webhook(total=total, lines=[{"quantity": each, "price": total}], created=0)
        outcome, world = tokenized(json_text.dump(raw))
        assert outcome.published, outcome
        detail = world.bus.events[0].detail
        SHOWN.validate(json_text.parse(detail))
        for name in ("total", "quantity", "price"):
            shown = field(detail, name)
            assert shown == field(json_text.dump(raw), name) or is_token(shown.strip('"'))
    outcome, _ = tokenized(json_text.dump(webhook(created=time)))
    assert outcome.published, outcome


@pytest.mark.parametrize(
    "text",
    [
        "1.10",
        "0.000001",
        "20.833333333333332",
        "0.30000000000000004",
        "5.551115123125783E-17",
        "1E+2",
        "100000000000000000",
        "20.00",
        "-3",
    ],
)
def test_a_numbers_spelling_stays(text: str) -> None:
    raw = json_text.dump(webhook(total=0)).replace(b'"total":0', b'"total":' + text.encode())
    outcome, world = tokenized(raw)
    assert outcome.published, outcome
    assert field(world.bus.events[0].detail, "total") == text


def test_a_float_whose_digits_pass_for_a_card_number_is_a_token() -> None:
    detail, _ = published(total=Decimal("1.4111111111111111"))
    assert is_token(field(detail, "total").strip('"'))


@pytest.mark.parametrize(
    "value",
    [
        True,
        "1,50",
        "1.123456789012345678",
        Decimal("1.123456789012345678"),
        Decimal("1e-341"),
        10**19,
        [],
        {},
        "NaN",
        "1.0\n",
        "\u0661",
    ],
)
def test_what_is_no_amount_is_one_finding_at_its_field(value: Any) -> None:
    outcome, world = tokenized(json_text.dump(webhook(total=value)))
    assert outcome.letter is not None
    assert outcome.letter.message.startswith("/total: ")
    assert "; " not in outcome.letter.message
    again, _ = tokenized(world.letters.sent[0].data)
    assert again.letter is not None
    assert again.letter.message == outcome.letter.message


@pytest.mark.parametrize("value", [-1, False, "-1", 10**10, "two"])
def test_what_is_no_quantity_is_a_letter(value: Any) -> None:
    outcome, _ = tokenized(json_text.dump(webhook(lines=[{"quantity": value}])))
    assert outcome.letter is not None
    assert outcome.letter.message.startswith("/lines/0/quantity: ")


@pytest.mark.parametrize("value", ["2026-02-30", "2026-11-23T25:15", "soon", True, -5])
def test_what_is_no_time_is_a_letter(value: Any) -> None:
    own = {
        "event_id": "e",
        "event_type": "web.order",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z",
    }
    outcome, _ = tokenized(json_text.dump({**own, **webhook(created=value)}))
    assert outcome.letter is not None
    assert outcome.letter.message.startswith("/created: ")


@given(json_values)
def test_any_json_value_becomes_a_token_and_comes_back(value: Any) -> None:
    detail, world = published(answer=value)
    shown = json_text.parse(detail)["data"]["answer"]
    if value is None or value == "":
        assert shown == value
        return
    (answer,) = world.reveal(shown).values()
    assert answer.found is not None
    assert json_text.dump(answer.found.value) == json_text.dump(value)
