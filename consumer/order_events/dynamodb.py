"""Drops duplicates across all processes of a consumer, by a DynamoDB table.

The table has the key `id` (string), and TTL on `expires_at`. An item is a claim or a completion. An expired item counts
as absent, even before TTL deletes it, which may take days. So the claim of a handler that died ends by itself.
"""

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from order_events.errors import LeaseLost
from order_events.once import Claim

_DAY = 86_400


class DynamoDBSeen:
    """Remembers in DynamoDB which events a consumer has handled.

    It needs the permissions `dynamodb:PutItem`, `dynamodb:UpdateItem` and `dynamodb:DeleteItem` on the table.

    Args:
        client: a boto3 DynamoDB client.
        table: the table's name.
        consumer: the consumer's name, so that consumers can share a table.
        lease_seconds: how long a claim holds. It must be longer than handling takes, with a margin for different
            clocks.
        keep_days: how long a handled event is remembered. It must be longer than duplicates can take. A replay of the
            bus's archive brings back everything that the archive holds.
        clock: returns seconds since 1970.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        consumer: str,
        *,
        lease_seconds: int = 120,
        keep_days: int = 35,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._table = table
        self._consumer = consumer
        self._lease_seconds = lease_seconds
        self._keep_seconds = keep_days * _DAY
        self._clock = clock
        self._owners: dict[str, str] = {}

    def claim(self, ingest_id: str) -> Claim:
        """Claims an event by one conditional put."""
        owner = uuid4().hex
        now = int(self._clock())
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    "id": self._id(ingest_id),
                    "owner": {"S": owner},
                    "expires_at": {"N": str(now + self._lease_seconds)},
                },
                ConditionExpression="attribute_not_exists(id) OR expires_at <= :now",
                ExpressionAttributeValues={":now": {"N": str(now)}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            there = error.response["Item"]
            # If an answer is lost, the client repeats the put and then meets its own claim.
            if there["owner"] != {"S": owner}:
                return Claim.DUPLICATE if "handled_at" in there else Claim.IN_PROGRESS
        self._owners[ingest_id] = owner
        return Claim.FRESH

    def complete(self, ingest_id: str) -> None:
        """Turns a claim into a completion.

        Raises:
            LeaseLost: the claim ended before, and another handler has it.
        """
        now = int(self._clock())
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"id": self._id(ingest_id)},
                UpdateExpression="SET handled_at = :now, expires_at = :until",
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={
                    ":owner": {"S": self._owners.pop(ingest_id)},
                    ":now": {"N": str(now)},
                    ":until": {"N": str(now + self._keep_seconds)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            raise LeaseLost("handling took longer than the claim held") from None

    def release(self, ingest_id: str) -> None:
        """Gives a claim back; does nothing if somebody else holds it."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key={"id": self._id(ingest_id)},
                ConditionExpression="#owner = :owner",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": {"S": self._owners.pop(ingest_id)}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def _id(self, ingest_id: str) -> dict[str, str]:
        return {"S": f"{self._consumer}#{ingest_id}"}
