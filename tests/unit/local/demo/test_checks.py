"""The demo's figures count what they say, and go wrong when the product does."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.demo import checks
from local.demo.checks import Received


@pytest.fixture
def delivery(sanitized_event: str) -> Callable[..., Received]:
    """Makes deliveries of the sample event with changes to its order or metadata."""

    def make(ingest_id: str = "ing_1", **changes: object) -> Received:
        body = json.loads(sanitized_event)
        body["detail"]["metadata"]["ingest_id"] = ingest_id
        body["detail"]["data"]["order"] |= changes
        return Received.of(json.dumps(body))

    return make


Make = Callable[..., Received]


def test_digits_and_key_order_of_a_detail_are_kept() -> None:
    received = Received.of('{"x": 1, "detail": {"b": 1.10, "a": "é", "metadata": {"ingest_id": "ing_1"}}}')
    assert received.detail == '{"b":"1.10","a":"é","metadata":{"ingest_id":"ing_1"}}'
    assert received.ingest_id == "ing_1"


def test_deliveries_of_one_record_count_once(delivery: Make, contract_order: dict[str, Any]) -> None:
    groups = checks.by_ingest_id([delivery(), delivery(), delivery("ing_2")])
    figures = {figure.name.strip(): figure for figure in checks.published([contract_order] * 2, groups)}
    assert {name: figure.measured for name, figure in figures.items()} == {
        "published": 2,
        "with its own public fields": 2,
        "in differing bytes": 0,
        "tokens of the emails": 1,
        "tokens of the phones": 1,
    }
    assert all(figure.right for figure in figures.values())


def test_a_missing_event_makes_a_wrong_figure(delivery: Make, contract_order: dict[str, Any]) -> None:
    published, *_ = checks.published([contract_order] * 2, checks.by_ingest_id([delivery()]))
    assert (published.measured, published.must_be, published.right) == (1, 2, False)


def test_two_deliveries_that_differ_are_counted(delivery: Make) -> None:
    groups = checks.by_ingest_id([delivery(), delivery(notes="other"), delivery("ing_2")])
    assert checks.differing(groups) == 1


@pytest.mark.parametrize("change", [{"order_id": "SO-9"}, {"total": "1.00"}, {"items": [{"sku": "SKU-2"}]}])
def test_an_event_with_other_public_fields_than_its_order_is_not_faithful(
    delivery: Make, contract_order: dict[str, Any], change: dict[str, Any]
) -> None:
    assert checks.faithful([contract_order], checks.by_ingest_id([delivery()])) == 1
    assert checks.faithful([contract_order], checks.by_ingest_id([delivery(**change)])) == 0


def test_an_event_from_another_source_is_not_faithful(delivery: Make, contract_order: dict[str, Any]) -> None:
    foreign = Received.of(delivery().body.replace("orders.tokenizer", "orders.other"))
    assert checks.faithful([contract_order], {"ing_1": [foreign]}) == 0


def test_two_tokens_for_one_email_are_counted(delivery: Make, contract_order: dict[str, Any]) -> None:
    other = {"customer_id": "C-77", "email": "tok_11111111111111111111111111"}
    groups = checks.by_ingest_id([delivery(), delivery("ing_2", customer=other)])
    assert checks.joined([contract_order] * 2, groups, "email") == (2, 1)


def test_a_second_delivery_counts_only_in_the_same_bytes(delivery: Make) -> None:
    first = [delivery(), delivery("ing_2")]
    assert checks.same_again(first, [delivery(), delivery("ing_2")]) == 2
    assert checks.same_again(first, [delivery(notes="other"), delivery("ing_3")]) == 0


def test_letters_are_counted_by_code_and_once_for_each_source() -> None:
    def letter(code: str, at: int) -> str:
        return json.dumps({"error": {"code": code}, "source": {"message_id": at}})

    letters = [letter("too_large", 1), letter("too_large", 1), letter("too_large", 2), '{"version": "1.0"}']
    assert checks.codes(letters) == {"too_large": 2, "no code": 1}


def test_the_example_is_found_by_its_event(delivery: Make, contract_order: dict[str, Any]) -> None:
    dull = json.loads(json.dumps(contract_order))
    dull["event_id"], dull["order"]["items"] = "other", []
    pair = checks.example([dull, contract_order], checks.by_ingest_id([delivery()]))
    assert pair is not None
    assert [order["order_id"] for order in pair] == ["SO-1001", "SO-1001"]
    assert checks.example([dull], checks.by_ingest_id([delivery()])) is None
