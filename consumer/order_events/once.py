"""Handles each event once, although it is delivered at least once. It drops duplicates by `ingest_id`.

It claims an event before the work and completes the claim after it. If a handler dies in between, its claim ends by
itself, and the event is handled again when it is delivered again. So work may be done twice if the handler died after
the work and before the completion. It is never left out.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from enum import Enum, auto
from threading import Lock
from typing import Any, Protocol, TypeVar

from order_events.deliveries import from_lambda
from order_events.envelope import AnyEvent
from order_events.errors import InProgress

_E = TypeVar("_E", bound=AnyEvent)


class Claim(Enum):
    """Names the possible results of a claim."""

    FRESH = auto()
    DUPLICATE = auto()
    IN_PROGRESS = auto()


class Seen(Protocol):
    """Remembers which events have been handled."""

    def claim(self, ingest_id: str) -> Claim:
        """Claims an event if nobody has handled it or is working on it."""

    def complete(self, ingest_id: str) -> None:
        """Remembers a claimed event as handled.

        Raises:
            LeaseLost: the claim ended before.
        """

    def release(self, ingest_id: str) -> None:
        """Gives a claim back, so that the next delivery is handled at once."""


def handle_once(seen: Seen, event: _E, handle: Callable[[_E], object]) -> bool:
    """Handles an event unless that has been done.

    Returns:
        True if it was handled now; False for a duplicate, which may be acknowledged.

    Raises:
        InProgress: another handler works on it. Don't acknowledge it.
        LeaseLost: it was handled, but took so long that another handler may have begun.
        Exception: whatever the handler raised. The event can be handled again.
    """
    ingest_id = event.metadata.ingest_id
    claim = seen.claim(ingest_id)
    if claim is Claim.IN_PROGRESS:
        raise InProgress("another handler works on this event")
    if claim is Claim.DUPLICATE:
        return False
    try:
        handle(event)
    except BaseException:
        seen.release(ingest_id)
        raise
    seen.complete(ingest_id)
    return True


def handle_batch(
    batch: Mapping[str, Any],
    seen: Seen,
    handle: Callable[[AnyEvent], object],
    failed: Callable[[str | None, Exception], object] = lambda _id, _error: None,
) -> dict[str, list[dict[str, str | None]]]:
    """Handles the events of a Lambda invocation, each one once, and returns the messages to deliver again.

    The event source mapping needs `ReportBatchItemFailures`. The queue behind it needs a redrive policy, for events
    that no delivery can handle and for bodies that can't be read.

    Args:
        batch: the Lambda event of SQS or Kinesis.
        seen: remembers which events have been handled.
        handle: does the work for one event.
        failed: is called for each failure, with the id of its item.
    """
    failures: list[dict[str, str | None]] = []
    for delivery in from_lambda(batch):
        try:
            handle_once(seen, delivery.event(), handle)
        except Exception as error:  # noqa: BLE001 -- one bad event must not stop the others
            failed(delivery.item_id, error)
            failures.append({"itemIdentifier": delivery.item_id})
    return {"batchItemFailures": failures}


class MemorySeen:
    """Drops duplicates within one process. Its memory is limited, and gone with the process.

    Args:
        max_ids: the number of handled events to remember, the latest ones; about 150 bytes each.
    """

    def __init__(self, max_ids: int = 100_000) -> None:
        self._max_ids = max_ids
        self._handled: OrderedDict[str, None] = OrderedDict()
        self._claimed: set[str] = set()
        self._lock = Lock()

    def claim(self, ingest_id: str) -> Claim:
        """Claims an event if no thread has handled it or is working on it."""
        with self._lock:
            if ingest_id in self._claimed:
                return Claim.IN_PROGRESS
            if ingest_id in self._handled:
                self._handled.move_to_end(ingest_id)
                return Claim.DUPLICATE
            self._claimed.add(ingest_id)
            return Claim.FRESH

    def complete(self, ingest_id: str) -> None:
        """Remembers a claimed event as handled, and forgets the oldest beyond the bound."""
        with self._lock:
            self._claimed.discard(ingest_id)
            self._handled[ingest_id] = None
            while len(self._handled) > self._max_ids:
                self._handled.popitem(last=False)

    def release(self, ingest_id: str) -> None:
        """Gives a claim back."""
        with self._lock:
            self._claimed.discard(ingest_id)
