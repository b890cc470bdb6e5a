"""Stores the latest sanitized event of each order. The table holds only tokens and public fields."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from schemas.sanitized import Metadata, SanitizedEvent
from tokenizer import json_text
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.subjects import names_nobody
from tokenizer.vault.tokens import is_token

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_AHEAD = timedelta(minutes=5)  # how far a producer's clock may be ahead; the consumers' kit has the same
_MOST_READ = 10_000  # orders of one email
_MOST_FOUND = 100  # orders of one customer that are shown
_FIELDS = ("order_id", "event_id", "occurred_at", "ingest_id")


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """Names an order and its customer."""

    order_id: str
    customer_id: str


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
        the arrival counts instead. An event counts as at most five minutes younger than its arrival, so that no
        producer can write a time which stays the newest for good.

        Returns:
            True if it was stored.

        Raises:
            PipelineError: the table failed.
        """
        order = event.data["order"]
        metadata = event.metadata
        rank = f"{_moment(metadata).isoformat(timespec='microseconds')}#{metadata.ingest_id}"
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    **_by_email(order),
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

    def has_customer(self, order_id: str) -> bool:
        """Returns True if the newest event of an order names a customer.

        Raises:
            PipelineError: the table failed.
        """
        found = self.order(order_id)
        return found is not None and not names_nobody(
            (found["order"].get("customer") or {}).get("customer_id")
        )

    @translated("looking for orders")
    def with_email(self, token: str) -> list[FoundOrder]:
        """Returns orders whose customer's email has a token, a hundred at most of each customer, in no order of time.

        So a customer with many orders hides no other one, unless there are more than ten thousand orders.
        """
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="email",
            KeyConditionExpression="email = :token",
            ExpressionAttributeValues={":token": {"S": token}},
            PaginationConfig={"MaxItems": _MOST_READ},
        )
        shown: Counter[str] = Counter()
        found = []
        for item in (item for page in pages for item in page["Items"]):
            customer_id = item["customer_id"]["S"]
            shown[customer_id] += 1
            if shown[customer_id] <= _MOST_FOUND:
                found.append(FoundOrder(item["order_id"]["S"], customer_id))
        return found


def _by_email(order: dict[str, Any]) -> dict[str, Any]:
    """Returns the attributes by which an order is found: the token of the customer's email, and the customer.

    A guest is no customer, so there are none for an order without an account.
    """
    customer = order.get("customer") or {}
    email = customer.get("email")
    if not isinstance(email, str) or not is_token(email) or names_nobody(customer.get("customer_id")):
        return {}
    return {"email": {"S": email}, "customer_id": {"S": str(customer["customer_id"])}}


def _moment(metadata: Metadata) -> datetime:
    """Returns the moment by which events are compared, in UTC; in ISO form it sorts as text in the order of time."""
    arrived = _time(metadata.ingested_at)
    if is_token(metadata.occurred_at):
        return arrived
    try:
        return min(_time(metadata.occurred_at), arrived + _AHEAD)
    except OverflowError:  # a time of year 1 or 9999 that UTC puts into another year
        return arrived


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.upper()).astimezone(UTC)
