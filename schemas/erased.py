"""Defines `customer.erased` and `order.erased`, version 1: tokens answer `erased` from now on.

The first is about a customer's tokens, the second about those of an order that came without a customer.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.registry import EventName
from schemas.sanitized import Metadata

CUSTOMER = EventName("customer.erased", 1)
ORDER = EventName("order.erased", 1)

ErasedId = Annotated[str, Field(min_length=1, max_length=256)]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class ErasureMetadata(Metadata):
    """Holds the erasure's metadata: `event_id` identifies the erasure, and `occurred_at` is when it was asked for."""

    schema_version: Literal[1]


class ErasedCustomer(_Model):
    """Names the customer to forget, with everything of theirs that had arrived until `occurred_at`."""

    customer_id: ErasedId


class Erasure(_Model):
    """Holds the event's data."""

    customer: ErasedCustomer


class CustomerErased(_Model):
    """Describes the event's `detail`."""

    metadata: ErasureMetadata
    data: Erasure


class ErasedOrder(_Model):
    """Names the order to forget, with everything that had arrived under it without a customer until `occurred_at`."""

    order_id: ErasedId


class OrderErasure(_Model):
    """Holds the event's data."""

    order: ErasedOrder


class OrderErased(_Model):
    """Describes the event's `detail`."""

    metadata: ErasureMetadata
    data: OrderErasure
