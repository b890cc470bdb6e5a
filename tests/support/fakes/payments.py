"""Payments in memory."""

from tokenizer.payments.cashier import Payment


class FakePayments:
    def __init__(self) -> None:
        self.kept: dict[str, Payment] = {}

    def find(self, payment_id: str) -> Payment | None:
        return self.kept.get(payment_id)

    def keep(self, payment: Payment) -> Payment:
        return self.kept.setdefault(payment.payment_id, payment)
