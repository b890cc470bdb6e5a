"""A second model of Lambda's two mappings, written from AWS's pages alone.

Sources: the Lambda developer guide, "Using Lambda with Kinesis" and "with SQS": partial batch responses, bisecting,
retries until a record's age, visibility timeout, redrive. It shares nothing with the project's own mapping.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.support.faults.aws import Clock
from tests.support.faults.lambda_service import QUEUE, SHARD, STREAM

Invoke = Callable[[dict[str, Any]], tuple[Any, str | None]]

BATCH = 10
RECORD_AGE = 86_400
VISIBILITY = 361


@dataclass
class Shard:
    """One shard with a mapping that bisects, and retries until a record is too old."""

    invoke: Invoke
    clock: Clock
    records: list[tuple[int, float, bytes]] = field(default_factory=list)
    discarded: list[int] = field(default_factory=list)
    _pieces: list[list[tuple[int, float, bytes]]] = field(default_factory=list)

    def put(self, data: bytes, arrived: float) -> str:
        number = 7_000 + len(self.records)
        self.records.append((number, arrived, data))
        if not self._pieces or len(self._pieces[-1]) == BATCH:
            self._pieces.append([])
        self._pieces[-1].append(self.records[-1])
        return str(number)

    @property
    def drained(self) -> bool:
        return not self._pieces

    def step(self) -> None:
        """Delivers the first piece. A shard is read in order, so nothing behind it is delivered before."""
        piece = self._pieces[0]
        if self.clock.now - piece[0][1] > RECORD_AGE:
            self.discarded.append(piece.pop(0)[0])
            self._pieces = [each for each in self._pieces if each]
            return
        answer, error = self.invoke({"Records": [self._entry(*each) for each in piece]})
        self.clock.advance(20.0)
        if error is not None:
            half = len(piece) // 2
            self._pieces[:1] = [each for each in (piece[:half], piece[half:]) if each]
            return
        failed = [int(each["itemIdentifier"]) for each in (answer or {}).get("batchItemFailures", [])]
        if set(failed) - {each[0] for each in piece}:
            return  # an identifier that was not delivered: the whole batch has failed
        # The lowest number that failed is the checkpoint; everything from it on comes again, what succeeded too.
        rest = [each for each in piece if failed and each[0] >= min(failed)]
        self._pieces[:1] = [rest] if rest else []

    @staticmethod
    def _entry(number: int, arrived: float, data: bytes) -> dict[str, Any]:
        return {
            "eventSource": "aws:kinesis",
            "eventSourceARN": STREAM,
            "eventID": f"{SHARD}:{number}",
            "kinesis": {
                "partitionKey": "k",
                "sequenceNumber": str(number),
                "approximateArrivalTimestamp": arrived,
                "data": base64.b64encode(data).decode(),
            },
        }


@dataclass
class Message:
    """A message with the moment from which it can be received, and how often it was."""

    body: str
    sent: float
    visible: float = 0.0
    receives: int = 0


@dataclass
class StandardQueue:
    """A standard queue with a mapping that takes partial answers. SQS keeps no order."""

    invoke: Invoke
    clock: Clock
    most_receives: int
    random: Random
    messages: dict[str, Message] = field(default_factory=dict)
    redriven: list[str] = field(default_factory=list)

    def put(self, data: bytes) -> str:
        name = f"message-{len(self.messages)}"
        self.messages[name] = Message(data.decode(), self.clock.now)
        return name

    @property
    def drained(self) -> bool:
        return not self.messages

    def step(self) -> None:
        """Receives what is visible, in any order; deletes what the function does not report as failed."""
        ready = [name for name, each in self.messages.items() if each.visible <= self.clock.now]
        if not ready:
            self.clock.now = min(each.visible for each in self.messages.values())
            return
        batch = self.random.sample(ready, min(len(ready), BATCH))
        for name in list(batch):
            message = self.messages[name]
            message.receives += 1
            message.visible = self.clock.now + VISIBILITY
            if message.receives > self.most_receives:
                self.redriven.append(name)
                del self.messages[name]
                batch.remove(name)
        if not batch:
            return
        answer, error = self.invoke({"Records": [self._entry(name) for name in batch]})
        self.clock.advance(1.0)
        if error is not None:
            return
        failed = {each["itemIdentifier"] for each in (answer or {}).get("batchItemFailures", [])}
        if failed - set(batch):
            return
        for name in set(batch) - failed:
            del self.messages[name]

    def _entry(self, name: str) -> dict[str, Any]:
        message = self.messages[name]
        return {
            "messageId": name,
            "receiptHandle": "h",
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.receives),
                "SentTimestamp": str(int(message.sent * 1000)),
            },
            "eventSource": "aws:sqs",
            "eventSourceARN": QUEUE,
            "awsRegion": "us-east-1",
        }
