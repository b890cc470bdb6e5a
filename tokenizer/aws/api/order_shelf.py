"""Sanitized orders, read from the orders table."""

from typing import TYPE_CHECKING, Any

from tokenizer import json_text
from tokenizer.aws.platform.error_mapping import translated

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_FIELDS = ("order_id", "event_id", "occurred_at", "ingest_id")


class OrdersReader:
    """Reads orders; `OrdersTable` writes them."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("reading an order")
    def order(self, order_id: str) -> dict[str, Any] | None:
        """The latest sanitized order, None if there is none."""
        item = self._dynamodb.get_item(TableName=self._table, Key={"order_id": {"S": order_id}}).get("Item")
        if item is None:
            return None
        shown: dict[str, Any] = {name: item[name]["S"] for name in _FIELDS}
        return {**shown, "order": json_text.parse(item["order"]["S"].encode())}
