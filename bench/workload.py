"""Makes the orders that are measured: with a number of sensitive fields, a share of known customers, and a size.

Everything else is as in a shop: an item with public strings that the leak guard reads, a place, a note. The sensitive
fields are named and not unknown ones, up to the five of the targets; more are fields that no schema knows.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/raw-orders"
CONTEXT = SimpleNamespace(
    aws_request_id="0123", get_remaining_time_in_millis=lambda: 60_000, function_name="tokenize-stream"
)
_FIVE = 5


@dataclass(frozen=True)
class Mix:
    """Describes the orders of a workload.

    Args:
        fields: sensitive fields of an order.
        consistent: how many of them are consistent values (email, then phone).
        known: share of the orders whose customer was seen before.
        bytes: that an order has at least; filled with items.
    """

    fields: int = _FIVE
    consistent: int = 0
    known: float = 0.0
    bytes: int = 0


PLAIN = Mix()
CONSISTENT = Mix(consistent=2, known=0.7)


def orders(mix: Mix, count: int, first: int = 0, customers: int = 1_000) -> list[bytes]:
    """Returns raw orders, as many of known customers as the mix says, spread evenly.

    Args:
        mix: what they are like.
        count: how many.
        first: number of the first; other numbers are other orders, and other new customers.
        customers: how many known ones there are, numbered from 0.
    """
    made = []
    for number in range(first, first + count):
        known = int((number + 1) * mix.known) > int(number * mix.known)
        made.append(encoded(mix, number, number % customers if known else customers + number))
    return made


def encoded(mix: Mix, number: int, customer: int) -> bytes:
    """Returns one raw order of a customer."""
    event = _event(mix, number, customer)
    data = _bytes(event)
    item = event["order"]["items"][0]
    missing = max(0, mix.bytes - len(data))
    event["order"]["items"] += [item] * -(-missing // (len(_bytes(item)) + 1))
    return _bytes(event)


def sensitive(order: bytes) -> dict[str, str]:
    """Returns the five sensitive values of an order by field, for those who are handed them."""
    event = json.loads(order)["order"]
    customer, card = event["customer"], event["payment"]["card"]
    found = {name: value for name, value in customer.items() if name != "customer_id"}
    return found | {f"card_{name}": value for name, value in card.items()}


def stream_event(data: Sequence[bytes], first: int = 0) -> dict[str, Any]:
    """Returns the event that Lambda's stream mapping hands to a function."""
    return {
        "Records": [
            {
                "kinesis": {
                    "kinesisSchemaVersion": "1.0",
                    "partitionKey": f"SO-{first + at}",
                    "sequenceNumber": f"4959{first + at:052}",
                    "data": base64.b64encode(each).decode(),
                    "approximateArrivalTimestamp": 1_795_428_901.25,
                },
                "eventSource": "aws:kinesis",
                "eventVersion": "1.0",
                "eventID": f"shardId-000000000000:4959{first + at:052}",
                "eventName": "aws:kinesis:record",
                "invokeIdentityArn": "arn:aws:iam::123456789012:role/tokenize-stream",
                "awsRegion": "us-east-1",
                "eventSourceARN": STREAM,
            }
            for at, each in enumerate(data)
        ]
    }


def _event(mix: Mix, number: int, customer: int) -> dict[str, Any]:
    digits = f"{customer:07}"
    ways = {"email": f"ann.example{customer}@example.com", "phone": f"+1202{digits}"}
    first = dict(list(ways.items())[: mix.consistent])
    plain = {
        "name": f"Ann Example {digits}",
        "ssn": f"219-{number % 90 + 10}-{number % 9000 + 1000}",
        "date_of_birth": f"19{number % 60 + 40}-04-01",
    }
    card = {"number": "4111111111111111", "holder": f"ANN EXAMPLE {digits}"}
    named = first | dict(list(plain.items())[: min(mix.fields, _FIVE) - mix.consistent - len(card)])
    more = {f"extra_{at}": f"value {number} {at}" for at in range(mix.fields - _FIVE)}
    return {
        "event_id": f"0192f0c8-1111-7abc-8def-{number:012}",
        "event_type": "order.placed",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z",
        "order": {
            "order_id": f"SO-{number}",
            "currency": "USD",
            "total": "129.90",
            "items": [{"sku": "SKU-1", "name": "Kettle", "quantity": 1, "unit_price": "129.90"}],
            "customer": {"customer_id": f"C-{customer}", **named},
            "payment": {"method": "card", "card": card},
            "shipping_address": {"city": "Springfield", "region": "IL", "country": "US"},
            "notes": "leave at the door",
            **more,
        },
    }


def _bytes(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
