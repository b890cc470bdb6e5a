"""Defines `order.placed`, version 3, as consumers see it. Written by `make schemas` from the models in `schemas/`."""

from dataclasses import dataclass
from typing import ClassVar

from order_events.event import Event
from order_events.parts import Part, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Address(Part):
    """Describes a shipping or billing address."""

    name: Token | None = None
    line1: Token | None = None
    line2: Token | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Part):
    """Describes the customer who ordered. A guest has no id, or one that stands for nobody, such as 0 or `guest`."""

    customer_id: str | int | None = None
    name: Token | None = None
    email: Token | None = None
    email_domain: str | None = None
    phone: Token | None = None
    date_of_birth: Token | None = None
    date_of_birth_year: str | None = None
    ssn: Token | None = None
    tax_id: Token | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Part):
    """Describes a line of the order."""

    sku: str | None = None
    name: str | None = None
    quantity: int | Token | None = None
    unit_price: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(Part):
    """Describes the card that pays. Sensitive authentication data is removed before an event gets here."""

    number: Token | None = None
    number_last4: str | None = None
    number_brand: str | None = None
    expiry: Token | None = None
    holder: Token | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment(Part):
    """Describes how the order is paid."""

    method: str | None = None
    card: Card | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Part):
    """Describes the order."""

    order_id: str
    currency: str
    total: str
    items: tuple[Item, ...]
    customer: Customer | None = None
    payment: Payment | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(Part):
    """Holds the event's data in the raw event's shape, with tokens in place of sensitive values."""

    order: Order


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlacedV3(Event):
    """Holds an event `order.placed`, version 3."""

    EVENT_TYPE: ClassVar[str] = "order.placed"
    SCHEMA_VERSION: ClassVar[int] = 3

    data: OrderPlaced
