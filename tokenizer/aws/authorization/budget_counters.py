"""Stores the counters of the reveal budgets.

Each caller and window has an item, which DynamoDB deletes after its end.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tokenizer.authorization.budget_rules import Window
from tokenizer.aws.platform.error_mapping import translated

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEPT_SECONDS = 7 * 86_400  # after the window began, so that an operator can see who used what


class DynamoCounters:
    """Implements the port `Counters`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("counting a reveal")
    def add(
        self, caller: str, window: Window, moment: datetime, amounts: Mapping[str, int]
    ) -> dict[str, int]:
        """Adds to a caller's counters in one atomic update.

        If an answer comes too late, botocore repeats the call and it counts twice. So a budget may end early, but never
        late.

        Raises:
            PipelineError: the table can't be reached.
        """
        names = {f"#{at}": name for at, name in enumerate(amounts)}
        added = ", ".join(f"{place} :{place[1:]}" for place in names)
        answer = self._dynamodb.update_item(
            TableName=self._table,
            Key={"id": {"S": f"{window}#{window.of(moment)}#{caller}"}},
            UpdateExpression=f"ADD {added} SET expires_at = :end",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={
                **{f":{at}": {"N": str(amount)} for at, amount in enumerate(amounts.values())},
                ":end": {"N": str(int(moment.timestamp()) + _KEPT_SECONDS)},
            },
            ReturnValues="ALL_NEW",  # counters to which nothing was added are needed too
        )
        return {name: int(answer["Attributes"][name]["N"]) for name in amounts}
