"""Captures events that the local stack publishes, for the kit's tests: `python -m tests.support.e2e.capture`."""

import base64
import copy
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.emulator import lifecycle, users
from local.emulator.stack import Stack
from tests.support.e2e.stack import Api, Subscriber, put, send

SAMPLES = Path("schemas/samples")
CAPTURED = Path("tests/consumer/captured.jsonl")


def samples() -> list[dict[str, Any]]:
    """Returns every raw event type's sample."""
    return [json.loads(path.read_text()) for path in sorted(SAMPLES.glob("*.json"))]


def captured(on: Stack) -> list[dict[str, Any]]:
    """Returns what a consumer gets: all samples, another order of a customer, one record twice, a refusal, two erasures.

    The erasures are of a customer and of a guest's order, each with an event of its own.
    """
    subscriber = Subscriber(on, "capture", refusals=True)
    events = samples()
    another = copy.deepcopy(next(each for each in events if each["event_type"] == "order.placed"))
    another["order"]["order_id"] = "SO-1002"
    for event in events:
        send(on, json.dumps(event))
    put(on, another)
    send(on, json.dumps({**another, "occurred_at": "yesterday"}))
    arrived = time.time()  # after any erasure of the samples' customer on a shared stack
    for _ in range(2):
        _deliver(on, another, arrived)
    placed = max((each for each in events if each["event_type"] == "order.placed"), key=_version)
    theirs, guests = copy.deepcopy(placed), copy.deepcopy(placed)
    theirs["order"]["customer"]["customer_id"] = "C-captured"
    guests["order"] |= {"order_id": "SO-captured"}
    del guests["order"]["customer"]["customer_id"]
    for at, each in enumerate((theirs, guests), start=1):
        _deliver(on, {**each, "event_id": f"captured-{at}"}, arrived, sequence=f"{4242 + at}")
    compliance = Api(on, users.sign_in(on, "compliance"))
    for path in ("/customers/C-captured", "/orders/SO-captured"):
        compliance("DELETE", path)
    received = subscriber.receive(len(events) + 8)
    return sorted(received, key=lambda each: (each["detail-type"], each["detail"]["metadata"]["ingest_id"]))


def _version(event: dict[str, Any]) -> int:
    return int(event["schema_version"])


def written(path: Path, events: list[dict[str, Any]]) -> Path:
    """Returns one envelope a line."""
    path.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in events), encoding="utf-8")
    return path


def _deliver(on: Stack, event: dict[str, Any], arrived: float, sequence: str = "4242") -> None:
    """Hands the tokenizing function one stream record, as Lambda does when it delivers again."""
    record = {
        "eventSource": "aws:kinesis",
        "eventID": f"shardId-000000000000:{sequence}",
        "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/orders-raw-orders",
        "kinesis": {
            "sequenceNumber": sequence,
            "approximateArrivalTimestamp": arrived,
            "data": base64.b64encode(json.dumps(event).encode()).decode(),
        },
    }
    answer = on.client("lambda").invoke(
        FunctionName=on.outputs["TokenizeStreamFunctionName"],
        Payload=json.dumps({"Records": [record]}).encode(),
    )
    assert json.loads(answer["Payload"].read()) == {"batchItemFailures": []}


def _running() -> Iterator[Stack]:
    with tempfile.TemporaryDirectory() as folder, lifecycle.running(Path(folder) / "stack") as started:
        yield started


if __name__ == "__main__":
    for running in _running():
        written(CAPTURED, captured(running))
