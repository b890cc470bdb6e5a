"""Implements Lambda's event source mapping for a Kinesis stream as AWS documents it, without AWS, threads or a clock.

Sources: Lambda developer guide, "Using AWS Lambda with Amazon Kinesis" (batching, bisecting, partial answers,
retry limits) and "Retaining discarded batches" (on-failure records); ../shared/reliability.md, section 1, has what
was checked. The emulator's own mapping has none of this, so `mapping_process` drives this one.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

PAYLOAD_BYTES = 6 * 1024 * 1024  # of one synchronous invocation
_RECORD_OVERHEAD = 600  # bytes that Lambda adds to a record's own data
_FIRST_WAIT = 0.2  # AWS does not say how long it waits between retries
_LONGEST_WAIT = 5.0
_DOUBLINGS = 10
_FOREVER = -1


@dataclass(frozen=True, slots=True)
class Settings:
    """Holds a deployed mapping's settings; ages and windows in seconds, -1 for no limit."""

    mapping_id: str
    stream_arn: str
    function_arn: str
    batch_size: int = 100
    window: float = 0.0
    parallelization: int = 1
    bisect: bool = False
    retries: int = _FOREVER
    record_age: float = _FOREVER
    partial_answers: bool = False
    destination_arn: str | None = None

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> "Settings":
        """Returns the settings in an answer of GetEventSourceMapping."""
        destination = (mapping.get("DestinationConfig") or {}).get("OnFailure") or {}
        return cls(
            mapping_id=mapping["UUID"],
            stream_arn=mapping["EventSourceArn"],
            function_arn=mapping["FunctionArn"],
            batch_size=int(mapping.get("BatchSize") or 100),
            window=float(mapping.get("MaximumBatchingWindowInSeconds") or 0),
            parallelization=int(mapping.get("ParallelizationFactor") or 1),
            bisect=bool(mapping.get("BisectBatchOnFunctionError")),
            retries=int(mapping.get("MaximumRetryAttempts", _FOREVER)),
            record_age=float(mapping.get("MaximumRecordAgeInSeconds", _FOREVER)),
            partial_answers="ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or []),
            destination_arn=destination.get("Destination"),
        )


@dataclass(frozen=True, slots=True)
class Record:
    """Holds a record of the stream; `data` is base64, `arrived` in seconds since 1970."""

    sequence: str
    arrived: float
    partition_key: str
    data: str = field(repr=False)

    @property
    def payload_bytes(self) -> int:
        """Returns the number of bytes that the record adds to an invocation."""
        return len(self.data) + len(self.partition_key) + _RECORD_OVERHEAD


@dataclass(frozen=True, slots=True)
class Segment:
    """Holds records that are delivered together.

    Args:
        retries: how many of the allowed retries are used up.
        invocations: how often the function had these records.
    """

    records: tuple[Record, ...]
    retries: int = 0
    invocations: int = 0


@dataclass(frozen=True, slots=True)
class Success:
    """Says that all records are done."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Says that no record is done; `function_error` is Lambda's word for it, None for a bad answer."""

    function_error: str | None = None


@dataclass(frozen=True, slots=True)
class Partial:
    """Says that the records before a sequence number are done."""

    sequence: str


@dataclass(frozen=True, slots=True)
class NotInvoked:
    """Says that the function was throttled or Lambda failed: nothing ran, and no retry is used up."""


Answer = Success | Failure | Partial | NotInvoked


