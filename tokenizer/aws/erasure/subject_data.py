"""Finds a subject's vault records, blind index entries and shares by the indexes of three tables.

DynamoDB updates those indexes a moment after the tables. This is one reason why an erasure is swept again.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.aws.pipeline.share_items import share
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.vault.vault import owner, owners
from tokenizer.erasure.eraser import OwnedRecord
from tokenizer.formats import INDEX_ENTRY
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
        """Returns the subject's vault records that are not erased yet."""
        return [
            OwnedRecord(
                bytes.fromhex(item["id"]["S"]), int(item["arrived"]["S"]), consistent="consistent" in item
            )
            for key in owners(subject)
            for item in self._query(self._vault, OWNER_INDEX, "owner", key)
        ]

    @translated("finding index entries")
    def entries(self, subject: str) -> list[IndexEntry]:
        """Returns the index entries that the subject owns. Their scope is not known here, so it is empty."""
        return [
            _entry(item, subject)
            for key in owners(subject)
            for item in self._query(self._blind_index, OWNER_INDEX, "owner", key)
        ]

    @translated("finding shares")
    def shares(self, subject: str) -> list[Share]:
        """Returns the shares by which the subject uses values that others own."""
        return [
            share(item)
            for key in owners(subject)
            for item in self._query(self._shares, SHARER_INDEX, "sharer", key)
        ]

    @translated("dropping an index entry")
    def drop_entry(self, entry: IndexEntry) -> None:
        """Removes an index entry, unless its value has got another token since."""
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
        """Makes somebody who shares the value the entry's owner."""
        self._if_still_there(
            lambda: self._dynamodb.update_item(
                TableName=self._blind_index,
                Key={"id": {"S": entry.blind_index.hex()}},
                UpdateExpression="SET #owner = :owner, arrived = :arrived",
                ConditionExpression="#token = :token",
                ExpressionAttributeNames={"#token": "token", "#owner": "owner"},
                ExpressionAttributeValues={
                    ":token": {"S": entry.token},
                    ":owner": {"S": owner(heir.subject, entry.blind_index)},
                    ":arrived": {"N": str(heir.arrived)},
                },
            )
        )

    @translated("dropping a share")
    def drop_share(self, share: Share) -> None:
        """Removes a share."""
        self._dynamodb.delete_item(
            TableName=self._shares,
            Key={"record": {"S": share.record_id.hex()}, "subject": {"S": share.subject}},
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


def _entry(item: Any, subject: str) -> IndexEntry:
    INDEX_ENTRY.of_item(item)
    return IndexEntry(
        "", bytes.fromhex(item["id"]["S"]), item["token"]["S"], subject, int(item["arrived"]["N"])
    )
