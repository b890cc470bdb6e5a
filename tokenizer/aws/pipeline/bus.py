"""The bus: sanitized events to EventBridge, in calls within its limits on count and bytes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from schemas.dead_letter import ErrorCode
from schemas.sanitized import SOURCE
from tokenizer.aws.platform import traces
from tokenizer.aws.platform.batches import packed, resend
from tokenizer.aws.platform.error_mapping import by_code
from tokenizer.errors import BadRecord, PipelineError
from tokenizer.records import SanitizedRecord
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_events import EventBridgeClient
    from types_boto3_events.type_defs import PutEventsRequestEntryTypeDef

ENTRIES = 10  # PutEvents: at most 10 entries a call

# What PutEvents says of an entry that it will never take, in its answer entry by entry.
_HOPELESS = frozenset({"InvalidArgument", "MalformedDetail", "InvalidSourceException", "InvalidDetailType"})


class EventBridgeBus:
    """Implements the port `Bus`."""

    def __init__(self, events: "EventBridgeClient", bus_name: str, max_bytes: int) -> None:
        """A bus.

        Args:
            events: a client.
            bus_name: name or ARN.
            max_bytes: for one entry, and for all entries of a call together.
        """
        self._events = events
        self._bus_name = bus_name
        self._max_bytes = max_bytes

    def oversize(self, event: SanitizedRecord) -> str | None:
        """Why an event is too large to publish, None if it is not."""
        size = entry_bytes(event)
        return (
            f"the sanitized event has {size} bytes, the bus takes {self._max_bytes}"
            if size > self._max_bytes
            else None
        )

    def publish(self, events: Sequence[SanitizedRecord], budget: Budget) -> list[PipelineError | None]:
        """Put events; only the entries that were not taken are sent again.

        Returns:
            For each event None or why it was not taken; `BadRecord` for one that never will be.
        """
        failures: dict[int, PipelineError] = {}
        sizes = {at: entry_bytes(event) for at, event in enumerate(events)}
        for chunk in packed(sizes, ENTRIES, self._max_bytes):
            failures |= resend(chunk, lambda keys: self._put(keys, events), budget, "publishing")
        return [failures.get(at) for at in range(len(events))]

    def _put(self, keys: Sequence[int], events: Sequence[SanitizedRecord]) -> Mapping[int, PipelineError]:
        answer = self._events.put_events(Entries=[self._entry(events[at]) for at in keys])
        results = zip(keys, answer["Entries"], strict=True)
        return {at: _entry_error(code) for at, entry in results if (code := entry.get("ErrorCode"))}

    def _entry(self, event: SanitizedRecord) -> "PutEventsRequestEntryTypeDef":
        entry: PutEventsRequestEntryTypeDef = {
            "Source": SOURCE,
            "DetailType": event.event_type,
            "Detail": event.detail.decode(),
            "EventBusName": self._bus_name,
        }
        if trace := traces.header():
            entry["TraceHeader"] = trace  # beside the event: `detail` is the same in every trace
        return entry


def entry_bytes(event: SanitizedRecord) -> int:
    """What EventBridge counts for an entry without time and resources; a trace header does not count.

    Source: EventBridge user guide, "Calculating PutEvents event entry size" and "integration with AWS X-Ray".
    """
    return len(SOURCE) + len(event.event_type.encode()) + len(event.detail)


def _entry_error(code: str) -> PipelineError:
    if code in _HOPELESS:
        return BadRecord(ErrorCode.INVALID_FIELD, f"the bus refused the sanitized event: {code}")
    return by_code(code, "publishing")
