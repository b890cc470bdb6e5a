"""Puts items under conditions, each in a call of its own and several side by side.

A conditional PutItem costs one write unit for each kilobyte. A transaction would put a hundred items in one call, but
costs two, and one refused item cancels it. BatchWriteItem knows no conditions, and BatchExecuteStatement has no INSERT
that replaces an item under a condition.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import ClientError

from tokenizer.aws.platform.batches import resend
from tokenizer.aws.platform.error_mapping import mapped
from tokenizer.aws.platform.workers import Workers
from tokenizer.errors import OutOfTime, PipelineError
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Key = TypeVar("Key")

_REFUSED = "ConditionalCheckFailedException"


def put_each(
    dynamodb: "DynamoDBClient",
    puts: Mapping[Key, dict[str, Any]],
    workers: Workers,
    budget: Budget,
    doing: str,
) -> dict[Key, bool | PipelineError]:
    """Puts items under their conditions, and repeats those that failed in a way that may pass.

    Args:
        dynamodb: a DynamoDB client.
        puts: the arguments of PutItem for each item.
        workers: make the calls.
        budget: the time that is left. No put begins once it is spent.
        doing: names the action in messages.

    Returns:
        For each put True if its item is there now, False if its condition refused it, or why it is unknown. A put whose
            answer was lost may be refused by its own item.
    """
    answers: dict[Key, bool | PipelineError] = {}

    def put(key: Key) -> bool | PipelineError:
        try:
            return OutOfTime(f"{doing}: no time left") if budget.spent else _put(dynamodb, puts[key])
        except Exception as error:  # noqa: BLE001 -- the map decides, and names the class
            return mapped(error, doing)

    def send(keys: Sequence[Key]) -> dict[Key, PipelineError]:
        sent = dict(zip(keys, workers.each(put, keys), strict=True))
        answers.update(sent)
        return {key: answer for key, answer in sent.items() if isinstance(answer, PipelineError)}

    if puts:
        answers.update(resend(list(puts), send, budget, doing))
    return answers


def _put(dynamodb: "DynamoDBClient", put: dict[str, Any]) -> bool:
    try:
        dynamodb.put_item(**put)
    except ClientError as error:
        if error.response["Error"]["Code"] != _REFUSED:
            raise
        return False
    return True
