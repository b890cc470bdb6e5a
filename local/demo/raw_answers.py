"""Answers the analyst's questions from raw orders, by hand; the answers from tokens must be equal."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ops.lake.questions import Question
from tokenizer.cards import brand_of

Event = dict[str, Any]
Rows = list[tuple[Any, ...]]


def answers(events: Iterable[Event]) -> dict[Question, Rows]:
    """Returns the expected rows for each question, in no particular order.

    Args:
        events: raw `order.placed` events; an order that was sent twice counts once, in its newest event.
    """
    newest: dict[str, Event] = {}
    for event in sorted(events, key=_moment):
        newest[event["order"]["order_id"]] = event
    orders = list(newest.values())
    return {
        Question.REVENUE: _revenue(orders),
        Question.REPEAT: _repeat(orders),
        Question.BASKET: _basket(orders),
    }


def _revenue(orders: Iterable[Event]) -> Rows:
    groups: dict[tuple[Any, ...], list[Decimal]] = defaultdict(list)
    for event in orders:
        order = event["order"]
        address = order.get("shipping_address") or {}
        key = (_brand(order), address.get("country"), address.get("region"), order["currency"])
        groups[key].append(Decimal(order["total"]))
    return [(*key, len(totals), sum(totals)) for key, totals in groups.items()]


def _repeat(orders: Iterable[Event]) -> Rows:
    emails = (event["order"]["customer"].get("email") for event in orders)
    times = Counter(email.strip().casefold() for email in emails if email)
    return [(number, customers) for number, customers in Counter(times.values()).items() if number > 1]


def _basket(orders: Iterable[Event]) -> Rows:
    groups: dict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for event in orders:
        month = f"{_moment(event).astimezone(UTC):%Y-%m}"
        groups[month, event["order"]["currency"]].append(Decimal(event["order"]["total"]))
    return [(*key, len(totals), float(sum(totals)) / len(totals)) for key, totals in groups.items()]


def _brand(order: Event) -> str | None:
    number = ((order.get("payment") or {}).get("card") or {}).get("number")
    return brand_of("".join(filter(str.isdecimal, number))) if number else None


def _moment(event: Event) -> datetime:
    return datetime.fromisoformat(event["occurred_at"])
