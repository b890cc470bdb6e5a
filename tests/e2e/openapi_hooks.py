"""For schemathesis: what the description can't say."""

import uuid
from typing import Any

import schemathesis

_LONGEST = 128


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """A key of its own for each request that has a valid one, since a key stands for one request."""
    for name, value in list((case.headers or {}).items()):
        if name.lower() == "idempotency-key" and isinstance(value, str) and 0 < len(value) <= _LONGEST:
            case.headers[name] = str(uuid.uuid4())


@schemathesis.hook
def map_body(context: Any, body: Any) -> Any:
    """Writes whole numbers without a fraction: JSON Schema takes 1.0 for an integer, the events' models don't."""
    if isinstance(body, dict):
        return {name: map_body(context, value) for name, value in body.items()}
    if isinstance(body, list):
        return [map_body(context, value) for value in body]
    return int(body) if isinstance(body, float) and body.is_integer() else body
