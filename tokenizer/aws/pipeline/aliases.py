"""Stores which token owns each format-preserving alias.

An entry is an alias and its token, both of which are public. Entries are never changed or deleted, because each
delivery of a record must get the same alias. The vault record signs its alias, so a forged entry is noticed when it is
revealed.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform import transactions
from tokenizer.aws.platform.batches import chunks, resend
from tokenizer.errors import PipelineError
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient


class DynamoAliases:
    """Implements the port `Aliases`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def claim(self, wanted: Mapping[str, str], budget: Budget) -> dict[str, bool | PipelineError]:
        """Gives each alias to its token unless another token owns it. Claiming again changes nothing."""
        taken: set[str] = set()

        def send(aliases: Sequence[str]) -> dict[str, PipelineError]:
            puts = [self._put(alias, wanted[alias]) for alias in aliases]
            answers = dict(
                zip(aliases, transactions.put_together(self._dynamodb, puts, "claiming aliases"), strict=True)
            )
            taken.update(alias for alias, answer in answers.items() if answer is False)
            return {alias: answer for alias, answer in answers.items() if isinstance(answer, PipelineError)}

        failed: dict[str, PipelineError] = {}
        for chunk in chunks(list(wanted), transactions.BATCH):
            failed |= resend(chunk, send, budget, "claiming aliases")
        return {alias: failed.get(alias, alias not in taken) for alias in wanted}

    def _put(self, alias: str, token: str) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Item": {"id": {"S": alias}, "token": {"S": token}},
            "ConditionExpression": "attribute_not_exists(id) OR #token = :token",
            "ExpressionAttributeNames": {"#token": "token"},
            "ExpressionAttributeValues": {":token": {"S": token}},
        }
