"""Tests whole events: encoded values, keys, facts, placeholders, ids, countries, and records too big to read."""

import json
from base64 import b64encode
from typing import Any

import pytest

from schemas.dead_letter import ErrorCode
from schemas.kinds import Rule
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, passing_luhn, stream_record
from tokenizer.pipeline.bounds import MAX_FIELDS, MAX_OWN_VALUES, MAX_TEXT
from tokenizer.pipeline.countries import countries_of
from tokenizer.pipeline.values import generalize
from tokenizer.vault.tokens import is_token

CUSTOMER = {
    "customer_id": "C-77",
    "name": "Clara Muster",
    "email": "clara@muster.example",
    "phone": "+4930123456",
}


def event(**changes: Any) -> dict[str, Any]:
    """An order of Clara Muster's; a change is named by its path, with `__` between the keys."""
    raw: dict[str, Any] = order(customer=dict(CUSTOMER), notes="ring twice", preferences=None)
    for path, value in changes.items():
        place: Any = raw["order"]
        *steps, last = path.split("__")
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place[step]
        place[last] = value
    return raw


def shown(raw: dict[str, Any], at: World | None = None) -> dict[str, Any]:
    at = at or World()
    (outcome,) = at.tokenizer.tokenize_batch([stream_record(raw)], ample_budget())
    assert outcome.published, outcome
    detail: dict[str, Any] = at.bus.details()[-1]["data"]["order"]
    return detail


@pytest.mark.parametrize(
    "text",
    [
        "Gift card https://shop.example/gc?to=clara%40muster.example",
        "https://shop.example/?q=clara%2540muster.example",
        "for clara&#64;muster.example",
        "pay?pan=4111%201111%201111%201111",
        "call %2B4930123456",
        "tel&colon; 030&nbsp;123456",
        b64encode(CUSTOMER["email"].encode()).decode(),
        CUSTOMER["email"].encode().hex(),
    ],
)
@pytest.mark.parametrize("place", ["notes", "items__0__name", "items__0__sku", "order_id", "payment__method", "shipping_address__city"])  # fmt: skip
def test_an_encoded_own_value_becomes_a_token_wherever_it_stands(text: str, place: str) -> None:
    value: Any = shown(event(**{place: text}))
    for step in place.split("__"):
        value = value[int(step)] if isinstance(value, list) else value[step]
    assert is_token(value)


@pytest.mark.parametrize(
    "key",
    [
        *("p4930123456", "Clara-Muster", "clara_muster", "claraMuster", "CLARAMUSTER", "muster.clara@example.org", "c_clara_muster_1"),
        *("4111111111111111", "k4111", "Y2xhcmFAbXVzdGVyLmV4YW1wbGU", "clara@muster.example", "1 Canary Street"),
    ],
)  # fmt: skip
def test_a_key_that_is_or_holds_a_value_becomes_a_token_in_its_place(key: str) -> None:
    at = World()
    raw = event(**{"gift_wrap": True, key: "primary", "channel": "web"})
    detail = shown(raw, at)
    assert key not in json.dumps(detail)
    *_, before, token, behind = detail
    assert (before, behind) == ("gift_wrap", "channel")
    found = at.reveal(token, detail[token])
    assert [each.found.value for each in found.values() if each.found] == [key, "primary"]


@pytest.mark.parametrize("key", ["giftWrap", "utm_source", "gift-wrap", "address2", "meta.color", "clara"])
def test_a_plain_word_is_shown_as_a_key(key: str) -> None:
    assert key in shown(event(**{key: "primary"}))


def test_two_hidden_keys_of_an_object_keep_their_fields() -> None:
    at = World()
    detail = shown(event(clara_muster=1, **{"Clara-Muster": 2, "claraMuster": 3}), at)
    *_, first, second, third = detail
    values = at.reveal(*(detail[key] for key in (first, second, third)))
    assert [each.found.value for each in values.values() if each.found] == [1, 2, 3]


@pytest.mark.parametrize(
    "email", ["mail@claramuster.example", "me@clara-muster.example", "x@shop.clara.muster.example"]
)
def test_the_domain_of_a_vanity_email_is_not_told(email: str) -> None:
    assert "email_domain" not in shown(event(customer__email=email))["customer"]


@pytest.mark.parametrize("email", ["clara@muster.example", "claramuster@mail.example"])
def test_other_domains_are_told(email: str) -> None:
    assert shown(event(customer__email=email))["customer"]["email_domain"] == email.partition("@")[2]


@pytest.mark.parametrize(
    ("changes", "place", "text"),
    [
        ({"customer__email": "guest"}, "method", "guest checkout"),
        ({"customer__phone": "none"}, "method", "Nonesuch"),
        ({"customer__ssn": "not provided"}, "method", "address not provided"),
        ({"locale": "en-US"}, "notes", "two menus please"),
        ({"wrapping": "paper"}, "notes", "no paper please"),
        ({"sales_channel": "newsletter"}, "notes", "newsletter offer"),
    ],
)
def test_a_placeholder_does_not_hide_public_text(changes: dict[str, Any], place: str, text: str) -> None:
    where = "payment__method" if place == "method" else place
    detail = shown(event(**changes, **{where: text}))
    assert (detail["payment"]["method"] if place == "method" else detail["notes"]) == text


