"""Orders with an email are shown up to a hundred of each customer: whoever has many hides nobody else."""

from collections import Counter
from collections.abc import Iterator
from itertools import permutations
from typing import Any

from tests.support.members import for_all
from tokenizer.aws.api.orders_table import FoundOrder, OrdersReader

# By customer: how many orders have the email, and how many of them are shown.
ORDERS = {"C-1": (1, 1), "C-99": (99, 99), "C-100": (100, 100), "C-101": (101, 100), "C-FLOOD": (500, 100)}


class Pages:
    """DynamoDB, which answers with seventy orders a page and keeps what it is asked."""

    def __init__(self, found: list[FoundOrder]) -> None:
        self._found = found
        self.asked: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> "Pages":
        assert operation == "query"
        return self

    def paginate(self, **asked: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(asked)
        items = [
            {"order_id": {"S": each.order_id}, "customer_id": {"S": each.customer_id}} for each in self._found
        ]
        for begin in range(0, len(items), 70):
            yield {"Items": items[begin : begin + 70]}


def shown(found: list[FoundOrder]) -> list[FoundOrder]:
    pages: Any = Pages(found)
    return OrdersReader(pages, "orders").with_email("tok_1")


def orders(customer_id: str) -> list[FoundOrder]:
    return [FoundOrder(f"{customer_id}/{at}", customer_id) for at in range(ORDERS[customer_id][0])]


@for_all("customers", list(permutations(ORDERS, 2)))
def test_each_customer_has_a_share_whoever_comes_before(customers: tuple[str, ...]) -> None:
    found = [each for customer_id in customers for each in orders(customer_id)]
    told = shown(found)
    assert told == [each for name in customers for each in orders(name)[:100]]


def test_each_customer_has_a_share_if_their_orders_are_mixed() -> None:
    found = sorted((each for name in ORDERS for each in orders(name)), key=lambda each: each.order_id[::-1])
    assert Counter(each.customer_id for each in shown(found)) == {
        name: most for name, (_, most) in ORDERS.items()
    }


def test_two_hundred_customers_of_one_email_are_all_shown() -> None:
    found = [FoundOrder(f"SO-{at}", f"C-{at}") for at in range(200)]
    assert shown(found) == found


def test_no_more_than_ten_thousand_orders_are_read() -> None:
    pages: Any = Pages([])
    assert OrdersReader(pages, "orders").with_email("tok_1") == []
    assert pages.asked[0]["PaginationConfig"] == {"MaxItems": 10_000}
    assert pages.asked[0]["ExpressionAttributeValues"] == {":token": {"S": "tok_1"}}
