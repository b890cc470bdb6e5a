"""Stores the latest sanitized event of each order. The table holds only tokens and public fields."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from schemas.sanitized import SanitizedEvent
from tokenizer import json_text
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.vault.tokens import is_token

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_FIELDS = ("order_id", "event_id", "occurred_at", "ingest_id")


class OrdersWriter:
    """Stores the newest event of each order, even if events come twice or late."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("keeping an order")
    def keep(self, event: SanitizedEvent) -> bool:
        """Stores an event unless a newer one of the same order is stored.

        The event that occurred later is newer. If both occurred at the same moment, the one with the greater
        `ingest_id` is, so that any order of arrival ends in the same state. If the guard replaced that time by a token,
        the arrival counts instead.

        Returns:
            True if it was stored.

        Raises:
            PipelineError: the table failed.
        """
        order = event.data["order"]
        metadata = event.metadata
        when = metadata.ingested_at if is_token(metadata.occurred_at) else metadata.occurred_at
        rank = f"{_moment(when)}#{metadata.ingest_id}"
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    "order_id": {"S": order["order_id"]},
                    "rank": {"S": rank},
                    "event_id": {"S": event.metadata.event_id},
                    "occurred_at": {"S": event.metadata.occurred_at},
                    "ingest_id": {"S": event.metadata.ingest_id},
                    "order": {"S": json_text.dump_text(order)},
                },
                ConditionExpression="attribute_not_exists(order_id) OR #rank < :rank",
                ExpressionAttributeNames={"#rank": "rank"},
                ExpressionAttributeValues={":rank": {"S": rank}},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True


class OrdersReader:
    """Reads orders."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("reading an order")
    def order(self, order_id: str) -> dict[str, Any] | None:
        """Returns the latest sanitized order, or None."""
        item = self._dynamodb.get_item(TableName=self._table, Key={"order_id": {"S": order_id}}).get("Item")
        if item is None:
            return None
        shown: dict[str, Any] = {name: item[name]["S"] for name in _FIELDS}
        return {**shown, "order": json_text.parse(item["order"]["S"].encode())}


def _moment(occurred_at: str) -> str:
    """Returns a time in a form that sorts as text in the order of time."""
    return datetime.fromisoformat(occurred_at.upper()).astimezone(UTC).isoformat(timespec="microseconds")