@pytest.mark.parametrize(
    "number",
    [
        passing_luhn("57".ljust(17, "6")),
        passing_luhn("81".ljust(15, "4")),
        "114-3941689-8772232",
        "2000003508419013",
    ],
)
def test_a_marketplaces_order_id_is_shown(number: str) -> None:
    detail = shown(event(order_id=number, items__0__sku=number))
    assert (detail["order_id"], detail["items"][0]["sku"]) == (number, number)


@pytest.mark.parametrize("number", ["5555555555554444", "378282246310005", "PO-6011111111111117"])
def test_a_card_number_as_an_order_id_is_not(number: str) -> None:
    assert is_token(shown(event(order_id=number))["order_id"])


def test_national_numbers_are_read_by_the_country_of_the_address() -> None:
    assert is_token(shown(event(notes="neighbour 030 98765432", shipping_address__country="DE"))["notes"])
    assert shown(event(notes="neighbour 030 98765432"))["notes"] == "neighbour 030 98765432"


def test_a_national_phone_number_joins_with_its_international_form() -> None:
    at = World()
    national = event(customer__phone="07700 900123", shipping_address__country="GB")
    international = event(customer__phone="+447700900123")
    records = [stream_record(national, 1), stream_record(international, 2)]
    assert all(outcome.published for outcome in at.tokenizer.tokenize_batch(records, ample_budget()))
    first, second = (each["data"]["order"]["customer"]["phone"] for each in at.bus.details())
    assert first == second


@pytest.mark.parametrize(
    ("fields", "countries"),
    [
        ({"a": {"country": "DE"}, "b": {"country": "us"}}, ("DE", "US")),
        ({"b": {"country": "DE"}, "a": {"country_code": "UK"}, "currency": "USD"}, ("GB", "DE")),
        ({"locale": "pt-BR", "currency": "USD"}, ("BR",)),
        ({"locale": "zh_Hant_TW"}, ("TW",)),
        ({"currency": "GBP"}, ("GB",)),
        ({"currency": "EUR", "locale": "de"}, ()),
        ({"country": "Germany"}, ()),
        ({"list": [{"country": "FR"}, "x", {"country": "FR"}]}, ("FR",)),
        ({f"a{at}": {"country": code} for at, code in enumerate(("AT", "BE", "CH", "DE", "ES"))}, ("AT", "BE", "CH", "DE")),
        ({"a": {"b": {"c": {"d": {"e": {"f": {"country": "DE"}}}}}}}, ()),
    ],
)  # fmt: skip
def test_a_record_is_about_the_countries_that_it_names(
    fields: dict[str, Any], countries: tuple[str, ...]
) -> None:
    assert countries_of(fields) == countries


@pytest.mark.parametrize("address", ["2002:c633:642a::1", "2002:c633:642a:1:2:3:4:5"])
def test_an_address_that_holds_another_is_not_generalized(address: str) -> None:
    assert generalize(Rule.NETWORK, address) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [("2001:db8:1:2::3", "2001:db8:1::/48"), ("198.51.100.42", "198.51.100.0/24"), ("::ffff:198.51.100.42", "198.51.100.0/24")],
)  # fmt: skip
def test_other_addresses_are(address: str, network: str) -> None:
    assert generalize(Rule.NETWORK, address) == network


def letter(raw: dict[str, Any]) -> tuple[ErrorCode, str]:
    at = World()
    outcomes = at.tokenizer.tokenize_batch([stream_record(raw, 1), stream_record(order(), 2)], ample_budget())
    assert [outcome.published for outcome in outcomes] == [False, True]
    (sent,) = at.letters.sent
    return sent.code, sent.message


def test_a_text_of_the_longest_length_is_read_and_a_longer_one_is_a_letter() -> None:
    text = "no pets " * (MAX_TEXT // 8)
    assert shown(event(notes=text))["notes"] == text
    code, message = letter(event(notes=text + "."))
    assert code is ErrorCode.TOO_LARGE
    assert message.startswith("/order/notes: ")


def test_a_record_with_more_values_than_the_guard_looks_for_is_a_letter() -> None:
    assert shown(event(extra=[f"value {at}" for at in range(MAX_OWN_VALUES - 10)]))
    code, message = letter(event(extra=[f"value {at}" for at in range(MAX_OWN_VALUES + 1)]))
    assert code is ErrorCode.TOO_LARGE
    assert message.startswith("/order/*: ")


def test_a_record_of_more_fields_than_are_read_is_a_letter_that_names_no_key() -> None:
    fields = {f"clara{at}": at for at in range(MAX_FIELDS + 1)}
    code, message = letter(event(extra=fields))
    assert (code, message.split(":")[0]) == (ErrorCode.TOO_LARGE, "/order")
    code, message = letter(event(items=[{"name": None}] * MAX_FIELDS))
    assert (code, message.split(":")[0]) == (ErrorCode.TOO_LARGE, "/order/items")


def test_commas_and_colons_in_a_text_are_no_fields() -> None:
    text = "a:b,[c] " * (MAX_TEXT // 8)
    assert shown(event(notes=text))["notes"] == text
