"""Runs a producer that puts on both sources, and a consumer that receives meanwhile. Both note the time."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from typing import Any

from local.emulator.stack import Stack

_PUTS, _MESSAGES = 100, 10  # entries of a call


@dataclass
class Times:
    """Records when each order reached each step, in seconds since 1970, by event id."""

    put: dict[str, float] = field(default_factory=dict)
    ingested: dict[str, float] = field(default_factory=dict)
    delivered: dict[str, float] = field(default_factory=dict)
    received: dict[str, float] = field(default_factory=dict)


class Consumer(Thread):
    """Receives from a queue that a rule on the bus feeds, until it is asked to stop."""

    def __init__(self, stack: Stack, times: Times) -> None:
        super().__init__(daemon=True)
        self._times = times
        self._sqs = stack.client("sqs")
        self._url = self._sqs.create_queue(QueueName="bench-consumer")["QueueUrl"]
        asked = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        events, bus = stack.client("events"), stack.outputs["SanitizedBusName"]
        events.put_rule(Name="bench", EventBusName=bus, EventPattern='{"source": ["orders.tokenizer"]}')
        targets = [{"Id": "queue", "Arn": asked["Attributes"]["QueueArn"]}]
        events.put_targets(Rule="bench", EventBusName=bus, Targets=targets)
        self.stop = Event()

    def run(self) -> None:
        """Receives until it is stopped."""
        while not self.stop.is_set():
            found = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=1,
                AttributeNames=["SentTimestamp"],
            ).get("Messages", [])
            now = time.time()
            for message in found:
                self._note(message, now)
            if found:
                entries = [{"Id": str(at), "ReceiptHandle": m["ReceiptHandle"]} for at, m in enumerate(found)]
                self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)

    def _note(self, message: dict[str, Any], now: float) -> None:
        metadata = json.loads(message["Body"])["detail"]["metadata"]
        event_id = metadata["event_id"]
        self._times.received.setdefault(event_id, now)
        self._times.ingested.setdefault(event_id, datetime.fromisoformat(metadata["ingested_at"]).timestamp())
        self._times.delivered.setdefault(event_id, int(message["Attributes"]["SentTimestamp"]) / 1000)


class Producer:
    """Puts every second order on the stream, the others on the queue."""

    def __init__(self, stack: Stack, times: Times) -> None:
        self._times = times
        credentials = stack.assume(stack.outputs["ProducerRoleArn"])
        self._kinesis, self._sqs = stack.client("kinesis", credentials), stack.client("sqs", credentials)
        self._stream, self._queue = stack.outputs["RawOrdersStreamName"], stack.outputs["RawOrdersQueueUrl"]

    def put(self, data: Sequence[bytes]) -> None:
        """Puts orders as fast as the sources take them."""
        stream, queue = data[::2], data[1::2]
        for start in range(0, len(stream), _PUTS):
            records = [
                {"Data": each, "PartitionKey": _event_id(each)} for each in stream[start : start + _PUTS]
            ]
            self._note(stream[start : start + _PUTS])
            self._kinesis.put_records(StreamName=self._stream, Records=records)
        for start in range(0, len(queue), _MESSAGES):
            chunk = queue[start : start + _MESSAGES]
            self._note(chunk)
            entries = [{"Id": str(at), "MessageBody": each.decode()} for at, each in enumerate(chunk)]
            self._sqs.send_message_batch(QueueUrl=self._queue, Entries=entries)

    def _note(self, data: Sequence[bytes]) -> None:
        now = time.time()
        self._times.put |= {_event_id(each): now for each in data}


def _event_id(data: bytes) -> str:
    return str(json.loads(data)["event_id"])
