"""What the payment function is asked and answers."""

from typing import Literal

from pydantic import TypeAdapter

from tokenizer.messages.base import Message, Text


class PayMessage(Message):
    """An order to be paid: one charge for a key of a caller's."""

    order_id: Text
    key: Text
    caller: Text


class PaymentAnswer(Message):
    """What came of a payment; never the card's number."""

    payment_id: str
    order_id: str
    amount: str
    currency: str
    number_last4: str
    status: Literal["charged", "declined"]
    reference: str | None = None
    reason: str | None = None


class PaidMessage(Message):
    """The payment function's answer."""

    payment: PaymentAnswer


PAY = TypeAdapter(PayMessage)
PAID = TypeAdapter(PaidMessage)
