"""Defines `order.refunded`, version 1, as consumers see it. Written by `make schemas` from the models in `schemas/`."""

from dataclasses import dataclass
from typing import ClassVar

from order_events.event import Event
from order_events.parts import Part, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Part):
    """Describes the customer who gets the money."""

    customer_id: str
    email: Token | None = None
    email_domain: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAccount(Part):
    """Describes an account to pay into if there is no card."""

    iban: Token | None = None
    holder: Token | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card(Part):
    """Describes the card that was charged."""

    number: Token | None = None
    number_last4: str | None = None
    number_brand: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination(Part):
    """Describes where the money goes."""

    method: str | None = None
    card: Card | None = None
    bank_account: BankAccount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Part):
    """Describes what is refunded of a line of the order."""

    sku: str | None = None
    quantity: int | Token | None = None
    amount: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Part):
    """Describes the refund."""

    refund_id: str
    order_id: str
    currency: str
    amount: str
    customer: Customer
    lines: tuple[Line, ...] | None = None
    destination: Destination | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefunded(Part):
    """Holds the event's data in the raw event's shape, with tokens in place of sensitive values."""

    refund: Refund


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRefundedV1(Event):
    """Holds an event `order.refunded`, version 1."""

    EVENT_TYPE: ClassVar[str] = "order.refunded"
    SCHEMA_VERSION: ClassVar[int] = 1

    data: OrderRefunded
