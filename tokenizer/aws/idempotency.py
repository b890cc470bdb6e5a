"""Idempotency keys: what was asked under a key before, and when."""

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tokenizer.aws.faults import translated

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_REMEMBERED_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Claim:
    """A key that somebody uses.

    Args:
        key_id: tells callers' keys apart; nothing of the request is in it.
        event_id: of the first request.
        arrived: milliseconds since 1970 of the first request.
        finished: the first request was done.
    """

    key_id: str
    event_id: str
    arrived: int
    finished: bool


class IdempotencyKeys:
    """Remembers keys for a day."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("claiming an idempotency key")
    def claim(self, caller: str, key: str, event_id: str) -> Claim:
        """Claim a key; who comes later learns what the first one asked."""
        key_id, now = hashlib.sha256(f"{caller}#{key}".encode()).hexdigest(), int(time.time() * 1000)
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item={
                    "id": {"S": key_id},
                    "event_id": {"S": event_id},
                    "arrived": {"N": str(now)},
                    "expires_at": {"N": str(now // 1000 + _REMEMBERED_SECONDS)},
                },
                ConditionExpression="attribute_not_exists(id)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            item = self._dynamodb.get_item(
                TableName=self._table, Key={"id": {"S": key_id}}, ConsistentRead=True
            )["Item"]
            return Claim(key_id, item["event_id"]["S"], int(item["arrived"]["N"]), "finished" in item)
        return Claim(key_id, event_id, now, finished=False)

    @translated("finishing an idempotency key")
    def finish(self, claim: Claim) -> None:
        """Tell later ones that it is done."""
        self._dynamodb.update_item(
            TableName=self._table,
            Key={"id": {"S": claim.key_id}},
            UpdateExpression="SET finished = :yes",
            ExpressionAttributeValues={":yes": {"BOOL": True}},
        )
