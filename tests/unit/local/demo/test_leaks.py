"""A leaked value is found in whatever form it leaks, and nothing else is."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from local.data.orders import encode, orders, sensitive_values
from local.demo.checks import Received
from local.demo.leaks import LeakSearch, leaks_of_own

EVENT = orders(1, 11)[0]


def test_every_value_of_real_orders_is_found_in_their_own_bytes() -> None:
    made = orders(200, 5)
    search = LeakSearch(value for event in made for value in sensitive_values(event))
    found = search.find(b"\n".join(map(encode, made)))
    assert len(found) == search.values > 500


@pytest.mark.parametrize(
    "leak",
    [
        "... José Müller ...",
        "josé müller",
        "JOSÉ MÜLLER",
        json.dumps({"error": "bad José Müller"}),
        base64.b64encode("a record with José Müller inside of it".encode()).decode(),
    ],
    ids=["as it is", "lower case", "upper case", "escaped", "base64"],
)
def test_a_value_is_found_in_every_form(leak: str) -> None:
    assert LeakSearch(["José Müller"]).find(leak.encode()) == {"José Müller"}


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("value", ["ann@example.com", "José Müller", "6011000990139424"])
@pytest.mark.parametrize(
    "encode",
    [
        quote,
        quote_plus,
        lambda text: text.encode().hex(),
        lambda text: text.encode().hex().upper(),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    ],
    ids=["url", "form", "hex", "HEX", "base64", "urlsafe base64"],
)
def test_a_value_is_found_in_every_encoding_wherever_it_stands(
    encode: Callable[[str], str], value: str, before: str
) -> None:
    assert LeakSearch([value]).find(encode(f"{before}{value}?>").encode()) == {value}


@pytest.mark.parametrize("number", ["4111 1111 1111 1111", "4111-1111-1111-1111"])
def test_a_number_is_found_without_its_separators(number: str) -> None:
    assert LeakSearch([number]).find(b'{"n":"4111111111111111"}') == {number}


def test_bytes_that_are_no_text_are_searched_too() -> None:
    assert LeakSearch(["ann@example.com"]).find(b"\xff\xfeann@example.com\x80") == {"ann@example.com"}


def test_what_is_not_there_or_too_short_is_not_found() -> None:
    search = LeakSearch(["ann@example.com", "12/29"])
    assert search.values == 1
    assert search.find(b"ann@example.org 12/29") == set()


def delivery(sanitized_event: str, **changes: object) -> Received:
    body = json.loads(sanitized_event)
    body["detail"]["data"]["order"] |= changes
    return Received.of(json.dumps(body))


@pytest.mark.parametrize(
    ("change", "leaked"),
    [
        ({"postal_code": "62701"}, {"62701"}),
        ({"notes": "card until 12/29!"}, {"12/29"}),
        ({"payment": {"card": {"Card_CVV-2": "737", "CVV 2": "737"}}}, {"CVV 2"}),
        ({"notes": "order 627012, 112/29"}, set()),
        ({}, set()),
    ],
)
def test_short_values_and_security_codes_are_found_in_their_own_event(
    contract_order: dict[str, Any], sanitized_event: str, change: dict[str, Any], leaked: set[str]
) -> None:
    groups = {"ing_1": [delivery(sanitized_event, **change)]}
    assert leaks_of_own([contract_order], groups) == leaked
