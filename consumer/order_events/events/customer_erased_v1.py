"""Defines `customer.erased`, version 1, as consumers see it. Written by `make schemas` from the models in `schemas/`."""

from dataclasses import dataclass
from typing import ClassVar

from order_events.event import Event
from order_events.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedCustomer(Part):
    """Names the customer to forget, with everything of theirs that had arrived until `occurred_at`."""

    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure(Part):
    """Holds the event's data."""

    customer: ErasedCustomer


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerErasedV1(Event):
    """Holds an event `customer.erased`, version 1."""

    EVENT_TYPE: ClassVar[str] = "customer.erased"
    SCHEMA_VERSION: ClassVar[int] = 1

    data: Erasure
