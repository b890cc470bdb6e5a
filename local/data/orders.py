"""Makes raw orders as producers send them: many countries, returning customers, gaps, surprises, all reproducible.

This file decides what a realistic order looks like and which of its values no consumer may ever see. That list
is written down here by hand, from the contract, and not taken from `schemas/`: a leak that a wrong schema makes
must not be overlooked by whoever counts leaks.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from local.data.customers import BASE32, Customer, Customers, happens, text_id

_FIRST_ORDER_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
_RETURNING = 0.7
_CROWD = 20  # with fewer customers known, most orders are by new ones
_SHORTEST_SEARCHED = 5
_PHONE_DIGITS = 7

# What one US dollar buys, roughly, and the digits behind the point.
_CURRENCIES = {
    "USD": ("1", "0.01"),
    "GBP": ("0.8", "0.01"),
    "EUR": ("0.9", "0.01"),
    "JPY": ("150", "1"),
    "BRL": ("5.5", "0.01"),
    "MXN": ("18", "0.01"),
}
_PRODUCTS = (
    ("Kettle", "39.90"), ("Espresso machine", "349.00"), ("Desk lamp", "54.50"), ("Running shoes", "119.95"),
    ("Rain jacket", "89.00"), ("Notebook, A5, dotted", "12.40"), ("Fountain pen", "27.80"), ("Bluetooth speaker", "64.99"),
    ("Chef's knife 20 cm", "74.00"), ("Cast-iron pan", "45.25"), ("Yoga mat", "31.99"), ("Bicycle bell", "9.95"),
    ("Garden hose 25 m", "36.70"), ("Coffee beans 1 kg", "18.90"), ("Wool blanket", "98.00"), ("Board game", "42.00"),
)  # fmt: skip
_HARMLESS_NOTES = (
    "leave at the door", "please gift-wrap", "ring twice, the bell is weak", "no plastic, please", "Bitte im Hof abstellen",
    "laisser chez la gardienne", "置き配でお願いします", "entregar na portaria", "fragile! 🍷 this side up", "deliver after 17:30",
)  # fmt: skip
_GREETINGS = (
    "Happy birthday, enjoy it!",
    "Alles Gute zum Jubiläum!",
    "Bon courage pour la suite !",
    "ご結婚おめでとうございます",
)

_PUBLIC = frozenset((
    "event_id", "event_type", "schema_version", "occurred_at",
    "order.order_id", "order.currency", "order.total", "order.customer.customer_id", "order.payment.method",
    "order.items.sku", "order.items.name", "order.items.quantity", "order.items.unit_price",
    "order.shipping_address.city", "order.shipping_address.region", "order.shipping_address.country",
    "order.billing_address.city", "order.billing_address.region", "order.billing_address.country",
))  # fmt: skip


def orders(count: int, seed: int) -> list[dict[str, Any]]:
    """Makes raw `order.placed` events; the same arguments give the same events.

    Args:
        count: how many. About 70 % of them are by customers of earlier ones.
        seed: of everything random in them.
    """
    random = Random(seed)  # noqa: S311 -- sample data
    customers = Customers(seed)
    known: list[Customer] = []
    made = []
    for number in range(count):
        if not happens(random, min(_RETURNING, len(known) / _CROWD)):
            known.append(customers.new())
            customer = known[-1]
        else:
            customer = random.choice(known)
        made.append(_event(random, customer, number))
    return made


def encode(event: Mapping[str, Any]) -> bytes:
    """Returns the bytes that a producer sends for an event."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def sensitive_values(order: Mapping[str, Any]) -> set[str]:
    """Returns every text in a raw event that nobody but the vault's readers may ever see.

    Left out: what is shorter than five characters, which any bytes may hold by chance (security codes: look for
    their field names instead), and numbers and truth values in fields that no schema knows.
    """
    return {
        text for path, text in _texts(order, "") if path not in _PUBLIC and len(text) >= _SHORTEST_SEARCHED
    }


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if path == "order.notes":
            # Prose is public, what stands in it may not be.
            words = (word.strip(",") for word in value.split())
            yield from (("", word) for word in words if "@" in word or _digits(word) >= _PHONE_DIGITS)
        else:
            yield path, value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, path)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(each, f"{path}.{key}".lstrip("."))


def _digits(word: str) -> int:
    return sum(character.isdigit() for character in word)


def _event(random: Random, customer: Customer, number: int) -> dict[str, Any]:
    moment = _FIRST_ORDER_AT + timedelta(seconds=7 * number, milliseconds=random.randrange(7000))
    event = {
        "event_id": str(_uuid7(random, moment)),
        "event_type": "order.placed",
        "schema_version": 1,
        "occurred_at": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "order": _order(random, customer, number),
    }
    if happens(random, 0.1):
        event["client"] = {"ip": f"203.0.113.{random.randrange(256)}", "device": random.randbytes(12).hex()}
    return event


def _order(random: Random, customer: Customer, number: int) -> dict[str, Any]:
    items = [_item(random, customer) for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5)))]
    total = sum((Decimal(item["unit_price"]) * item["quantity"] for item in items), Decimal(0))
    order: dict[str, Any] = {
        "order_id": f"SO-{number // 1000:02d}{text_id(random, 4)}{BASE32[number % 1000 // 32]}{BASE32[number % 32]}",
        "currency": customer.currency,
        "total": str(total),
        "items": items,
        "customer": customer.person(random),
        "payment": customer.payment(random),
        "shipping_address": customer.address(random),
    }
    _extras(random, customer, order)
    return order


def _extras(random: Random, customer: Customer, order: dict[str, Any]) -> None:
    """Adds the fields that only some orders have."""
    if happens(random, 0.6):
        order["billing_address"] = customer.address(random) if happens(random, 0.8) else None
    order |= random.choice(({}, {"notes": None}, {"notes": ""}, *[{"notes": _note(random, customer)}] * 2))
    order |= random.choice(
        (
            {},
            {},
            {},
            {"preferences": {"newsletter": happens(random, 0.5)}},
            {"gift": {"wrap": True, "message": random.choice(_GREETINGS)}},
            {"loyalty": {"card": f"LOY-{text_id(random, 8)}", "points": random.randrange(9000)}},
        )
    )


def _item(random: Random, customer: Customer) -> dict[str, Any]:
    sku = random.randrange(len(_PRODUCTS))
    name, dollars = _PRODUCTS[sku]
    rate, unit = _CURRENCIES[customer.currency]
    price = (Decimal(dollars) * Decimal(rate)).quantize(Decimal(unit))
    item = {
        "sku": f"SKU-{sku + 1}",
        "name": name,
        "quantity": random.choice((1, 1, 1, 2, 3)),
        "unit_price": str(price),
    }
    if happens(random, 0.03):
        item["engraving"] = f"For {customer.name}"
    return item


def _note(random: Random, customer: Customer) -> str:
    risky = (
        f"please call {customer.phone} on arrival",
        f"invoice to {customer.email}, thanks",
        f"if nobody is in, ring {customer.name}",
        f"my neighbour's mail is neighbour.{text_id(random, 5).lower()}@example.net",
    )
    return random.choice(risky if happens(random, 0.2) else _HARMLESS_NOTES)


def _uuid7(random: Random, moment: datetime) -> UUID:
    """Returns a UUID of version 7 (RFC 9562, 5.7) whose random bits come from the seed."""
    milliseconds = int(moment.timestamp() * 1000)
    tail = (0x7 << 76) | (random.getrandbits(12) << 64) | (0b10 << 62) | random.getrandbits(62)
    return UUID(int=(milliseconds << 80) | tail)
