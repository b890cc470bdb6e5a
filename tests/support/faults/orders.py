"""Orders for the fault tests: few customers, so that consistent values meet; canaries in every sensitive field."""

import json
from functools import cache
from typing import Any

from local.data.poison import Poison, poisons
from tokenizer.guard.authentication_data import scrub_text

CUSTOMERS = 5
_SEEDS = range(8)


def _kept_whole(data: bytes) -> bool:
    """Returns True if nothing is removed from a record before it is sealed."""
    return scrub_text(data)[1] == 0


@cache
def all_poisons() -> list[Poison]:
    """Returns one of each kind, without sensitive authentication data: a letter must hold the very bytes that were sent."""
    found = {
        each.kind: each
        for number in _SEEDS
        for each in poisons(number)
        if each.is_text and each.kind != "too large" and _kept_whole(each.data)
    }
    return list(found.values())


def order(number: int, customer: int) -> bytes:
    """Returns a good order. A customer's orders share their values, and every second customer has the same phone."""
    event: dict[str, Any] = {
        "event_id": f"e-{number}",
        "event_type": "order.placed",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z",
        "order": {
            "order_id": f"SO-{number}",
            "currency": "USD",
            "total": "129.90",
            "items": [{"sku": "SKU-1", "quantity": 1}],
            "customer": {
                "customer_id": f"C-{customer}",
                "name": f"canaryname{number}",
                "email": f"canarymail{customer}@example.com",
                "phone": f"+1202555{customer % 2:04}",
            },
            "gift": {"for": f"canarygift{number}", "count": number},
        },
    }
    return json.dumps(event).encode()


def poison(at: int) -> Poison:
    """Returns a record that can never be published."""
    found = all_poisons()
    return found[at % len(found)]
