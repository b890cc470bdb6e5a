"""Defines `order.placed`, version 3. It adds guests: there may be no customer, or one without an id."""

from typing import Annotated, Any, Literal

from pydantic import PlainValidator, WithJsonSchema

from schemas.base import Envelope
from schemas.events import order_placed_v2 as v2
from schemas.kinds import Public, Subject

_LONGEST = 256
_MOST = 2**63 - 1


def _id(value: Any) -> Any:
    number = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST
    if number or (isinstance(value, str) and len(value) <= _LONGEST):
        return value
    raise ValueError(f"a text of at most {_LONGEST} characters or an integer is required")


GuestId = Annotated[
    str | int,
    PlainValidator(_id),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": _LONGEST},
                {"type": "integer", "minimum": 0, "maximum": _MOST},
            ]
        }
    ),
    Subject(),
]


class Customer(v2.Customer):
    """Describes the customer who ordered. A guest has no id, or one that stands for nobody, such as 0 or `guest`."""

    customer_id: GuestId | None = None  # type: ignore[assignment]  # wider than version 2's


class Order(v2.Order):
    """Describes the order."""

    customer: Customer | None = None  # type: ignore[assignment]  # wider than version 2's


class OrderPlaced(Envelope):
    """Describes the raw event."""

    event_type: Annotated[Literal["order.placed"], Public()]
    schema_version: Annotated[Literal[3], Public()]
    order: Order
