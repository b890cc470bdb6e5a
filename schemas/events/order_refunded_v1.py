"""Defines `order.refunded`, version 1: money goes back to a customer."""

from typing import Annotated, Literal

from schemas.base import Code, Count, Currency, Envelope, EventModel, Identifier, Money, PublicText
from schemas.fields import CardNumber, CustomerId, Email, Name, Note, OrderId, Secret
from schemas.kinds import Public


class Line(EventModel):
    """Describes what is refunded of a line of the order."""

    sku: Code | None = None
    quantity: Count | None = None
    amount: Money | None = None


class Customer(EventModel):
    """Describes the customer who gets the money."""

    customer_id: CustomerId
    email: Email | None = None


class Card(EventModel):
    """Describes the card that was charged."""

    number: CardNumber | None = None


class BankAccount(EventModel):
    """Describes an account to pay into if there is no card."""

    iban: Secret | None = None
    holder: Name | None = None


class Destination(EventModel):
    """Describes where the money goes."""

    method: PublicText | None = None
    card: Card | None = None
    bank_account: BankAccount | None = None


class Refund(EventModel):
    """Describes the refund."""

    refund_id: Identifier
    order_id: OrderId
    currency: Currency
    amount: Money
    customer: Customer
    lines: list[Line] | None = None
    destination: Destination | None = None
    reason: Note | None = None


class OrderRefunded(Envelope):
    """Describes the raw event."""

    event_type: Annotated[Literal["order.refunded"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    refund: Refund
