"""What a subject leaves behind, found by the indexes of three tables: vault records, entries of the blind index, shares.

Those indexes follow their tables a moment later, which is one reason why an erasure is swept again.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.aws.pipeline.blind_index import NOBODY
from tokenizer.aws.pipeline.shares import share
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.vault.vault import owner, owners
from tokenizer.erasure.eraser import OwnedRecord
from tokenizer.records import IndexEntry, Share

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

OWNER_INDEX = "owner"
SHARER_INDEX = "sharer"


class DynamoSubjectData:
    """Implements the port `SubjectData`."""

    def __init__(self, dynamodb: "DynamoDBClient", vault: str, blind_index: str, shares: str) -> None:
        self._dynamodb = dynamodb
        self._vault = vault
        self._blind_index = blind_index
        self._shares = shares

    @translated("finding vault records")
    def records(self, subject: str) -> list[OwnedRecord]:
        """The vault records that are not erased yet."""
        return [
            OwnedRecord(
                bytes.fromhex(item["id"]["S"]), int(item["arrived"]["S"]), consistent="consistent" in item
            )
            for key in owners(subject)
            for item in self._query(self._vault, OWNER_INDEX, "owner", key)
        ]

    @translated("finding index entries")
    def entries(self, subject: str) -> list[IndexEntry]:
        """The entries of the blind index that they answer for; which scope each is of is not known here."""
        return [
            IndexEntry(
                "", bytes.fromhex(item["id"]["S"]), item["token"]["S"], subject, int(item["arrived"]["N"])
            )
            for key in owners(subject)
            for item in self._query(self._blind_index, OWNER_INDEX, "owner", key)
        ]

    @translated("finding shares")
    def shares(self, subject: str) -> list[Share]:
        """The values of others that they use."""
        return [
            share(item)
            for key in owners(subject)
            for item in self._query(self._shares, SHARER_INDEX, "sharer", key)
        ]

    @translated("dropping an index entry")
    def drop_entry(self, entry: IndexEntry) -> None:
        """Forget which token a value has, unless it has got another one since."""
        self._if_still_there(
            lambda: self._dynamodb.delete_item(
                TableName=self._blind_index,
                Key={"id": {"S": entry.blind_index.hex()}},
                ConditionExpression="#token = :token",
                ExpressionAttributeNames={"#token": "token"},
                ExpressionAttributeValues={":token": {"S": entry.token}},
            )
        )

    @translated("handing an index entry over")
    def hand_over(self, entry: IndexEntry, heir: Share) -> None:
        """Let somebody who shares the value answer for it; nobody, where that is a record without a name."""
        names = {"#token": "token", "#owner": "owner"}
        values: dict[str, Any] = {":token": {"S": entry.token}}
        update = "REMOVE #owner, arrived"
        if heir.subject:
            update = "SET #owner = :owner, arrived = :arrived"
            values[":owner"] = {"S": owner(heir.subject, entry.blind_index)}
            values[":arrived"] = {"N": str(heir.arrived)}
        self._if_still_there(
            lambda: self._dynamodb.update_item(
                TableName=self._blind_index,
                Key={"id": {"S": entry.blind_index.hex()}},
                UpdateExpression=update,
                ConditionExpression="#token = :token",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
            )
        )

    @translated("dropping a share")
    def drop_share(self, share: Share) -> None:
        """Forget that somebody used a value."""
        self._dynamodb.delete_item(
            TableName=self._shares,
            Key={"record": {"S": share.record_id.hex()}, "subject": {"S": share.subject or NOBODY}},
        )

    def _query(self, table: str, index: str, attribute: str, value: str) -> Iterator[Any]:
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=table,
            IndexName=index,
            KeyConditionExpression="#key = :key",
            ExpressionAttributeNames={"#key": attribute},
            ExpressionAttributeValues={":key": {"S": value}},
        )
        for page in pages:
            yield from page["Items"]

    @staticmethod
    def _if_still_there(call: Any) -> None:
        try:
            call()
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
