"""Tests that analyses of sanitized events give the same results as on the raw data."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from local.data.orders import orders
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import stream_record
from tokenizer.cards import brand_of

ORDERS = 500
Get = Callable[[dict[str, Any]], Any]


def customer(event: dict[str, Any]) -> dict[str, Any]:
    return dict(event["order"]["customer"])


def card(event: dict[str, Any]) -> dict[str, Any]:
    return dict((event["order"].get("payment") or {}).get("card") or {})


def region(event: dict[str, Any]) -> Any:
    return (event["order"].get("shipping_address") or {}).get("region")


def raw_domain(event: dict[str, Any]) -> str | None:
    email = customer(event).get("email")
    return email.rpartition("@")[2].lower() if email else None


def raw_brand(event: dict[str, Any]) -> str | None:
    number = card(event).get("number")
    return brand_of("".join(filter(str.isdecimal, number))) if number else None


GROUPS: dict[str, tuple[Get, Get]] = {
    "customer": (lambda raw: customer(raw)["customer_id"], lambda shown: customer(shown)["customer_id"]),
    "card brand": (raw_brand, lambda shown: card(shown).get("number_brand")),
    "region": (region, region),
    "month": (lambda raw: raw["occurred_at"][:7], lambda shown: shown["metadata"]["occurred_at"][:7]),
    "email domain": (raw_domain, lambda shown: customer(shown).get("email_domain")),
    "customer and month": (
        lambda raw: (customer(raw)["customer_id"], raw["occurred_at"][:7]),
        lambda shown: (customer(shown)["customer_id"], shown["metadata"]["occurred_at"][:7]),
    ),
}


@pytest.fixture(scope="module")
def both() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    raw = orders(ORDERS, seed=3)
    for at, event in enumerate(raw):
        event["occurred_at"] = f"2026-{at % 7 + 1:02}{event['occurred_at'][7:]}"
    world = World()
    world.tokenizer.tokenize_batch([stream_record(event, at) for at, event in enumerate(raw)], ample_budget())
    shown = [{**detail["data"], "metadata": detail["metadata"]} for detail in world.bus.details()]
    return raw, shown


@pytest.mark.parametrize("group", GROUPS)
def test_counts_by_group_are_those_of_the_raw_data(
    both: tuple[list[dict[str, Any]], list[dict[str, Any]]], group: str
) -> None:
    raw, shown = both
    of_raw, of_shown = GROUPS[group]
    counts = Counter(map(of_raw, raw))
    assert Counter(map(of_shown, shown)) == counts
    assert len(shown) == ORDERS
    assert len(counts) > 3
