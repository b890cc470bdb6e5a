"""Stores requests for approval, each in an item of its own, which DynamoDB deletes a month after it ended."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.authorization.approvals import Approval
from tokenizer.aws.platform.error_mapping import translated

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_KEPT_SECONDS = 30 * 86_400  # after the end, so that people can see what was approved


class DynamoApprovals:
    """Implements the port `ApprovalStore`.

    All but approver and use is written once, so what was read of an approval still holds when a condition decides.
    """

    def __init__(self, dynamodb: "DynamoDBClient", table: str) -> None:
        self._dynamodb = dynamodb
        self._table = table

    @translated("storing a request for approval")
    def add(self, approval: Approval) -> None:
        """Stores a new one; it never takes the place of another."""
        self._dynamodb.put_item(
            TableName=self._table,
            Item={
                "id": {"S": approval.approval_id},
                "action": {"S": approval.action},
                "digest": {"S": approval.digest},
                "purpose": {"S": approval.purpose},
                "letter": {"S": approval.letter},
                "paths": {"L": [{"S": path} for path in approval.paths]},
                "proposer": {"S": approval.proposer},
                "valid_until": {"N": str(approval.valid_until)},
                "expires_at": {"N": str(approval.valid_until + _KEPT_SECONDS)},
            },
            ConditionExpression="attribute_not_exists(id)",
        )

    @translated("reading an approval")
    def get(self, approval_id: str) -> Approval | None:
        """Returns one as it is now, or None if there is none of that name."""
        found = self._dynamodb.get_item(
            TableName=self._table, Key={"id": {"S": approval_id}}, ConsistentRead=True
        ).get("Item")
        return _read(found) if found else None

    @translated("listing approvals")
    def every(self) -> list[Approval]:
        """Returns those that are kept."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table)
        return [_read(item) for page in pages for item in page["Items"]]

    def approve(self, approval_id: str, approver: str) -> bool:
        """Notes who approved; returns False if somebody has approved already, or it is the one who asked."""
        return self._set(
            approval_id,
            "approver = :new",
            "attribute_exists(id) AND attribute_not_exists(approver) AND proposer <> :new",
            {"S": approver},
        )

    def use(self, approval_id: str) -> bool:
        """Notes that it has served; returns False if it had, or if nobody has approved it.

        If an answer comes too late, botocore repeats the call, which then finds it used: so it may serve never, but
        not twice.
        """
        return self._set(
            approval_id,
            "used = :new",
            "attribute_exists(approver) AND attribute_not_exists(used)",
            {"BOOL": True},
        )

    @translated("changing an approval")
    def _set(self, approval_id: str, what: str, condition: str, value: Any) -> bool:
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key={"id": {"S": approval_id}},
                UpdateExpression=f"SET {what}",
                ConditionExpression=condition,
                ExpressionAttributeValues={":new": value},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def _read(item: Mapping[str, Any]) -> Approval:
    return Approval(
        item["id"]["S"],
        item["action"]["S"],
        item["digest"]["S"],
        item["purpose"]["S"],
        item["letter"]["S"],
        tuple(each["S"] for each in item["paths"]["L"]),
        item["proposer"]["S"],
        int(item["valid_until"]["N"]),
        item["approver"]["S"] if "approver" in item else None,
        "used" in item,
    )
