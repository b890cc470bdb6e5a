"""Lists every event type and version that this kit knows. Written by `make schemas` from the models in `schemas/`."""

from collections.abc import Mapping
from typing import TypeAlias

from order_events.events.customer_erased_v1 import CustomerErasedV1
from order_events.events.customer_updated_v1 import CustomerUpdatedV1
from order_events.events.order_erased_v1 import OrderErasedV1
from order_events.events.order_placed_v1 import OrderPlacedV1
from order_events.events.order_placed_v2 import OrderPlacedV2
from order_events.events.order_placed_v3 import OrderPlacedV3
from order_events.events.order_refunded_v1 import OrderRefundedV1
from order_events.events.order_refused_v1 import OrderRefusedV1

KnownEvent: TypeAlias = (
    CustomerErasedV1
    | CustomerUpdatedV1
    | OrderErasedV1
    | OrderPlacedV1
    | OrderPlacedV2
    | OrderPlacedV3
    | OrderRefundedV1
    | OrderRefusedV1
)
EVENTS: Mapping[tuple[str, int], type[KnownEvent]] = {
    ("customer.erased", 1): CustomerErasedV1,
    ("customer.updated", 1): CustomerUpdatedV1,
    ("order.erased", 1): OrderErasedV1,
    ("order.placed", 1): OrderPlacedV1,
    ("order.placed", 2): OrderPlacedV2,
    ("order.placed", 3): OrderPlacedV3,
    ("order.refunded", 1): OrderRefundedV1,
    ("order.refused", 1): OrderRefusedV1,
}

__all__ = [
    "EVENTS",
    "CustomerErasedV1",
    "CustomerUpdatedV1",
    "KnownEvent",
    "OrderErasedV1",
    "OrderPlacedV1",
    "OrderPlacedV2",
    "OrderPlacedV3",
    "OrderRefundedV1",
    "OrderRefusedV1",
]
