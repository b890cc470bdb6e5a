"""Carries sanitized events from a queue into the lake as Firehose would, by the deployed stream's settings.

A process of its own, started by `local.emulator.lifecycle`. It writes with the delivery's own role, and takes an event off the queue only
when it lies in the bucket, so that an event may come twice and none is lost.
"""

import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from local.emulator import processes
from local.emulator.bends import delivery_queue
from local.emulator.delivery import Settings, files
from local.emulator.stack import Stack

_SECONDS = 1.0  # between two deliveries; AWS's buffer is of the template's minutes
_MOST = 1_000
_BATCH = 10
_MESSAGES_HIDDEN = 60


def start(directory: Path, endpoint_url: str, delivery: str) -> int:
    """Starts the process.

    Returns:
        Its process id, which is the id of its process group too.
    """
    return processes.start(
        "local.emulator.delivery_process", endpoint_url, delivery, log=directory / "delivery.log"
    )


def deliver(sqs: Any, queue_url: str, s3: Any, settings: Settings) -> int:
    """Puts the waiting records into the bucket; returns how many events they held."""
    messages = _waiting(sqs, queue_url)
    made = files(settings, [each["Body"].encode() for each in messages], datetime.now(UTC), uuid4())
    for each in made:
        s3.put_object(Bucket=settings.bucket, Key=each.key, Body=each.body)
    for at in range(0, len(messages), _BATCH):
        entries = [
            {"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]}
            for number, each in enumerate(messages[at : at + _BATCH])
        ]
        sqs.delete_message_batch(QueueUrl=queue_url, Entries=entries)
    return len(messages)


def _waiting(sqs: Any, queue_url: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    while len(messages) < _MOST:
        answer = sqs.receive_message(
            QueueUrl=queue_url, MaxNumberOfMessages=_BATCH, VisibilityTimeout=_MESSAGES_HIDDEN
        )
        if not answer.get("Messages"):
            break
        messages += answer["Messages"]
    return messages


def serve(endpoint_url: str, delivery: str) -> None:
    """Delivers until the process is ended."""
    stack = Stack(endpoint_url, "us-east-1", {})
    description = stack.client("firehose").describe_delivery_stream(DeliveryStreamName=delivery)
    settings = Settings.of(description["DeliveryStreamDescription"])
    sqs, s3 = stack.client("sqs"), stack.client("s3", stack.assume(settings.role_arn))
    queue_url = sqs.get_queue_url(QueueName=delivery_queue(delivery))["QueueUrl"]
    while True:
        try:
            deliver(sqs, queue_url, s3, settings)
        except (ClientError, BotoCoreError) as error:
            print(f"not delivered: {type(error).__name__}", flush=True)
            s3 = stack.client("s3", stack.assume(settings.role_arn))  # its session may have ended
        time.sleep(_SECONDS)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    serve(sys.argv[1], sys.argv[2])
