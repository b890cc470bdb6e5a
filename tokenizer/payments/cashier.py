"""Payments: the card behind an order's tokens is charged, and nobody sees its number.

A payment has a key of the caller's. Its id is made of the order and the key, and the gateway gets that id as its own idempotency key, so
a payment that died between the charge and its record is charged once, however often it is tried again.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from tokenizer.alarm_metrics import HONEY_ASKED
from tokenizer.cards import digits_of
from tokenizer.errors import Unavailable
from tokenizer.reveal.lookup import ReadableAliases, ReadableVault, Status, reveal
from tokenizer.reveal.service import Audit, Honey
from tokenizer.time_budget import Budget

_LAST = 4


class PaymentStatus(StrEnum):
    """What came of a payment."""

    CHARGED = "charged"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Card:
    """A card in clear, for the gateway alone."""

    number: str = field(repr=False)
    expiry: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Charge:
    """What the gateway answered: `reference` of a charge, or `reason` why there is none."""

    status: PaymentStatus
    reference: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it is kept and answered; nothing in it is sensitive."""

    payment_id: str
    order_id: str
    amount: str
    currency: str
    number_last4: str
    status: PaymentStatus
    reference: str | None
    reason: str | None


class NotPayable(Exception):
    """The order can't be paid; the text says why, without values."""


class Gateway(Protocol):
    """Charges cards."""

    def charge(self, payment_id: str, card: Card, amount: str, currency: str) -> Charge:
        """Charge a card once for a payment id, however often it is asked."""
        ...


class Payments(Protocol):
    """Keeps payments."""

    def find(self, payment_id: str) -> Payment | None:
        """A payment that was finished."""
        ...

    def keep(self, payment: Payment) -> Payment:
        """Keep a payment unless one of its id is kept; answers with the one that is."""
        ...


@dataclass(frozen=True, slots=True)
class Cashier:
    """Charges the cards behind orders."""

    vault: ReadableVault
    aliases: ReadableAliases
    gateway: Gateway
    payments: Payments
    audit: Audit
    honey: Honey
    signal: Callable[[str, int], None]

    def pay(self, order: Mapping[str, Any], key: str, caller: str, budget: Budget) -> Payment:
        """Charge an order's card.

        Args:
            order: sanitized, as the orders table has it.
            key: the caller's idempotency key.
            caller: for the audit trail.
            budget: the time that is left.

        Raises:
            NotPayable: the order has no card, or its tokens lead nowhere.
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
        # An order that somebody made up around a honey token: the alarm is raised, and the gateway may decline it.
        honey = self.honey.among(wanted, budget)
        if honey:
            self.signal(HONEY_ASKED, len(honey))
        card = self._card(wanted, budget)
        told = {"order_id": order_id, "payment_id": payment_id, "tokens": wanted}
        self.audit.write("charge", caller, **told, **({"honey": sorted(honey)} if honey else {}))
        charge = self.gateway.charge(payment_id, card, str(order["total"]), str(order["currency"]))
        self.audit.write("charge answered", caller, **told, result=charge.status)
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
            raise NotPayable("the card is not in the vault any more")
        return Card(*(str(each) for each in values))


def _card_tokens(order: Mapping[str, Any]) -> list[str]:
    tokens = (order.get("payment") or {}).get("card") or {}
    wanted = [tokens.get("number"), tokens.get("expiry")]
    if not all(isinstance(each, str) and each for each in wanted):
        raise NotPayable("the order has no card")
    return [str(each) for each in wanted]


class NoGateway:
    """Where none is configured: refuses, so that nobody believes a charge that never was."""

    def charge(self, payment_id: str, card: Card, amount: str, currency: str) -> Charge:  # noqa: ARG002 -- the port's
        """Refused.

        Raises:
            PipelineError: always.
        """
        raise Unavailable("no payment gateway is configured")
