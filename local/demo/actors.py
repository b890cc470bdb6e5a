"""Defines those who act in the demo beside the producer: a consumer of events, and an operator.

Each works with the credentials of its role, and so proves that the role's permissions are enough.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from local.demo.checks import Received
from local.emulator.deploy import STACK_NAME
from local.emulator.stack import Credentials, Stack
from schemas.refused import NAME as REFUSED
from schemas.sanitized import SOURCE

_QUIET_SECONDS = 20  # this long without anything new, and what is missing won't come
_BATCH = 10


@dataclass(frozen=True)
class Consumer:
    """Receives sanitized events on a queue of its own."""

    credentials: Credentials = field(repr=False)
    queue_url: str
    orders_table: str
    _sqs: Any = field(repr=False)
    _dynamodb: Any = field(repr=False)

    @classmethod
    def subscribe(cls, stack: Stack, name: str = "demo") -> "Consumer":
        """Makes a queue as the administrator, then puts a rule on the bus as the consumer's role."""
        sqs, rule = stack.client("sqs"), f"consumer-{name}"
        queue_url = sqs.create_queue(QueueName=f"{STACK_NAME}-{rule}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"][
            "QueueArn"
        ]
        sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(_let_events_in(arn))})
        credentials = stack.assume(stack.outputs["ConsumerRoleArn"])
        events, bus = stack.client("events", credentials), stack.outputs["SanitizedBusName"]
        wanted = {"source": [SOURCE], "detail-type": [{"anything-but": [REFUSED.event_type]}]}
        events.put_rule(Name=rule, EventBusName=bus, EventPattern=json.dumps(wanted))
        events.put_targets(Rule=rule, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
        return cls(
            credentials,
            queue_url,
            stack.outputs["OrdersTableName"],
            stack.client("sqs", credentials),
            stack.client("dynamodb", credentials),
        )

    def receive(self) -> list[Received]:
        """Takes the messages that have arrived; waits a second if there are none."""
        messages = _receive(self._sqs, self.queue_url)
        for start in range(0, len(messages), _BATCH):
            handles = [each["ReceiptHandle"] for each in messages[start : start + _BATCH]]
            entries = [{"Id": str(at), "ReceiptHandle": each} for at, each in enumerate(handles)]
            self._sqs.delete_message_batch(QueueUrl=self.queue_url, Entries=entries)
        return [Received.of(each["Body"]) for each in messages]

    def order(self, order_id: str) -> dict[str, str]:
        """Returns an order's item in the orders table, {} if there is none."""
        key = {"order_id": {"S": order_id}}
        item = self._dynamodb.get_item(TableName=self.orders_table, Key=key).get("Item", {})
        return {name: str(value) for name, attribute in item.items() for value in attribute.values()}


@dataclass(frozen=True)
class Operator:
    """Looks after dead letters: reads them and puts them back."""

    queue_url: str
    _sqs: Any = field(repr=False)
    _seen: dict[str, tuple[str, str]] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def of(cls, stack: Stack) -> "Operator":
        """Assumes the operator's role."""
        credentials = stack.assume(stack.outputs["ReplayOperatorRoleArn"])
        return cls(stack.outputs["DeadLetterQueueUrl"], stack.client("sqs", credentials))

    def receive(self) -> int:
        """Takes the letters that have arrived and holds them; returns how many they are."""
        letters = _receive(self._sqs, self.queue_url, VisibilityTimeout=300)
        self._seen.update({each["MessageId"]: (each["Body"], each["ReceiptHandle"]) for each in letters})
        return len(letters)

    @property
    def letters(self) -> list[str]:
        """Returns the bodies of all letters taken so far."""
        return [body for body, _ in self._seen.values()]

    def put_back(self) -> None:
        """Releases the letters, so that a replay finds them."""
        for _, handle in self._seen.values():
            self._sqs.change_message_visibility(
                QueueUrl=self.queue_url, ReceiptHandle=handle, VisibilityTimeout=0
            )


def run_replay(stack: Stack, *words: str) -> dict[str, Any]:
    """Types `replay run --apply` as an operator does, in a folder with the stack's description.

    Returns:
        What the command printed for programs; where it failed, the `hint` that it gave.
    """
    with TemporaryDirectory(prefix="order-tokenizer-operator-") as home:
        folder = Path(home) / ".local"
        folder.mkdir()
        state = {"endpoint_url": stack.endpoint_url, "region": stack.region, "outputs": dict(stack.outputs)}
        (folder / "stack.json").write_text(json.dumps(state))
        command = [str(Path(sys.executable).parent / "replay"), "run", "--apply", "--json", *words]
        environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        done = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)
    if done.stdout:
        return dict(json.loads(done.stdout))
    hints = [each.removeprefix("hint: ") for each in done.stderr.splitlines() if each.startswith("hint: ")]
    return {"statuses": {}, "hint": hints[-1] if hints else ""}


def wait_until(done: Callable[[], bool], receive: Callable[[], int]) -> None:
    """Receives until all messages are there and no more are waiting, or until none arrive any more.

    Args:
        done: whether all is there.
        receive: takes what has come, waiting a moment if there is nothing, and says how much that was.
    """
    since = monotonic()
    while monotonic() - since < _QUIET_SECONDS:
        if receive():
            since = monotonic()
        elif done():
            return


def _receive(sqs: Any, queue_url: str, **options: object) -> list[dict[str, Any]]:
    """Returns all that can be received at once; waits a second for the first message."""
    received: list[dict[str, Any]] = []
    while True:
        wait = 0 if received else 1
        answer = sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=_BATCH, WaitTimeSeconds=wait, **options
        )
        messages = answer.get("Messages", [])
        received += messages
        if not messages:
            return received


def _let_events_in(queue_arn: str) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": queue_arn,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
