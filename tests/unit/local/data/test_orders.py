"""The generated orders are reproducible, realistic, within the contract, and know what they hide."""

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from stdnum import luhn

from local.data.customers import TEST_CARDS
from local.data.orders import encode, orders, sensitive_values
from schemas.events.order_placed_v1 import OrderPlaced
from tokenizer.cards import brand_of


@pytest.fixture(scope="module")
def made() -> list[dict[str, Any]]:
    return orders(1_000, 7)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    first, second, other = (b"".join(map(encode, orders(50, seed))) for seed in (1, 1, 2))
    assert first == second
    assert first != other


def test_fewer_orders_are_the_beginning_of_more() -> None:
    assert orders(10, 3) == orders(30, 3)[:10]


def test_each_order_is_valid_by_its_schema(made: list[dict[str, Any]]) -> None:
    for event in made:
        OrderPlaced.model_validate(event)


def test_totals_add_up(made: list[dict[str, Any]]) -> None:
    for order in (event["order"] for event in made):
        lines = [Decimal(item["unit_price"]) * item["quantity"] for item in order["items"]]
        assert Decimal(order["total"]) == sum(lines)


def test_ids_are_unique_and_event_ids_are_uuids_of_version_7(made: list[dict[str, Any]]) -> None:
    assert len({event["event_id"] for event in made}) == len(made)
    assert len({event["order"]["order_id"] for event in made}) == len(made)
    assert all(event["event_id"][14] == "7" and event["event_id"][19] in "89ab" for event in made)


def test_about_seventy_percent_are_by_returning_customers_with_their_email(
    made: list[dict[str, Any]],
) -> None:
    customers = [event["order"]["customer"] for event in made]
    returning = len(made) - len({customer["customer_id"] for customer in customers})
    assert 0.65 < returning / len(made) < 0.75
    emails = {(each["customer_id"], each["email"].lower()) for each in customers if each.get("email")}
    assert max(Counter(customer_id for customer_id, _ in emails).values()) == 1
    assert max(Counter(email for _, email in emails).values()) == 1


def test_cards_are_the_networks_test_numbers() -> None:
    assert all(luhn.is_valid(number) for number in TEST_CARDS)
    wanted = {"visa", "mastercard", "amex", "discover", "jcb", "diners", "unionpay"}
    assert {brand_of(number) for number in TEST_CARDS} == wanted


def test_optional_fields_are_sometimes_missing_null_or_empty(made: list[dict[str, Any]]) -> None:
    names = Counter(repr(event["order"]["customer"].get("name", "missing")) for event in made)
    assert min(names["'missing'"], names["None"], names["''"]) > 0


def test_some_orders_hold_what_no_schema_names_and_some_a_security_code(made: list[dict[str, Any]]) -> None:
    assert any("client" in event for event in made)
    assert any("loyalty" in event["order"] for event in made)
    cards = [(event["order"]["payment"] or {}).get("card") or {} for event in made]
    assert any(card.keys() & {"cvv", "CVC", "cvv-2", "cid"} for card in cards)
    assert any("track2" in card for card in cards)


def test_every_text_of_the_contracts_example_is_sensitive_or_public(contract_order: dict[str, Any]) -> None:
    assert sensitive_values(contract_order) == {
        "Ann Example", "ann@example.com", "+12025550123", "1990-04-01", "219-09-9999", "4111111111111111", "12/29",
        "ANN EXAMPLE", "1 Main St", "62701",
    }  # fmt: skip


def test_fields_that_no_schema_names_are_sensitive_wherever_they_stand(
    contract_order: dict[str, Any],
) -> None:
    before = sensitive_values(contract_order)
    contract_order["client"] = {"ip": "203.0.113.9"}
    contract_order["order"]["items"][0]["engraving"] = "For Grete"
    contract_order["order"]["legacy"] = [["deep down", 1]]
    assert sensitive_values(contract_order) - before == {"203.0.113.9", "For Grete", "deep down"}


@pytest.mark.parametrize(
    ("notes", "hidden"),
    [
        ("leave at the door, deliver after 17:30", set()),
        ("please call +12025550199 on arrival", {"+12025550199"}),
        ("invoice to someone@example.org, thanks", {"someone@example.org"}),
    ],
)
def test_phones_and_emails_in_notes_are_sensitive(
    contract_order: dict[str, Any], notes: str, hidden: set[str]
) -> None:
    before = sensitive_values(contract_order)
    contract_order["order"]["notes"] = notes
    assert sensitive_values(contract_order) - before == hidden
