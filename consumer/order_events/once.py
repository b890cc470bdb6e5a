"""Handling each event once, though it comes at least once: duplicates are dropped by `ingest_id`.

A claim before the work, a completion after it. Who dies in between leaves a claim that runs out, and the event, delivered
again, is handled again. So work that was done twice is possible where the death came after it and before the completion;
work that was never done is not.
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
            LeaseLost: the claim ran out before.
        """

    def release(self, ingest_id: str) -> None:
        """Gives a claim back, so that the next delivery is handled at once."""


def handle_once(seen: Seen, event: _E, handle: Callable[[_E], object]) -> bool:
    """Handles an event unless that has been done.

    Returns:
        Whether it was handled now; False for a duplicate, which may be acknowledged.

    Raises:
        InProgress: somebody else works on it; don't acknowledge it.
        LeaseLost: it was handled, but too slowly to be sure that nobody else has begun.
        Exception: whatever the handler raised; the event is free to be handled again.
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

    The event source mapping needs `ReportBatchItemFailures`; the queue behind it a redrive policy, which takes what no
    delivery gets handled, unreadable bodies too.

    Args:
        batch: the invocation's event, of SQS or Kinesis.
        seen: which events have been handled.
        handle: the work on one event.
        failed: told of each failure, with the id of its item.
    """
    failures: list[dict[str, str | None]] = []
    for delivery in from_lambda(batch):
        try:
            handle_once(seen, delivery.event(), handle)
        except Exception as error:  # noqa: BLE001 -- one bad event must not take its neighbours along
            failed(delivery.item_id, error)
            failures.append({"itemIdentifier": delivery.item_id})
    return {"batchItemFailures": failures}


class MemorySeen:
    """Duplicates within one process; what it remembers is bounded and gone with the process.

    Args:
        max_ids: how many handled events are remembered, the latest; about 150 bytes each.
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
