"""Payments in memory."""

from tokenizer.payments.attempts import Attempt
from tokenizer.payments.cashier import Payment


class FakePayments:
    def __init__(self) -> None:
        self.kept: dict[str, Payment] = {}
        self.attempts: dict[str, Attempt] = {}

    def find(self, payment_id: str) -> Payment | None:
        return self.kept.get(payment_id)

    def keep(self, payment: Payment) -> Payment:
        return self.kept.setdefault(payment.payment_id, payment)

    def attempt(self, order_id: str) -> Attempt | None:
        return self.attempts.get(order_id)

    def put_attempt(self, attempt: Attempt, last: Attempt | None) -> bool:
        if self.attempts.get(attempt.order_id) != last:
            return False
        self.attempts[attempt.order_id] = attempt
        return True