@dataclass(frozen=True, slots=True)
class Invoke:
    """Asks to deliver these records now."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Says that these records are no longer delivered; `condition` is Lambda's word for why."""

    segment: Segment
    condition: str
    answer: Failure | Partial | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Says that there is nothing to do until then, in seconds since 1970."""

    until: float


Action = Invoke | GiveUp | Wait | None


def interpret(
    settings: Settings, payload: Any, function_error: str | None, records: Sequence[Record]
) -> Answer:
    """Returns the meaning of a function's answer.

    Args:
        settings: partial answers count only where the mapping asks for them.
        payload: the parsed answer; an exception object for one that is no JSON.
        function_error: Lambda's `FunctionError`.
        records: what was delivered.
    """
    if function_error is not None:
        return Failure(function_error)
    if not settings.partial_answers or payload is None or payload == "":
        return Success()
    if not isinstance(payload, dict):
        return Failure()
    items = payload.get("batchItemFailures")
    if not items:
        return Success()
    known = {record.sequence for record in records}
    if not isinstance(items, list) or not all(
        isinstance(item, dict) and item.get("itemIdentifier") in known for item in items
    ):
        return Failure()
    return Partial(min((item["itemIdentifier"] for item in items), key=int))


class Lane:
    """Delivers the batches of one shard in order; a shard has as many lanes as its parallelization."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._waiting: deque[Record] = deque()
        self._segments: deque[Segment] = deque()
        self._given_up: deque[GiveUp] = deque()
        self._not_before = 0.0

    @property
    def drained(self) -> bool:
        """Returns True if nothing is left to deliver."""
        return not (self._waiting or self._segments or self._given_up)

    def offer(self, record: Record) -> None:
        """Takes the next record of the shard."""
        self._waiting.append(record)

    def next(self, now: float) -> Action:
        """Returns what to do now; after `Invoke` the lane waits for `answered`."""
        if self._given_up:
            return self._given_up.popleft()
        if not self._segments and not self._form_batch(now):
            return Wait(self._waiting[0].arrived + self._settings.window) if self._waiting else None
        if now < self._not_before:
            return Wait(self._not_before)
        segment = self._segments[0]
        expired = tuple(takewhile(lambda record: self._expired(record, now), segment.records))
        if expired:
            self._segments.popleft()
            rest = segment.records[len(expired) :]
            if rest:
                self._segments.appendleft(Segment(rest, segment.retries, segment.invocations))
            return GiveUp(Segment(expired, segment.retries, segment.invocations), "RecordAgeExceeded", None)
        return Invoke(segment)

    def answered(self, answer: Answer, now: float) -> None:
        """Takes the answer to the last `Invoke`."""
        if isinstance(answer, NotInvoked):
            self._not_before = now + _FIRST_WAIT
            return
        segment = self._segments.popleft()
        self._not_before = 0.0
        if isinstance(answer, Success):
            return
        invocations = segment.invocations + 1
        records = segment.records
        if isinstance(answer, Partial):
            start = next(at for at, record in enumerate(records) if record.sequence == answer.sequence)
            if start and self._settings.bisect:
                # Bisecting splits at the reported record, and a split uses up no retry.
                self._segments.appendleft(Segment(records[start:], segment.retries, invocations))
                return
            records = records[start:]
        elif self._settings.bisect and len(records) > 1:
            half = len(records) // 2
            self._segments.appendleft(Segment(records[half:], segment.retries, invocations))
            self._segments.appendleft(Segment(records[:half], segment.retries, invocations))
            return
        if segment.retries == self._settings.retries:
            self._given_up.append(
                GiveUp(Segment(records, segment.retries, invocations), "RetryAttemptsExhausted", answer)
            )
            return
        self._segments.appendleft(Segment(records, segment.retries + 1, invocations))
        self._not_before = now + min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(segment.retries, _DOUBLINGS))

    def _form_batch(self, now: float) -> bool:
        """Forms the next batch from the waiting records, once it is full or its window is over."""
        batch: list[Record] = []
        size = 0
        for record in self._waiting:
            if len(batch) == self._settings.batch_size or (
                batch and size + record.payload_bytes > PAYLOAD_BYTES
            ):
                break
            batch.append(record)
            size += record.payload_bytes
        if not batch:
            return False
        full = len(batch) == self._settings.batch_size or len(batch) < len(self._waiting)
        if not full and now < batch[0].arrived + self._settings.window:
            return False
        for _ in batch:
            self._waiting.popleft()
        self._segments.append(Segment(tuple(batch)))
        return True

    def _expired(self, record: Record, now: float) -> bool:
        return self._settings.record_age != _FOREVER and now - record.arrived > self._settings.record_age


def lambda_event(
    settings: Settings, shard_id: str, records: Sequence[Record], role_arn: str
) -> dict[str, Any]:
    """Returns the event that the function gets."""
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": record.partition_key,
                    "sequenceNumber": record.sequence,
                    "data": record.data,
                    "approximateArrivalTimestamp": record.arrived,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"{shard_id}:{record.sequence}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": role_arn,
                "awsRegion": settings.stream_arn.split(":")[3],
                "eventSourceARN": settings.stream_arn,
            }
            for record in records
        ]
    }


def failure_record(
    settings: Settings, shard_id: str, given_up: GiveUp, request_id: str, now: float
) -> dict[str, Any]:
    """Returns what Lambda sends to the on-failure destination: positions, and no byte of a record."""
    records = given_up.segment.records
    document: dict[str, Any] = {
        "requestContext": {
            "requestId": request_id,
            "functionArn": settings.function_arn,
            "condition": given_up.condition,
            "approximateInvokeCount": given_up.segment.invocations,
        },
        "version": "1.0",
        "timestamp": _iso(now),
        "KinesisBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": records[0].sequence,
            "endSequenceNumber": records[-1].sequence,
            "approximateArrivalOfFirstRecord": _iso(records[0].arrived),
            "approximateArrivalOfLastRecord": _iso(records[-1].arrived),
            "batchSize": len(records),
            "streamArn": settings.stream_arn,
        },
    }
    if given_up.answer is not None:
        error = given_up.answer.function_error if isinstance(given_up.answer, Failure) else None
        document["responseContext"] = {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": error,
        }
    return document


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
