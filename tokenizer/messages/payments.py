"""Defines the messages of the payment function."""

from typing import Literal

from pydantic import TypeAdapter

from tokenizer.messages.base import IdToken, Message, Text


class PayMessage(Message):
    """Asks to pay an order. One key of a caller charges once.

    Args:
        id_token: the caller's, for whom the API asks; None if an administrator invokes the function by its alias.
    """

    order_id: Text
    key: Text
    id_token: IdToken = None


class PaymentAnswer(Message):
    """Holds the result of a payment, never the card's number."""

    payment_id: str
    order_id: str
    amount: str
    currency: str
    number_last4: str
    status: Literal["charged", "declined"]
    reference: str | None = None
    reason: str | None = None


class PaidMessage(Message):
    """Holds the payment function's answer."""

    payment: PaymentAnswer


PAY = TypeAdapter(PayMessage)
PAID = TypeAdapter(PaidMessage)
