"""Stores which token owns each format-preserving alias.

An entry is an alias and its token, both of which are public. Entries are never changed or deleted, because each
delivery of a record must get the same alias. The vault record signs its alias, so a forged entry is noticed when it is
revealed.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.conditional_puts import put_each
from tokenizer.aws.platform.workers import InTurn, Workers
from tokenizer.errors import PipelineError
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoAliases:
    """Implements the port `Aliases`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, workers: Workers | None = None) -> None:
        """Uses a table. `workers` make the calls; without them, they go one after the other."""
        self._dynamodb = dynamodb
        self._table = table
        self._workers = workers or InTurn()

    def claim(self, wanted: Mapping[str, str], budget: Budget) -> dict[str, bool | PipelineError]:
        """Gives each alias to its token unless another token owns it. Claiming again changes nothing."""
        puts = {alias: self._put(alias, token) for alias, token in wanted.items()}
        return put_each(self._dynamodb, puts, self._workers, budget, "claiming aliases")

    def _put(self, alias: str, token: str) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Item": {"id": {"S": alias}, "token": {"S": token}},
            "ConditionExpression": "attribute_not_exists(id) OR #token = :token",
            "ExpressionAttributeNames": {"#token": "token"},
            "ExpressionAttributeValues": {":token": {"S": token}},
        }
