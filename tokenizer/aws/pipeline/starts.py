"""Stores how many invocations for a record began and never ended, in a table of a few items."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tokenizer.aws.platform.batches import chunks, resend, unprocessed
from tokenizer.errors import PipelineError
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

GET_BATCH = 100  # BatchGetItem takes at most 100 keys a call
PUT_BATCH = 25  # BatchWriteItem takes at most 25 puts and deletes a call
_KEPT = 15 * 86_400  # seconds; longer than a queue or the stream keeps a record


class DynamoStarts:
    """Implements the port `Starts`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, now: Callable[[], float]) -> None:
        """Uses a table. `now` returns seconds since 1970."""
        self._dynamodb = dynamodb
        self._table = table
        self._now = now

    def unfinished(self, ids: Collection[str], budget: Budget) -> dict[str, int | PipelineError]:
        """Returns the count of each record that has one, read consistently, or why it can't be read."""
        found: dict[str, int | PipelineError] = {}

        def send(chunk: Sequence[str]) -> dict[str, PipelineError]:
            keys = [{"id": {"S": each}} for each in chunk]
            answer = self._dynamodb.batch_get_item(
                RequestItems={self._table: {"Keys": keys, "ConsistentRead": True}}
            )
            items = answer["Responses"].get(self._table, [])
            found.update({item["id"]["S"]: int(item["starts"]["N"]) for item in items})
            undone: Mapping[str, Any] = answer.get("UnprocessedKeys", {}).get(self._table, {})
            return unprocessed((key["id"]["S"] for key in undone.get("Keys", [])), "reading starts")

        for chunk in chunks(sorted(ids), GET_BATCH):
            found |= resend(chunk, send, budget, "reading starts")
        return found

    def note(self, starts: Mapping[str, int], budget: Budget) -> dict[str, PipelineError]:
        """Sets the counts of records; those of 0 are deleted. Returns why some could not be set."""
        expires_at = {"N": str(int(self._now()) + _KEPT)}

        def request(ingest_id: str) -> dict[str, Any]:
            key = {"id": {"S": ingest_id}}
            if not starts[ingest_id]:
                return {"DeleteRequest": {"Key": key}}
            return {
                "PutRequest": {
                    "Item": {**key, "starts": {"N": str(starts[ingest_id])}, "expires_at": expires_at}
                }
            }

        def send(chunk: Sequence[str]) -> dict[str, PipelineError]:
            requests: Any = [request(each) for each in chunk]
            answer = self._dynamodb.batch_write_item(RequestItems={self._table: requests})
            undone: Sequence[Any] = answer.get("UnprocessedItems", {}).get(self._table, [])
            return unprocessed(map(_id, undone), "noting starts")

        failed: dict[str, PipelineError] = {}
        for chunk in chunks(sorted(starts), PUT_BATCH):
            failed |= resend(chunk, send, budget, "noting starts")
        return failed


def _id(request: Mapping[str, Any]) -> str:
    item = request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"]
    return str(item["id"]["S"])
