"""Holds the orders that simulated users pass on: raw orders to send, and sent orders to look at, pay and reveal."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench.load.answers import Leaks
from local.data.orders import orders, sensitive_values

_AT_ONCE = 200
_KEPT = 1_000  # orders that wait for a cashier or a revealer; older ones are forgotten


@dataclass(frozen=True)
class Sent:
    """Holds an order that the API accepted.

    Args:
        order_id: its id.
        with_card: whether it can be paid: with a number and an expiry.
        at: when it was taken, in seconds.
        leaks: finds its own values.
    """

    order_id: str
    with_card: bool
    at: float
    leaks: Leaks


@dataclass(frozen=True)
class Shown:
    """Holds an order that the API showed, sanitized."""

    order_id: str
    number: str  # the card number's token
    leaks: Leaks


class Supply:
    """Holds orders on their way through the test; the oldest come first."""

    def __init__(self, seed: int) -> None:
        """Makes orders from a seed; the same seed sends the same orders."""
        self._raw = self._endless(seed)
        self.sent: deque[Sent] = deque()
        self.to_pay: deque[Shown] = deque(maxlen=_KEPT)
        self.to_reveal: deque[Shown] = deque(maxlen=_KEPT)

    def next(self) -> dict[str, Any]:
        """Returns a raw order that was not sent before."""
        return next(self._raw)

    def sending(self, event: dict[str, Any], at: float) -> Sent:
        """Returns what is remembered of an order that is sent."""
        order = event["order"]
        card = (order.get("payment") or {}).get("card") or {}
        with_card = bool(card.get("number") and card.get("expiry"))
        return Sent(order["order_id"], with_card, at, Leaks(sensitive_values(event)))

    def show(self, sent: Sent, sanitized: dict[str, Any]) -> None:
        """Passes a shown order on to be paid and revealed; one without a card is dropped."""
        if sent.with_card:
            shown = Shown(sent.order_id, sanitized["order"]["payment"]["card"]["number"], sent.leaks)
            self.to_pay.append(shown)
            self.to_reveal.append(shown)

    @staticmethod
    def _endless(seed: int) -> Iterator[dict[str, Any]]:
        while True:
            yield from orders(_AT_ONCE, seed)
            seed += 1
