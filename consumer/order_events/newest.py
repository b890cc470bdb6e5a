"""Decides which of two events about the same thing is newer, since events arrive in no particular order.

The event that occurred later is newer. If both occurred at the same moment, the one with the greater `ingest_id` is, so
that any order of arrival ends in the same state. A producer can write any time into `occurred_at`; an event counts as
at most five minutes younger than its arrival, or one of the year 9999 would stay the newest for good. The stack's own
orders table and the lake use the same rule.
"""

from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from order_events.envelope import AnyEvent

_E = TypeVar("_E", bound=AnyEvent)
_K = TypeVar("_K", bound=Hashable)

AHEAD = timedelta(minutes=5)  # how far a producer's clock may be ahead


def moment(event: AnyEvent) -> datetime:
    """Returns when an event occurred, but at most five minutes after it arrived.

    If the leak guard replaced that time by a token, the time of arrival is returned.
    """
    arrived = _time(event.metadata.ingested_at)
    try:
        return min(_time(event.metadata.occurred_at), arrived + AHEAD)
    except (OverflowError, ValueError):
        return arrived


def rank(event: AnyEvent) -> str:
    """Returns a text that is the greater, the newer the event is."""
    return f"{moment(event).isoformat(timespec='microseconds')}#{event.metadata.ingest_id}"


def newest(events: Iterable[_E], key: Callable[[_E], _K]) -> dict[_K, _E]:
    """Returns the newest event of each thing.

    Args:
        events: the events in any order, with duplicates.
        key: returns what an event is about, such as an order's id.
    """
    found: dict[_K, _E] = {}
    for event in events:
        thing = key(event)
        if thing not in found or rank(found[thing]) < rank(event):
            found[thing] = event
    return found


def if_newer(event: AnyEvent) -> dict[str, Any]:
    """Returns arguments for DynamoDB's `put_item` that store an event unless a newer one is stored.

    The item needs the attribute `rank` with `{"S": rank(event)}`. An older event fails the condition
    (`ConditionalCheckFailedException`) and may be acknowledged.
    """
    return {
        "ConditionExpression": "attribute_not_exists(#rank) OR #rank < :rank",
        "ExpressionAttributeNames": {"#rank": "rank"},
        "ExpressionAttributeValues": {":rank": {"S": rank(event)}},
    }


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.upper()).astimezone(UTC)
