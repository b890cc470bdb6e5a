"""Defines `order.placed`, version 3. It adds guests: there may be no customer, or one without an id."""

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Envelope
from schemas.events import order_placed_v2 as v2
from schemas.kinds import Public, Subject

_MOST = 2**63 - 1
GuestId = Annotated[
    Annotated[str, Field(max_length=256)] | Annotated[int, Field(ge=0, le=_MOST)],
    Subject(),
]


class Customer(v2.Customer):
    """Describes the customer who ordered. A guest has no id, or one that stands for nobody, such as 0 or `guest`."""

    customer_id: GuestId | None = None  # type: ignore[assignment]


class Order(v2.Order):
    """Describes the order."""

    customer: Customer | None = None  # type: ignore[assignment]


class OrderPlaced(Envelope):
    """Describes the raw event."""

    event_type: Annotated[Literal["order.placed"], Public()]
    schema_version: Annotated[Literal[3], Public()]
    order: Order
