"""Charges the card behind an order's tokens without showing its number to anybody but the payment gateway.

The caller gives each payment an idempotency key. The payment id is a hash of the order, the caller and that key, and
the gateway gets it as its own idempotency key. So a payment that failed between charge and record is charged once,
however often it is tried again.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from tokenizer.alarm_metrics import HONEY_ASKED
from tokenizer.audit.port import Audit
from tokenizer.cards import digits_of
from tokenizer.errors import Refused, Unavailable
from tokenizer.reveal.lookup import ReadableAliases, ReadableVault, Status, reveal
from tokenizer.reveal.ports import Honey
from tokenizer.time_budget import Budget

_LAST = 4


class PaymentStatus(StrEnum):
    """Lists the results of a payment."""

    CHARGED = "charged"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Card:
    """Holds a card in clear. Only the gateway gets it."""

    number: str = field(repr=False)
    expiry: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Charge:
    """Holds the gateway's answer: `reference` of a charge, or `reason` if there is none."""

    status: PaymentStatus
    reference: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Holds a payment as it is stored and answered. Nothing in it is sensitive."""

    payment_id: str
    order_id: str
    amount: str
    currency: str
    number_last4: str
    status: PaymentStatus
    reference: str | None
    reason: str | None


NOT_PAYABLE = "not_payable"


class Gateway(Protocol):
    """Charges cards."""

    def charge(self, payment_id: str, card: Card, amount: str, currency: str) -> Charge:
        """Charges a card. Repeated calls with one payment id charge once."""
        ...


class Payments(Protocol):
    """Stores payments."""

    def find(self, payment_id: str) -> Payment | None:
        """Returns a finished payment, or None."""
        ...

    def keep(self, payment: Payment) -> Payment:
        """Stores a payment unless one with its id is stored already; returns the stored one."""
        ...


@dataclass(frozen=True, slots=True)
class Cashier:
    """Charges the cards of orders."""

    vault: ReadableVault
    aliases: ReadableAliases
    gateway: Gateway
    payments: Payments
    audit: Audit
    honey: Honey
    signal: Callable[[str, int], None]

    def pay(self, order: Mapping[str, Any], key: str, caller: str, budget: Budget) -> Payment:
        """Charges an order's card.

        Args:
            order: the sanitized order from the orders table.
            key: the caller's idempotency key.
            caller: the caller's name for the audit trail.
            budget: the time that is left.

        Raises:
            Refused: the order has no card, or the vault no longer holds it.
            PipelineError: the vault, the gateway, the table or the audit trail failed; trying again is safe.
        """
        order_id = str(order["order_id"])
        payment_id = (
            "pay_" + hashlib.sha256(f"{len(order_id)}:{order_id}{caller}#{key}".encode()).hexdigest()[:32]
        )
        done = self.payments.find(payment_id)
        if done is not None:
            return done
        wanted = _card_tokens(order)
        # Somebody made up an order around a honey token. This raises the alarm; declining the charge is up to the
        # gateway.
        honey = self.honey.among(wanted, budget)
        if honey:
            self.signal(HONEY_ASKED, len(honey))
        card = self._card(wanted, budget)
        facts = {"order_id": order_id, "payment_id": payment_id, "tokens": wanted}
        self.audit.write("charge", caller, **facts, **({"honey": sorted(honey)} if honey else {}))
        charge = self.gateway.charge(payment_id, card, str(order["total"]), str(order["currency"]))
        self.audit.write("charge answered", caller, **facts, result=charge.status)
        return self.payments.keep(
            Payment(
                payment_id,
                order_id,
                str(order["total"]),
                str(order["currency"]),
                digits_of(card.number)[-_LAST:],
                charge.status,
                charge.reference,
                charge.reason,
            )
        )

    def _card(self, wanted: Sequence[str], budget: Budget) -> Card:
        found = reveal(wanted, self.vault, self.aliases, budget)
        if any(each.status is Status.UNAVAILABLE for each in found.values()):
            raise Unavailable("the vault can't be read")
        values = [each.found.value if each.found else None for each in found.values()]
        if not all(isinstance(each, str) for each in values):
            raise Refused(NOT_PAYABLE, "the card is not in the vault any more")
        return Card(*(str(each) for each in values))


def _card_tokens(order: Mapping[str, Any]) -> list[str]:
    tokens = (order.get("payment") or {}).get("card") or {}
    wanted = [tokens.get("number"), tokens.get("expiry")]
    if not all(isinstance(each, str) and each for each in wanted):
        raise Refused(NOT_PAYABLE, "the order has no card")
    return [str(each) for each in wanted]


class NoGateway:
    """Refuses every charge.

    It is used if no gateway is configured, so that nobody believes in a charge that never happened.
    """

    def charge(self, payment_id: str, card: Card, amount: str, currency: str) -> Charge:  # noqa: ARG002 -- the port's
        """Refuses the charge.

        Raises:
            PipelineError: always.
        """
        raise Unavailable("no payment gateway is configured")
