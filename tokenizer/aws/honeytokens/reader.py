"""Reads the honey tokens. Only functions that can reveal read this table, and they can't write it."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.batches import chunks, resend, unprocessed
from tokenizer.errors import PipelineError
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import is_token

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

GET_BATCH = 100  # BatchGetItem takes at most 100 keys a call


class HoneyReader:
    """Implements the port `Honey`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def among(self, tokens: Collection[str], budget: Budget) -> frozenset[str]:
        """Returns those tokens that are honey tokens.

        Raises:
            PipelineError: the table can't be read. Then nobody may be answered.
        """
        found: set[str] = set()

        def send(chunk: Sequence[str]) -> dict[str, PipelineError]:
            keys = [{"id": {"S": token}} for token in chunk]
            answer = self._dynamodb.batch_get_item(
                RequestItems={self._table: {"Keys": keys, "ProjectionExpression": "id"}}
            )
            found.update(item["id"]["S"] for item in answer["Responses"].get(self._table, []))
            undone: Mapping[str, Any] = answer.get("UnprocessedKeys", {}).get(self._table, {})
            return unprocessed((key["id"]["S"] for key in undone.get("Keys", [])), "looking for honey tokens")

        # Texts without a token's shape are left out. That reveals nothing, since everybody knows the shape.
        for chunk in chunks(sorted({token for token in tokens if is_token(token)}), GET_BATCH):
            for why in resend(chunk, send, budget, "looking for honey tokens").values():
                raise why
        return frozenset(found)
