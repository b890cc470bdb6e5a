"""Defines `order.placed`, version 1: a customer has placed an order."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Code, Count, Currency, Envelope, EventModel, Money, PublicText
from schemas.fields import (
    BirthDate,
    CardNumber,
    CustomerId,
    Email,
    Name,
    Note,
    OrderId,
    Phone,
    Secret,
)
from schemas.guests import Guests
from schemas.kinds import Public
from schemas.parts import Address

GUESTS = Guests(("order", "customer", "customer_id"), version=3)


class Item(EventModel):
    """Describes a line of the order."""

    sku: Code | None = None
    name: PublicText | None = None
    quantity: Count | None = None
    unit_price: Money | None = None


class Customer(EventModel):
    """Describes the customer who ordered."""

    customer_id: CustomerId
    name: Name | None = None
    email: Email | None = None
    phone: Phone | None = None
    date_of_birth: BirthDate | None = None
    ssn: Secret | None = None


class Card(EventModel):
    """Describes the card that pays. Sensitive authentication data is removed before an event gets here."""

    number: CardNumber | None = None
    expiry: Secret | None = None
    holder: Name | None = None


class Payment(EventModel):
    """Describes how the order is paid."""

    method: PublicText | None = None
    card: Card | None = None


class Order(EventModel):
    """Describes the order."""

    order_id: OrderId
    currency: Currency
    total: Money
    items: Annotated[list[Item], Field(min_length=1)]
    customer: Customer
    payment: Payment | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    notes: Note | None = None


class OrderPlaced(Envelope):
    """Describes the raw event."""

    guests = GUESTS

    event_type: Annotated[Literal["order.placed"], Public()]
    schema_version: Annotated[Literal[1], Public()]
    order: Order
