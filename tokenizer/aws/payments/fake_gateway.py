"""Stands in for a payment gateway on the local stack. It checks what a real one checks first, and moves no money.

It is deployed only if the template's parameter `PaymentGateway` is `fake`. By default there is no gateway.
"""

import hashlib
import re
from collections.abc import Callable
from datetime import datetime

from stdnum import luhn

from tokenizer.cards import PAN_LENGTHS, digits_of
from tokenizer.payments.cashier import Card, Charge, PaymentStatus

DECLINED_LAST4 = "0002"  # like the test cards of real gateways that are always declined
_EXPIRY = re.compile(r"(0[1-9]|1[0-2])/([0-9]{2})")


class FakeGateway:
    """Implements the port `Gateway`. The same payment id gets the same answer."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def charge(self, payment_id: str, card: Card, amount: str, currency: str) -> Charge:  # noqa: ARG002 -- the port's
        """Approves a card with a valid number that has not expired.

        Numbers that end in `DECLINED_LAST4` are declined.
        """
        digits = digits_of(card.number)
        if len(digits) not in PAN_LENGTHS or not luhn.is_valid(digits):
            return Charge(PaymentStatus.DECLINED, reason="invalid_number")
        if self._expired(card.expiry):
            return Charge(PaymentStatus.DECLINED, reason="expired_card")
        if digits.endswith(DECLINED_LAST4):
            return Charge(PaymentStatus.DECLINED, reason="declined")
        return Charge(
            PaymentStatus.CHARGED, reference=f"fake_{hashlib.sha256(payment_id.encode()).hexdigest()[:16]}"
        )

    def _expired(self, expiry: str) -> bool:
        found = _EXPIRY.fullmatch(expiry.strip())
        if found is None:
            return True
        now = self._now()
        return (2000 + int(found[2]), int(found[1])) < (now.year, now.month)
