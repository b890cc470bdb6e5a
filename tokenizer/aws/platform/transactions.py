"""Conditional puts, up to a hundred in one call."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.aws.platform.error_mapping import by_code
from tokenizer.errors import PipelineError

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

BATCH = 100  # TransactWriteItems: at most 100 actions a call

_REFUSED = "ConditionalCheckFailed"
_NONE = "None"


def put_together(
    dynamodb: "DynamoDBClient", puts: Sequence[dict[str, Any]], doing: str
) -> list[bool | PipelineError]:
    """Put items under their conditions.

    A transaction of a hundred conditional puts costs two write units an item instead of one, and a hundredth of the
    calls. One item that is refused cancels the whole.

    Args:
        dynamodb: a client.
        puts: at most 100, as TransactWriteItems takes them.
        doing: what is being done, for messages.

    Returns:
        For each put whether its item is there now: False where its condition refused it, an error where it has to
        be sent again.

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
    # The rest of a cancelled transaction is undone without fault of its own.
    return by_code("TransactionConflict" if reason == _NONE else reason, doing)
