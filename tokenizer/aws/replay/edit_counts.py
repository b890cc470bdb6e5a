"""Counts the edits of each letter, in the table of the budgets. The counts of a letter have no end, as letters have none."""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.aws.platform.error_mapping import translated

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoEditCounts:
    """Implements the port `EditCounts`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("counting an edit")
    def attempt(self, letter: str) -> int:
        """Counts an attempt; returns how many there were, this one included.

        If an answer comes too late, botocore repeats the call and it counts twice. So a second person may be needed
        early, but never late.
        """
        answer = self._dynamodb.update_item(
            TableName=self._table,
            Key=_key(letter),
            UpdateExpression="ADD attempts :one",
            ExpressionAttributeValues={":one": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["attempts"]["N"])

    @translated("noting an edit")
    def claim(self, letter: str, revision: str) -> bool:
        """Notes the edit that is published of a letter; returns False if it is another one already."""
        return self._change(
            letter, "SET published = :edit", "attribute_not_exists(published) OR published = :edit", revision
        )

    @translated("noting an edit")
    def release(self, letter: str, revision: str) -> None:
        """Takes that note back, unless it is another edit's."""
        self._change(letter, "REMOVE published", "published = :edit", revision)

    def _change(self, letter: str, what: str, condition: str, revision: str) -> bool:
        values: dict[str, Any] = {":edit": {"S": revision}}
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(letter),
                UpdateExpression=what,
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _key(letter: str) -> dict[str, Any]:
    return {"id": {"S": f"letter#{letter}"}}
