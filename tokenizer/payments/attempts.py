"""Decides whether an order may be charged once more: one charge succeeds, and never for more than was frozen at first.

An attempt has a number. The gateway gets order and number as its idempotency key, so an attempt that died is continued
by whoever asks next, and charges once. The card and the amount of an attempt are frozen with it, because the order may
be replaced meanwhile.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from tokenizer.errors import Refused
from tokenizer.vault.tokens import is_token

NOT_PAYABLE = "not_payable"
ALREADY_PAID = "already_paid"
IN_PROGRESS = "payment_in_progress"
TOTAL_CHANGED = "total_changed"
TOO_MANY_DECLINES = "too_many_declines"

MOST_ATTEMPTS = 5  # of one order
LEASE = timedelta(seconds=60)  # longer than the function that charges may run


class AttemptState(StrEnum):
    """Lists what is known of an attempt. `TRYING` is also that of one that died."""

    TRYING = "trying"
    CHARGED = "charged"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Holds the latest attempt to charge an order.

    Args:
        order_id: the order.
        ordinal: counts the order's attempts, from 1.
        most: the total that was frozen at the first attempt.
        amount: what this attempt charges.
        currency: the currency of both.
        card: the tokens of the card's number and expiry.
        payment_id: the payment that asks for the charge.
        since: the moment at which it began, or was continued.
        state: what is known of it.
    """

    order_id: str
    ordinal: int
    most: str
    amount: str
    currency: str
    card: tuple[str, str]
    payment_id: str
    since: str
    state: AttemptState

    @property
    def gateway_id(self) -> str:
        """Returns the gateway's idempotency key of the attempt."""
        return "pay_" + hashlib.sha256(f"{self.ordinal}#{self.order_id}".encode()).hexdigest()[:32]


def next_attempt(
    order: Mapping[str, Any], last: Attempt | None, payment_id: str, moment: datetime
) -> Attempt:
    """Returns the attempt that charges an order for a payment: a new one, or one that is to be finished.

    Args:
        order: the sanitized order of today.
        last: the order's latest attempt.
        payment_id: the payment.
        moment: the present moment.

    Raises:
        Refused: the order has no card, no amount or no id of its own, is paid, or may not be charged again.
    """
    if last is None:
        amount, currency = _amount(order)
        return Attempt(
            _lasting_id(order),
            1,
            amount,
            amount,
            currency,
            _card(order),
            payment_id,
            moment.isoformat(),
            AttemptState.TRYING,
        )
    if last.payment_id == payment_id:
        return last
    if last.state is AttemptState.CHARGED:
        raise Refused(ALREADY_PAID, "the order is paid")
    if last.state is AttemptState.TRYING:
        if moment - datetime.fromisoformat(last.since) < LEASE:
            raise Refused(IN_PROGRESS, "the order is being charged; ask again in a minute")
        return replace(last, payment_id=payment_id, since=moment.isoformat())
    return _after_a_decline(order, last, payment_id, moment)


def _after_a_decline(order: Mapping[str, Any], last: Attempt, payment_id: str, moment: datetime) -> Attempt:
    amount, currency = _amount(order)
    if last.ordinal >= MOST_ATTEMPTS:
        raise Refused(TOO_MANY_DECLINES, f"the order was declined {MOST_ATTEMPTS} times; place another one")
    if currency != last.currency or Decimal(amount) > Decimal(last.most):
        raise Refused(TOTAL_CHANGED, "the order costs more than when it was first charged; place another one")
    return replace(
        last,
        ordinal=last.ordinal + 1,
        amount=amount,
        card=_card(order),
        payment_id=payment_id,
        since=moment.isoformat(),
        state=AttemptState.TRYING,
    )


def _lasting_id(order: Mapping[str, Any]) -> str:
    """Returns the order's id, unless the guard put a token in its place.

    Each record of such an order has another token. So it would be another order each time that it is sent, and each
    would be charged.
    """
    order_id = str(order["order_id"])
    if is_token(order_id):
        raise Refused(NOT_PAYABLE, "the order's id looks like a sensitive value; place it under another id")
    return order_id


def _card(order: Mapping[str, Any]) -> tuple[str, str]:
    tokens = (order.get("payment") or {}).get("card") or {}
    number, expiry = tokens.get("number"), tokens.get("expiry")
    if not all(isinstance(each, str) and each for each in (number, expiry)):
        raise Refused(NOT_PAYABLE, "the order has no card")
    return str(number), str(expiry)


def _amount(order: Mapping[str, Any]) -> tuple[str, str]:
    """Returns total and currency, unless the guard put a token in their place or there is nothing to charge."""
    try:
        payable = Decimal(str(order["total"])) > 0
    except InvalidOperation:
        payable = False
    if not payable:
        raise Refused(NOT_PAYABLE, "the order has no amount that can be charged")
    return str(order["total"]), str(order["currency"])
