"""Publishes sanitized events to EventBridge, in calls within its limits on count and bytes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from schemas.dead_letter import ErrorCode
from schemas.sanitized import SOURCE
from tokenizer.aws.platform import traces
from tokenizer.aws.platform.batches import in_calls, resend
from tokenizer.aws.platform.error_mapping import by_code
from tokenizer.errors import BadRecord, PipelineError, Rejected
from tokenizer.records import SanitizedRecord
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef

ENTRIES = 10  # PutEvents takes at most 10 entries a call


class EventBridgeBus:
    """Implements the port `Bus`."""

    def __init__(self, events: "EventBridgeClient", bus_name: str, max_bytes: int) -> None:
        """Sets the bus up.

        Args:
            events: an EventBridge client.
            bus_name: the name or ARN of the bus.
            max_bytes: the most bytes of one entry, and of all entries of one call together.
        """
        self._events = events
        self._bus_name = bus_name
        self._max_bytes = max_bytes

    def oversize(self, event: SanitizedRecord) -> str | None:
        """Returns why an event is too large to publish, or None."""
        size = entry_bytes(event)
        return (
            f"the sanitized event has {size} bytes, the bus takes {self._max_bytes}"
            if size > self._max_bytes
            else None
        )

    def publish(self, events: Sequence[SanitizedRecord], budget: Budget) -> list[PipelineError | None]:
        """Publishes events. Only the entries that were not accepted are sent again.

        Returns:
            None for each event that was accepted, or its error; `BadRecord` if it never will be accepted.
        """
        failures: dict[int, PipelineError] = {}
        sizes = {index: entry_bytes(event) for index, event in enumerate(events)}
        for chunk in in_calls(sizes, ENTRIES, self._max_bytes):
            failures |= resend(chunk, lambda keys: self._put(keys, events), budget, "publishing")
        return [failures.get(index) for index in range(len(events))]

    def _put(self, keys: Sequence[int], events: Sequence[SanitizedRecord]) -> Mapping[int, PipelineError]:
        answer = self._events.put_events(Entries=[self._entry(events[index]) for index in keys])
        results = zip(keys, answer["Entries"], strict=True)
        return {index: _entry_error(code) for index, entry in results if (code := entry.get("ErrorCode"))}

    def _entry(self, event: SanitizedRecord) -> "PutEventsRequestEntryTypeDef":
        entry: PutEventsRequestEntryTypeDef = {
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
    return len(SOURCE) + len(event.event_type.encode()) + len(event.detail)


def _entry_error(code: str) -> PipelineError:
    error = by_code(code, "publishing")
    if isinstance(error, Rejected):
        return BadRecord(ErrorCode.INVALID_FIELD, f"the bus refused the sanitized event: {code}")
    return error
