"""Charges the card behind an order's tokens without showing its number to anybody but the payment gateway.

The caller gives each payment an idempotency key. The payment id is a hash of the order, the caller and that key. What
is charged, and whether, is decided by the order's attempts (`attempts.py`): one charge of an order succeeds, whoever
asks for it and however often.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NoReturn, Protocol

from tokenizer.alarm_metrics import HONEY_ASKED, PAYMENT_DECLINED
from tokenizer.audit.port import Audit
from tokenizer.authorization.ports import RouteAction, RoutePolicies
from tokenizer.callers import Caller
from tokenizer.cards import last4
from tokenizer.errors import Refused, Unavailable
from tokenizer.payments.attempts import IN_PROGRESS, NOT_PAYABLE, Attempt, AttemptState, next_attempt
from tokenizer.payments.declines import DeclineBudget
from tokenizer.reveal.lookup import ReadableAliases, ReadableVault, Status, reveal
from tokenizer.reveal.ports import Honey
from tokenizer.time_budget import Budget

DENIED = "denied"
BUDGET_USED = "budget_used"


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
    """Holds a payment as it is stored and answered. Nothing in it is sensitive.

    `number_last4` is empty if the number is none of a card, as an order doesn't show it then.
    """

    payment_id: str
    order_id: str
    amount: str
    currency: str
    number_last4: str
    status: PaymentStatus
    reference: str | None
    reason: str | None


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

    def attempt(self, order_id: str) -> Attempt | None:
        """Returns the latest attempt to charge an order."""
        ...

    def put_attempt(self, attempt: Attempt, last: Attempt | None) -> bool:
        """Stores an attempt; returns False if the latest one is not `last` any more."""
        ...


class Orders(Protocol):
    """Stores the sanitized orders."""

    def order(self, order_id: str) -> Mapping[str, Any] | None:
        """Returns the latest sanitized order with its fields in `order`, or None."""
        ...


@dataclass(frozen=True, slots=True)
class Cashier:
    """Charges the cards of orders, for callers whom the policies permit it."""

    orders: Orders
    policies: RoutePolicies
    vault: ReadableVault
    aliases: ReadableAliases
    gateway: Gateway
    payments: Payments
    declines: DeclineBudget
    audit: Audit
    honey: Honey
    signal: Callable[[str, int], None]
    now: Callable[[], datetime]

    def pay(self, order_id: str, key: str, caller: Caller, budget: Budget) -> Payment:
        """Charges an order's card.

        Args:
            order_id: the order.
            key: the caller's idempotency key.
            caller: the caller.
            budget: the time that is left.

        Raises:
            Refused: the policies or the budget for declines don't let the caller charge; there is no such order; it has
                no card, or the vault no longer holds it; or the order may not be charged any more.
            PipelineError: the vault, the gateway, a table or the audit trail failed; trying again is safe.
        """
        payment_id = _payment_id(order_id, key, caller.name)
        if not self.policies.permits(caller, RouteAction.CHARGE, "charge"):
            self._refuse(caller, order_id, payment_id, DENIED, "the policies do not let the caller charge")
        done = self.payments.find(payment_id)
        if done is not None:
            return done
        found = self.orders.order(order_id)
        if found is None:
            raise Refused("not_found", "there is no such order")
        moment = self.now()
        last = self.payments.attempt(order_id)
        attempt = next_attempt(found["order"], last, payment_id, moment)
        # Somebody made up an order around a honey token. This raises the alarm; declining the charge is up to the
        # gateway.
        honey = self.honey.among(attempt.card, budget)
        if honey:
            self.signal(HONEY_ASKED, len(honey))
        card = self._card(attempt.card, budget)
        if not self.declines.take(caller.name, moment):
            self._refuse(
                caller, order_id, payment_id, BUDGET_USED, "too many charges were declined; ask again later"
            )
        charge = None
        try:
            if attempt != last and not self.payments.put_attempt(attempt, last):
                raise Refused(IN_PROGRESS, "the order is being charged; ask again in a minute")
            charge = self._charged(caller, attempt, card, honey)
        finally:
            if charge is None or charge.status is PaymentStatus.CHARGED:
                self.declines.give_back(caller.name, moment)
        return self.payments.keep(
            Payment(
                payment_id,
                order_id,
                attempt.amount,
                attempt.currency,
                last4(card.number) or "",
                charge.status,
                charge.reference,
                charge.reason,
            )
        )

    def _charged(self, caller: Caller, attempt: Attempt, card: Card, honey: Collection[str]) -> Charge:
        """Makes the charge of an attempt, and notes what came of it."""
        facts: dict[str, Any] = {
            "order_id": attempt.order_id,
            "payment_id": attempt.payment_id,
            "tokens": list(attempt.card),
        }
        self.audit.write("charge", caller.name, **facts, **({"honey": sorted(honey)} if honey else {}))
        charge = self.gateway.charge(attempt.gateway_id, card, attempt.amount, attempt.currency)
        if charge.status is PaymentStatus.DECLINED:
            self.signal(PAYMENT_DECLINED, 1)
        self.audit.write("charge answered", caller.name, **facts, result=charge.status)
        self.payments.put_attempt(replace(attempt, state=AttemptState(charge.status)), attempt)
        return charge

    def _refuse(self, caller: Caller, order_id: str, payment_id: str, code: str, message: str) -> NoReturn:
        self.audit.write("charge", caller.name, order_id=order_id, payment_id=payment_id, result=code)
        raise Refused(code, message)

    def _card(self, wanted: Sequence[str], budget: Budget) -> Card:
        found = reveal(wanted, self.vault, self.aliases, budget)
        if any(each.status is Status.UNAVAILABLE for each in found.values()):
            raise Unavailable("the vault can't be read")
        values = [each.found.value if each.found else None for each in found.values()]
        if not all(isinstance(each, str) for each in values):
            raise Refused(NOT_PAYABLE, "the card is not in the vault any more")
        return Card(*(str(each) for each in values))


def _payment_id(order_id: str, key: str, caller: str) -> str:
    text = f"{len(order_id)}:{order_id}{caller}#{key}"
    return "pay_" + hashlib.sha256(text.encode()).hexdigest()[:32]


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
