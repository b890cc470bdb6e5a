"""Remembers which values a caller has looked up, as tokens and fingerprints: an item for each caller and window."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tokenizer.authorization.budget_rules import Window
from tokenizer.aws.platform.error_mapping import translated

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEPT_SECONDS = 7 * 86_400  # after the window began


class DynamoSeenValues:
    """Implements the port `SeenValues`, in the table of the budgets' counters."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("counting a look-up")
    def add(self, caller: str, window: Window, moment: datetime, values: Collection[str], most: int) -> bool:
        """Adds values to those of a window in one atomic update; returns False if there are more than `most` then.

        An item that is full takes no more, so it stays small whatever is asked.
        """
        names = [hashlib.sha256(value.encode()).hexdigest()[:32] for value in values]
        try:
            answer = self._dynamodb.update_item(
                TableName=self._table,
                Key={"id": {"S": f"look_up#{window}#{window.of(moment)}#{caller}"}},
                UpdateExpression="ADD seen :values SET expires_at = :end",
                ConditionExpression="attribute_not_exists(seen) OR size(seen) <= :most",
                ExpressionAttributeValues={
                    ":values": {"SS": names},
                    ":end": {"N": str(int(moment.timestamp()) + _KEPT_SECONDS)},
                    ":most": {"N": str(most)},
                },
                ReturnValues="ALL_NEW",  # a set to which nothing new was added is needed too
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return len(answer["Attributes"]["seen"]["SS"]) <= most
