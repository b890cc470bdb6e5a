"""Events of a lake as EventBridge hands them on."""

import json
from typing import Any
from uuid import uuid4

from schemas.sanitized import SOURCE

ORDERS = 400
Event = dict[str, Any]


def envelope(detail: Event, detail_type: str = "order.placed") -> bytes:
    """Returns an event as EventBridge hands it on; its id is another each time."""
    return json.dumps(
        {"version": "0", "id": str(uuid4()), "detail-type": detail_type, "source": SOURCE, "account": "1",
         "time": "2026-11-25T10:00:00Z", "region": "here", "resources": [], "detail": detail}
    ).encode()  # fmt: skip
