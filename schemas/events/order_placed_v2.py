"""Defines `order.placed`, version 2. It adds the customer's tax number, which customs ask for."""

from typing import Annotated, Literal

from schemas.base import Envelope
from schemas.events import order_placed_v1 as v1
from schemas.fields import Secret
from schemas.kinds import Public


class Customer(v1.Customer):
    """Describes the customer who ordered."""

    tax_id: Secret | None = None


class Order(v1.Order):
    """Describes the order."""

    customer: Customer


class OrderPlaced(Envelope):
    """Describes the raw event."""

    guests = v1.GUESTS

    event_type: Annotated[Literal["order.placed"], Public()]
    schema_version: Annotated[Literal[2], Public()]
    order: Order
