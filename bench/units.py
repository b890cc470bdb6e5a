"""Counts the units that DynamoDB charges for a request, from the request's JSON body.

Sources: DynamoDB developer guide, "DynamoDB read and write operations" (a write of up to 1 KB is one unit; a consistent read of up to 4 KB is one unit, and a key that is not there costs one, too) and "Global secondary
indexes" (a put also writes the index's own copy, once, where the item has the index's key).
"""

import base64
from collections import Counter
from collections.abc import Iterator
from typing import Any

_WRITE = 1024
INDEXES = "indexes"
# The keys of the template's indexes; what they project is far below a unit. Shares have both and are found by the first.
_INDEX_KEYS = ("sharer", "owner")


def item_bytes(item: dict[str, Any]) -> int:
    """Returns the bytes that DynamoDB counts for an item of strings, numbers and binaries: names and values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def write_units(operation: str, body: dict[str, Any]) -> Counter[str]:
    """Returns the write units of a request by table, and under `INDEXES` those of all indexes."""
    units: Counter[str] = Counter()
    for table, item in _puts(operation, body):
        units[table] += -(-item_bytes(item) // _WRITE)
        units[INDEXES] += any(key in item for key in _INDEX_KEYS)
    return units


def read_units(operation: str, body: dict[str, Any]) -> int:
    """Returns the read units of a request for small items; all our reads are consistent."""
    if operation == "Scan":  # of the wrapped token keys, which fill one unit
        return 1
    if operation == "BatchGetItem":
        return sum(len(table["Keys"]) for table in body["RequestItems"].values())
    return 0


def _puts(operation: str, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    match operation:
        case "PutItem":
            yield body["TableName"], body["Item"]
        case "BatchWriteItem":
            for table, requests in body["RequestItems"].items():
                yield from ((table, each["PutRequest"]["Item"]) for each in requests)


def _value_bytes(value: dict[str, str]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            return len(base64.b64decode(content))
        case "N":
            return len(content) // 2 + 2
        case _:
            return len(content.encode())
