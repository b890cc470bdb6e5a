"""Parses the envelope that EventBridge puts around an event, as queues, functions and files hold it."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias, get_type_hints

from order_events.decode import decode
from order_events.errors import Unreadable
from order_events.event import OtherEvent
from order_events.events import EVENTS, KnownEvent
from order_events.metadata import Metadata

SOURCE = "orders.tokenizer"

AnyEvent: TypeAlias = KnownEvent | OtherEvent

# Numbers with a fraction keep all their digits.
DECODER = json.JSONDecoder(parse_float=Decimal)


def parse(envelope: str | bytes | Mapping[str, Any]) -> AnyEvent:
    """Returns the event in an EventBridge envelope.

    Args:
        envelope: JSON text or parsed JSON. Only `detail-type` and `detail` are needed, so an input transformer may drop
            the rest. If there is a `source`, it must be the tokenizer's.

    Returns:
        The typed event, or an `OtherEvent` if this kit doesn't know its type or version.

    Raises:
        Unreadable: the envelope holds no sanitized event. The same body will fail every time.
    """
    read = envelope if isinstance(envelope, Mapping) else _object(envelope)
    if read.get("source", SOURCE) != SOURCE:
        raise Unreadable("/source", "is not the tokenizer")
    event_type = read.get("detail-type")
    if not isinstance(event_type, str):
        raise Unreadable("/detail-type", "a string is needed")
    return parse_detail(event_type, read.get("detail"))


def parse_detail(event_type: str, detail: Any) -> AnyEvent:
    """Returns the event in a `detail` alone, whose type has to come from elsewhere: it stands in the envelope only.

    Raises:
        Unreadable: the `detail` is no sanitized event.
    """
    if not isinstance(detail, Mapping):
        raise Unreadable("/detail", "an object is needed")
    metadata = decode(Metadata, detail.get("metadata"), "/detail/metadata")
    data = detail.get("data")
    kind = EVENTS.get((event_type, metadata.schema_version))
    if kind is not None:
        # mypy can't see that the data's type goes with the event's: the generated modules say both in one place
        return kind(metadata=metadata, data=decode(_data_type(kind), data, "/detail/data"))  # type: ignore[arg-type]
    if not isinstance(data, Mapping):
        raise Unreadable("/detail/data", "an object is needed")
    return OtherEvent(event_type=event_type, metadata=metadata, data=data)


@cache
def _data_type(kind: type[KnownEvent]) -> Any:
    """Returns the model of an event type's data."""
    return get_type_hints(kind)["data"]


def _object(text: str | bytes) -> Mapping[str, Any]:
    try:
        value = DECODER.decode(text if isinstance(text, str) else text.decode())
    except (ValueError, RecursionError):
        raise Unreadable("", "is not JSON") from None
    if not isinstance(value, dict):
        raise Unreadable("", "an object is needed")
    return value
