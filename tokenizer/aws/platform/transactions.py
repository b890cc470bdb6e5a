"""Puts items under conditions, up to a hundred in one call."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.aws.platform.error_mapping import by_code
from tokenizer.errors import PipelineError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

BATCH = 100  # TransactWriteItems takes at most 100 actions a call

_REFUSED = "ConditionalCheckFailed"
_NONE = "None"


def put_together(
    dynamodb: "DynamoDBClient", puts: Sequence[dict[str, Any]], doing: str
) -> list[bool | PipelineError]:
    """Puts items under their conditions.

    A transaction of a hundred conditional puts costs two write units an item instead of one, but a hundredth of the
    calls. One refused item cancels the whole transaction.

    Args:
        dynamodb: a DynamoDB client.
        puts: at most 100 puts in the form of TransactWriteItems.
        doing: names the action in messages.

    Returns:
        For each put True if its item is there now, False if its condition refused it, or an error if it has to be sent
            again.

    Raises:
        ClientError: the call as a whole failed.
    """
    try:
        dynamodb.transact_write_items(TransactItems=[{"Put": put} for put in puts])  # type: ignore[typeddict-item]
    except ClientError as error:
        reasons = error.response.get("CancellationReasons")
        if not reasons:
            raise
        return [_answer(str(reason.get("Code", _NONE)), doing) for reason in reasons]
    return [True] * len(puts)


def _answer(reason: str, doing: str) -> bool | PipelineError:
    if reason == _REFUSED:
        return False
    # The other items of a cancelled transaction are undone without a fault of their own.
    return by_code("TransactionConflict" if reason == _NONE else reason, doing)
