"""Defines `customer.erased`, version 1, which tells consumers that a customer's tokens answer `erased` from now on."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.registry import EventName
from schemas.sanitized import Metadata

NAME = EventName("customer.erased", 1)


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class ErasureMetadata(Metadata):
    """Holds the erasure's metadata: `event_id` identifies the erasure, and `occurred_at` is when it was asked for."""

    schema_version: Literal[1]


class ErasedCustomer(_Model):
    """Names the customer to forget, with everything of theirs that had arrived until `occurred_at`."""

    customer_id: Annotated[str, Field(min_length=1, max_length=256)]


class Erasure(_Model):
    """Holds the event's data."""

    customer: ErasedCustomer


class CustomerErased(_Model):
    """Describes the event's `detail`."""

    metadata: ErasureMetadata
    data: Erasure
