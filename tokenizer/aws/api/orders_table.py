"""The orders table: the latest sanitized event of each order. It holds tokens and public fields alone."""

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
    """Keeps the newest event of each order, whatever comes twice or late."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("keeping an order")
    def keep(self, event: SanitizedEvent) -> bool:
        """Keep an event unless a newer one of the same order is there.

        Newer is what occurred later; of two that occurred at the same moment, the greater `ingest_id`, so that
        every order of arrival ends in the same state. Where the guard made a token of that time, the arrival counts.

        Returns:
            Whether it was kept.

        Raises:
            PipelineError: the table failed.
        """
        order = event.data["order"]
        told = event.metadata
        when = told.ingested_at if is_token(told.occurred_at) else told.occurred_at
        rank = f"{_moment(when)}#{told.ingest_id}"
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
        """The latest sanitized order, None if there is none."""
        item = self._dynamodb.get_item(TableName=self._table, Key={"order_id": {"S": order_id}}).get("Item")
        if item is None:
            return None
        shown: dict[str, Any] = {name: item[name]["S"] for name in _FIELDS}
        return {**shown, "order": json_text.parse(item["order"]["S"].encode())}


def _moment(occurred_at: str) -> str:
    """A time in a form whose order as text is its order in time."""
    return datetime.fromisoformat(occurred_at.upper()).astimezone(UTC).isoformat(timespec="microseconds")
