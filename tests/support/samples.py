"""Raw orders and records for tests. Sensitive values are canaries: nothing else in the tests contains them."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

from stdnum import luhn

from schemas.dead_letter import LetterSource
from tokenizer.identity import Identity
from tokenizer.records import RawRecord

ARRIVED = datetime(2026, 11, 23, 10, 15, 1, 250_000, UTC)
STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/raw"
SHARD = "shardId-000000000000"

# Where the records of letters come from.
OF_STREAM = LetterSource(
    stream="s", shard="shardId-0", sequence_number="1", arrived_at="2026-11-23T10:15:01Z"
)
OF_QUEUE = LetterSource(queue="q", message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z")

_ORDER: dict[str, Any] = {
    "event_id": "0192f0c8-1111-7abc-8def-000000000001",
    "event_type": "order.placed",
    "schema_version": 1,
    "occurred_at": "2026-11-23T10:15:00Z",
    "order": {
        "order_id": "SO-1001",
        "currency": "USD",
        "total": "129.90",
        "items": [{"sku": "SKU-1", "name": "Kettle", "quantity": 1, "unit_price": "129.90"}],
        "customer": {
            "customer_id": "C-77",
            "name": "Ann Canaryname",
            "email": "Ann.Canary@example.com",
            "phone": "+12025550123",
            "date_of_birth": "1990-04-01",
            "ssn": "219-09-9999",
        },
        "payment": {
            "method": "card",
            "card": {"number": "4111111111111111", "expiry": "12/29", "holder": "ANN CANARYHOLDER"},
        },
        "shipping_address": {
            "name": "Ann Canaryship",
            "line1": "1 Canary Street",
            "line2": None,
            "city": "Springfield",
            "region": "IL",
            "postal_code": "62701-4321",
            "country": "US",
        },
        "notes": "leave at the door",
        "preferences": {"newsletter": True, "ratio": "0.10"},
    },
}

# What no consumer, letter, log or error may show.
CANARIES = (
    "Canaryname",
    "Ann.Canary",
    "2025550123",
    "1990-04-01",
    "219-09-9999",
    "4111111111111111",
    "12/29",
    "CANARYHOLDER",
    "Canaryship",
    "Canary Street",
    "62701-4321",
)


def passing_luhn(body: str) -> str:
    """Returns a number with its right check digit, as every tenth order id has by chance."""
    return body + luhn.calc_check_digit(body)


def order(**changes: Any) -> dict[str, Any]:
    """Returns a full raw order; keyword arguments replace fields of `order`."""
    event = copy.deepcopy(_ORDER)
    event["order"].update(changes)
    return event


def data(event: Any) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


def stream_record(event: Any, sequence: int = 1, **changes: Any) -> RawRecord:
    """Returns the raw record of an event, or of bytes as they are, at a place in the stream."""
    fields: dict[str, Any] = {
        "identity": Identity.of_kinesis(STREAM, SHARD, str(sequence), None),
        "data": event if isinstance(event, bytes) else data(event),
        "source": LetterSource(
            stream=STREAM, shard=SHARD, sequence_number=str(sequence), arrived_at="2026-11-23T10:15:01.250Z"
        ),
        "arrived_at": ARRIVED,
        "item_id": str(sequence),
    }
    return RawRecord(**(fields | changes))
