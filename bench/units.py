"""What DynamoDB charges for a request, counted from its own JSON body.

Source: DynamoDB developer guide, "DynamoDB read and write operations": a write of up to 1 KB is one unit, in a
transaction two; a consistent read of up to 4 KB is one unit, and a key that is not there costs one, too.
"""

import base64
from collections.abc import Iterator
from typing import Any

_WRITE = 1024


def item_bytes(item: dict[str, Any]) -> int:
    """Bytes that DynamoDB counts for an item of strings, numbers and binaries: names and values."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def put_units(operation: str, body: dict[str, Any]) -> int:
    """Write units of a request."""
    each = 2 if operation == "TransactWriteItems" else 1
    return sum(each * -(-item_bytes(item) // _WRITE) for item in _puts(operation, body))


def read_units(operation: str, body: dict[str, Any]) -> int:
    """Read units of a request for small items; consistent reads, as all of ours are."""
    if operation == "GetItem":
        return 1
    if operation == "BatchGetItem":
        return sum(len(table["Keys"]) for table in body["RequestItems"].values())
    return 0


def _puts(operation: str, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    match operation:
        case "PutItem":
            yield body["Item"]
        case "BatchWriteItem":
            for requests in body["RequestItems"].values():
                yield from (each["PutRequest"]["Item"] for each in requests)
        case "TransactWriteItems":
            yield from (each["Put"]["Item"] for each in body["TransactItems"])


def _value_bytes(value: dict[str, str]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            return len(base64.b64decode(content))
        case "N":
            return len(content) // 2 + 2
        case _:
            return len(content.encode())
