"""The sample events are what the product takes: each is read by the code that reads the real ones."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from schemas.events.order_placed_v1 import OrderPlaced
from schemas.sanitized import SanitizedEvent
from tokenizer.pipeline.sources import kinesis_records, sqs_records

EVENTS = Path(__file__).parents[3] / "events"


def sample(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


@pytest.mark.parametrize("path", sorted(EVENTS.glob("order_*.json")), ids=lambda path: str(path.stem))
def test_sample_orders_are_valid(path: Path) -> None:
    assert OrderPlaced.model_validate_json(path.read_bytes()).order.items


def test_the_stream_samples_hold_the_sample_orders() -> None:
    full, minimal = sample("order_full"), sample("order_minimal")
    plain = [json.loads(record.data) for record in kinesis_records(sample("lambda_kinesis"))]
    aggregated = [json.loads(record.data) for record in kinesis_records(sample("lambda_kinesis_aggregated"))]
    assert plain == [full, minimal]
    assert aggregated[:2] == [full, minimal]
    assert len(aggregated) == 3


def test_the_queue_sample_holds_the_sample_orders() -> None:
    records = sqs_records(sample("lambda_sqs"), max_receive_count=3)
    assert [json.loads(record.data) for record in records] == [sample("order_full"), sample("order_minimal")]
    assert [record.last_attempt for record in records] == [False, True]


def test_the_bus_sample_is_a_sanitized_event() -> None:
    event = SanitizedEvent.model_validate(sample("eventbridge_order_sanitized")["detail"])
    assert event.data["order"]["order_id"] == "SO-1001"


def test_the_on_failure_sample_names_the_records_of_the_stream_sample() -> None:
    info = sample("lambda_kinesis_on_failure")["KinesisBatchInfo"]
    records = [entry["kinesis"] for entry in sample("lambda_kinesis")["Records"]]
    numbers = [record["sequenceNumber"] for record in records]
    assert [info["startSequenceNumber"], info["endSequenceNumber"]] == numbers
    assert info["batchSize"] == len(records)
    assert all(base64.b64decode(record["data"]) not in json.dumps(info).encode() for record in records)
