"""Publishes sanitized events to EventBridge, in calls within its limits on count and bytes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from schemas.dead_letter import ErrorCode
from schemas.sanitized import SOURCE
from tokenizer.aws.platform import traces
from tokenizer.aws.platform.batches import in_lanes, prepare, resend
from tokenizer.aws.platform.error_mapping import by_code
from tokenizer.aws.platform.workers import InTurn, Workers
from tokenizer.errors import BadRecord, PipelineError, Rejected
from tokenizer.records import SanitizedRecord
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef as Entry

ENTRIES = 10  # PutEvents takes at most 10 entries a call


class EventBridgeBus:
    """Implements the port `Bus`."""

    def __init__(
        self, events: "EventBridgeClient", bus_name: str, max_bytes: int, workers: Workers | None = None
    ) -> None:
        """Sets the bus up.

        Args:
            events: an EventBridge client.
            bus_name: the name or ARN of the bus.
            max_bytes: the most bytes of one entry, and of all entries of one call together.
            workers: make the calls of a batch; without them, one after the other.
        """
        self._events = events
        self._bus_name = bus_name
        self._max_bytes = max_bytes
        self._workers = workers or InTurn()

    def oversize(self, event_type: str, detail_bytes: int) -> str | None:
        """Returns why an event of a size is too large to publish, or None."""
        size = _entry_bytes(event_type, detail_bytes)
        return (
            f"the sanitized event has {size} bytes, the bus takes {self._max_bytes}"
            if size > self._max_bytes
            else None
        )

    def publish(self, events: Sequence[SanitizedRecord], budget: Budget) -> list[PipelineError | None]:
        """Publishes events, some calls side by side. Only the entries that were not accepted are sent again.

        Events with an equal partition key go in one call, or in calls one after the other.

        Returns:
            None for each event that was accepted, or its error; `BadRecord` if it never will be accepted.
        """
        entries, failures = prepare(dict(enumerate(events)), self._entry, "publishing")
        sizes = {at: entry_bytes(events[at]) for at in entries}
        keys = {at: events[at].partition_key for at in entries}

        def publish_lane(lane: Sequence[Sequence[int]]) -> dict[int, PipelineError]:
            refused: dict[int, PipelineError] = {}
            for call in lane:
                refused |= resend(call, lambda some: self._put(some, entries), budget, "publishing")
            return refused

        for refused in self._workers.each(publish_lane, in_lanes(sizes, keys, ENTRIES, self._max_bytes)):
            failures |= refused
        return [failures.get(at) for at in range(len(events))]

    def _put(self, keys: Sequence[int], entries: Mapping[int, "Entry"]) -> Mapping[int, PipelineError]:
        answer = self._events.put_events(Entries=[entries[index] for index in keys])
        results = zip(keys, answer["Entries"], strict=True)
        return {index: _entry_error(code) for index, entry in results if (code := entry.get("ErrorCode"))}

    def _entry(self, event: SanitizedRecord) -> "Entry":
        entry: Entry = {
            "Source": SOURCE,
            "DetailType": event.event_type,
            "Detail": event.detail.decode(),
            "EventBusName": self._bus_name,
        }
        if trace := traces.header():
            entry["TraceHeader"] = trace  # not in `detail`, whose bytes are the same in every trace
        return entry


def entry_bytes(event: SanitizedRecord) -> int:
    """Returns the size by which EventBridge measures an entry without time and resources. A trace header doesn't count.

    Source: EventBridge user guide, "Calculating PutEvents event entry size" and "integration with AWS X-Ray".
    """
    return _entry_bytes(event.event_type, len(event.detail))


def _entry_bytes(event_type: str, detail_bytes: int) -> int:
    return len(SOURCE) + len(event_type.encode()) + detail_bytes


def _entry_error(code: str) -> PipelineError:
    error = by_code(code, "publishing")
    if isinstance(error, Rejected):
        return BadRecord(ErrorCode.INVALID_FIELD, f"the bus refused the sanitized event: {code}")
    return error
