"""`customer.erased`, version 1, as consumers see it. Written by `make schemas` from the models in `schemas/`."""

from dataclasses import dataclass
from typing import ClassVar

from order_events.event import Event
from order_events.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedCustomer(Part):
    """Whom to forget: everything of theirs that had arrived until `occurred_at`."""

    customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure(Part):
    """What the event says."""

    customer: ErasedCustomer


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerErasedV1(Event):
    """`customer.erased`, version 1."""

    EVENT_TYPE: ClassVar[str] = "customer.erased"
    SCHEMA_VERSION: ClassVar[int] = 1

    data: Erasure
