"""`customer.erased`, version 1: not sent by any producer; it tells consumers that a customer's tokens answer `erased` from now on."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.registry import EventName
from schemas.sanitized import Metadata

NAME = EventName("customer.erased", 1)


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)


class ErasureMetadata(Metadata):
    """Of the erasure: `event_id` is the erasure's, and `occurred_at` the moment it was asked for."""

    schema_version: Literal[1]


class ErasedCustomer(_Model):
    """Whom to forget: everything of theirs that had arrived until `occurred_at`."""

    customer_id: Annotated[str, Field(min_length=1, max_length=256)]


class Erasure(_Model):
    """What the event says."""

    customer: ErasedCustomer


class CustomerErased(_Model):
    """The event's `detail`."""

    metadata: ErasureMetadata
    data: Erasure
