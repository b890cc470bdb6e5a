"""Reads items of the vault and of the blind index by their keys, and of each item no more than an erasure needs.

The erasing function may ask for no other attribute: its role names them.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.batches import chunks, resend, unprocessed
from tokenizer.errors import PipelineError
from tokenizer.formats import VERSION
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

GET_BATCH = 100  # BatchGetItem takes at most 100 keys a call
OF_RECORDS = ("id", VERSION, "owner", "arrived", "uses", "erased")
OF_ENTRIES = ("id", VERSION, "subject", "arrived", "token")


class KeyedReads:
    """Reads attributes of items."""

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self._dynamodb = dynamodb

    def items(
        self, table: str, ids: Collection[bytes], attributes: Sequence[str], budget: Budget
    ) -> dict[bytes, Any]:
        """Returns the items of a table that are there, by their ids, read consistently.

        Raises:
            PipelineError: some items could not be read.
        """
        found: dict[bytes, Any] = {}
        names = {f"#{at}": name for at, name in enumerate(attributes)}

        def send(keys: Sequence[bytes]) -> dict[bytes, PipelineError]:
            wanted: Any = {
                "Keys": [{"id": {"S": each.hex()}} for each in keys],
                "ConsistentRead": True,
                "ProjectionExpression": ", ".join(names),
                "ExpressionAttributeNames": names,
            }
            answer = self._dynamodb.batch_get_item(RequestItems={table: wanted})
            items = answer["Responses"].get(table, [])
            found.update({bytes.fromhex(item["id"]["S"]): dict(item) for item in items})
            undone: Mapping[str, Any] = answer.get("UnprocessedKeys", {}).get(table, {})
            return unprocessed(
                (bytes.fromhex(key["id"]["S"]) for key in undone.get("Keys", [])), "reading by key"
            )

        for chunk in chunks(sorted(ids), GET_BATCH):
            for failure in resend(chunk, send, budget, "reading by key").values():
                raise failure
        return found
