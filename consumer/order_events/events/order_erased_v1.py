"""Defines `order.erased`, version 1, as consumers see it. Written by `make schemas` from the models in `schemas/`."""

from dataclasses import dataclass
from typing import ClassVar

from order_events.event import Event
from order_events.parts import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedOrder(Part):
    """Names the order to forget, with everything that had arrived under it without a customer until `occurred_at`."""

    order_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderErasure(Part):
    """Holds the event's data."""

    order: ErasedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderErasedV1(Event):
    """Holds an event `order.erased`, version 1."""

    EVENT_TYPE: ClassVar[str] = "order.erased"
    SCHEMA_VERSION: ClassVar[int] = 1

    data: OrderErasure
