"""Drives the running stack as its users do: sends, subscribes, calls the API, reads what was kept."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from local.emulator.stack import Stack

PATIENCE = 40.0  # seconds to wait for what takes well under ten on an idle machine


class Subscriber:
    """A queue of the test's own that a rule on the sanitized bus feeds, with refusals or without."""

    def __init__(self, on: Stack, name: str, *, refusals: bool = False) -> None:
        self._sqs = on.client("sqs")
        events, bus = on.client("events"), on.outputs["SanitizedBusName"]
        self._url = self._sqs.create_queue(QueueName=f"orders-consumer-{name}")["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        arn = attributes["Attributes"]["QueueArn"]
        pattern: dict[str, Any] = {"source": ["orders.tokenizer"]}
        if not refusals:
            pattern["detail-type"] = [{"anything-but": ["order.refused"]}]
        events.put_rule(Name=f"test-{name}", EventBusName=bus, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=f"test-{name}", EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])

    def receive(self, count: int, patience: float = PATIENCE) -> list[dict[str, Any]]:
        """Returns the events until there are `count`, or patience is over."""
        return [json.loads(body) for body in drain(self._sqs, self._url, count, patience)]


def drain(sqs: Any, url: str, count: int, patience: float = PATIENCE) -> list[str]:
    """Message bodies off a queue until there are `count`, or patience is over."""
    bodies: list[str] = []

    def enough() -> bool:
        bodies.extend(_taken(sqs, url))
        return len(bodies) >= count

    eventually(enough, patience)
    return bodies


def emptied(sqs: Any, url: str) -> list[str]:
    """Message bodies off a queue that nobody feeds any more, until it has none."""
    bodies: list[str] = []
    while found := _taken(sqs, url):
        bodies.extend(found)
    return bodies


def _taken(sqs: Any, url: str) -> list[str]:
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1).get("Messages", [])
    if found:
        entries = [{"Id": str(at), "ReceiptHandle": each["ReceiptHandle"]} for at, each in enumerate(found)]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    return [message["Body"] for message in found]


def purge(on: Stack) -> None:
    """Throws away the dead letters that other tests have left."""
    on.client("sqs").purge_queue(QueueUrl=on.outputs["DeadLetterQueueUrl"])


def eventually(done: Callable[[], bool], patience: float = PATIENCE) -> bool:
    """Returns True as soon as a condition holds, False if it does not before patience is over."""
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


def put(on: Stack, event: Any) -> str:
    """Puts an order on the raw stream; returns its sequence number."""
    answer = on.client("kinesis").put_record(
        StreamName=on.outputs["RawOrdersStreamName"], PartitionKey="order", Data=json.dumps(event).encode()
    )
    return str(answer["SequenceNumber"])


def send(on: Stack, body: str) -> None:
    """Sends a body to the raw queue."""
    on.client("sqs").send_message(QueueUrl=on.outputs["RawOrdersQueueUrl"], MessageBody=body)


def batched(events: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Yields the events in batches; `itertools` has this from Python 3.12 on."""
    for start in range(0, len(events), size):
        yield events[start : start + size]


def put_all(on: Stack, events: Sequence[Any]) -> None:
    """Puts orders on the raw stream, by batches."""
    kinesis = on.client("kinesis")
    for each in batched(events, 500):
        records = [{"PartitionKey": "order", "Data": json.dumps(event).encode()} for event in each]
        kinesis.put_records(StreamName=on.outputs["RawOrdersStreamName"], Records=records)


def send_all(on: Stack, events: Sequence[Any]) -> None:
    """Sends orders to the raw queue, by batches."""
    sqs = on.client("sqs")
    for each in batched(events, 10):
        entries = [{"Id": str(at), "MessageBody": json.dumps(event)} for at, event in enumerate(each)]
        sqs.send_message_batch(QueueUrl=on.outputs["RawOrdersQueueUrl"], Entries=entries)


_read: dict[tuple[str, str, str], dict[str, Any]] = {}  # lines, by stack, key and content


def audit_lines(on: Stack) -> list[dict[str, Any]]:
    """Returns the audit trail as it lies in its bucket, facts beside the rest; read as the administrator."""
    pages = on.client("s3").get_paginator("list_objects_v2")
    listed = pages.paginate(Bucket=on.outputs["AuditBucketName"], Prefix="audit/")
    lines = [_line(on, each["Key"], each["ETag"]) for page in listed for each in page.get("Contents", [])]
    return [{**line, **line["facts"]} for line in sorted(lines, key=lambda line: str(line["time"]))]


def _line(on: Stack, key: str, content: str) -> dict[str, Any]:
    """Returns a line, read once: tests ask for the whole trail again and again."""
    known = (on.endpoint_url, key, content)
    if known not in _read:
        found = on.client("s3").get_object(Bucket=on.outputs["AuditBucketName"], Key=key)
        _read[known] = json.loads(found["Body"].read())
    return _read[known]


Answer = tuple[int, dict[str, Any]]


class Api:
    """Calls the API as somebody who is signed in."""

    def __init__(self, on: Stack, token: str | None, **headers: str) -> None:
        self._url = on.outputs["ApiUrl"]
        self._headers = headers | ({} if token is None else {"Authorization": token})

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
        sent = {"Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in (self._headers | headers).items()
        }
        request = urllib.request.Request(self._url + path, data, sent, method=method)  # noqa: S310 -- the local stack's
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())


def kept(api: Api, order_id: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    def look() -> bool:
        status, body = api("GET", f"/orders/{order_id}")
        found.extend([body] if status == 200 else [])
        return bool(found)

    assert eventually(look)
    return found[0]
