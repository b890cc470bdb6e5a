"""Marked values, and orders that are full of them. Nothing else in the tests contains them."""

from typing import Any

from tests.support.samples import order

CARD, SECOND_CARD = "6011000990139424", "3566002020360505"
EMAIL = "canarius.mail@example.com"
BROKEN = "canarius in a broken record"
PASTED = f"because of {CARD}"  # what people paste where a word is asked for
_WINDOW = 10  # digits: BIN and last digits together, the most that may ever be shown

CANARIES = (
    "Canarius Nomen", EMAIL, "+12025550177", "1981-02-03", "219-09-7777", CARD, SECOND_CARD,
    "Canarius Holder", "77 Canarius Street", "canarius unknown field", BROKEN, "canarius edited in",
)  # fmt: skip


def searched() -> frozenset[str]:
    """Returns what must be found nowhere: the values, and parts of a card's number longer than what may be shown."""
    return frozenset(CANARIES).union(*(windows(card) for card in (CARD, SECOND_CARD)))


def windows(number: str) -> set[str]:
    """Returns the parts of a number that are as long as all that may be shown of it, and stand in one piece."""
    return {number[at : at + _WINDOW] for at in range(len(number) - _WINDOW + 1)}


def canary_order(order_id: str, **changes: Any) -> dict[str, Any]:
    """Returns an order with a marked value in each sensitive field, in free text, and where no schema looks."""
    about = {
        "customer_id": f"C-{order_id}",
        "name": "Canarius Nomen",
        "email": EMAIL,
        "phone": "+12025550177",
        "date_of_birth": "1981-02-03",
        "ssn": "219-09-7777",
    }
    event = order(
        order_id=order_id,
        customer=about,
        payment={
            "method": "card",
            "card": {"number": CARD, "expiry": "11/39", "holder": "Canarius Holder", "cvv": "737"},
        },
        shipping_address={
            "name": "Canarius Nomen",
            "line1": "77 Canarius Street",
            "postal_code": "62701",
            "country": "US",
        },
        notes=f"call +12025550177 or write to {EMAIL}",
        surprise={"deep": ["canarius unknown field", CARD]},
        **changes,
    )
    return {**event, "event_id": f"e-{order_id}"}
