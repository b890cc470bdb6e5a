"""Reads which token an alias stands for. `DynamoAliases` writes that table."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.batches import chunks, resend, unprocessed
from tokenizer.errors import PipelineError
from tokenizer.formats import ALIAS
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

GET_BATCH = 100  # BatchGetItem takes at most 100 keys a call


class AliasLookup:
    """Implements the port `ReadableAliases`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def lookup(self, aliases: Collection[str], budget: Budget) -> dict[str, str | PipelineError]:
        """Returns the tokens of aliases."""
        found: dict[str, str | PipelineError] = {}

        def send(chunk: Sequence[str]) -> dict[str, PipelineError]:
            keys = [{"id": {"S": alias}} for alias in chunk]
            answer = self._dynamodb.batch_get_item(RequestItems={self._table: {"Keys": keys}})
            items = answer["Responses"].get(self._table, [])
            found.update({item["id"]["S"]: _token(item) for item in items})
            undone: Mapping[str, Any] = answer.get("UnprocessedKeys", {}).get(self._table, {})
            return unprocessed((key["id"]["S"] for key in undone.get("Keys", [])), "reading aliases")

        for chunk in chunks(sorted(aliases), GET_BATCH):
            found |= resend(chunk, send, budget, "reading aliases")
        return found


def _token(item: Mapping[str, Any]) -> str | PipelineError:
    """Returns the token in an entry, or why it can't be read."""
    try:
        ALIAS.of_item(item)
    except PipelineError as error:
        return error
    return str(item["token"]["S"])
