"""Reads the marks of erasures: for each subject, the moment up to which their values are erased.

Writing functions need them to keep erased values out of the blind index. Reading functions need them to reveal none,
even if a value is still stored.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.batches import chunks, resend, unprocessed
from tokenizer.errors import PipelineError
from tokenizer.formats import ERASURE_MARK
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

GET_BATCH = 100  # BatchGetItem: at most 100 keys a call


class DynamoErasures:
    """Implements the port `Erasures`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    def until(self, subjects: Collection[str], budget: Budget) -> dict[str, int | PipelineError]:
        """Returns each subject's mark, read consistently."""
        found: dict[str, int | PipelineError] = {}

        def send(chunk: Sequence[str]) -> dict[str, PipelineError]:
            keys = [{"id": {"S": subject}} for subject in chunk]
            answer = self._dynamodb.batch_get_item(
                RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}}
            )
            items = answer["Responses"].get(self._table, [])
            found.update({item["id"]["S"]: _until(item) for item in items})
            undone: Mapping[str, Any] = answer.get("UnprocessedKeys", {}).get(self._table, {})
            return unprocessed((key["id"]["S"] for key in undone.get("Keys", [])), "reading erasures")

        for chunk in chunks(sorted(subjects), GET_BATCH):
            found |= resend(chunk, send, budget, "reading erasures")
        return found


def _until(item: Any) -> int | PipelineError:
    """Returns the moment in a mark, or why it can't be known. Nothing is revealed then."""
    try:
        ERASURE_MARK.of_item(item)
    except PipelineError as error:
        return error
    return int(item["until"]["N"])
