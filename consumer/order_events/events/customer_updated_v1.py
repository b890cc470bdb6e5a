"""Defines `customer.updated`, version 1, as consumers see it. Written by `make schemas` from the models in `schemas/`."""

from dataclasses import dataclass
from typing import ClassVar

from order_events.event import Event
from order_events.parts import Part, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledAddress(Part):
    """Describes one of the customer's addresses."""

    name: Token | None = None
    line1: Token | None = None
    line2: Token | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Part):
    """Describes a customer's profile.

    The loyalty number keeps its format because till systems check it. Devices can be counted and told apart, but never
    found again. Consumers have no use for the answer to the security question, so it is removed.
    """

    customer_id: str
    name: Token | None = None
    email: Token | None = None
    email_domain: str | None = None
    phone: Token | None = None
    date_of_birth: Token | None = None
    date_of_birth_year: str | None = None
    tax_id: str | None = None
    loyalty_number: str | None = None
    device_id: Token | None = None
    last_login_ip: str | None = None
    last_login_on: str | None = None
    spent_this_year: str | None = None
    credit_limit: str | None = None
    newsletter: bool | Token | None = None
    tags: tuple[str, ...] | None = None
    addresses: tuple[LabelledAddress, ...] | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerUpdated(Part):
    """Holds the event's data in the raw event's shape, with tokens in place of sensitive values."""

    customer: Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerUpdatedV1(Event):
    """Holds an event `customer.updated`, version 1."""

    EVENT_TYPE: ClassVar[str] = "customer.updated"
    SCHEMA_VERSION: ClassVar[int] = 1

    data: CustomerUpdated
