"""Finds a subject's vault records, blind index entries and shares by the indexes of three tables.

DynamoDB updates those indexes a moment after the tables. This is one reason why an erasure is swept again.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.aws.pipeline.share_items import share
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.vault.vault import owner, owners
from tokenizer.erasure.eraser import OwnedRecord
from tokenizer.formats import INDEX_ENTRY, VERSION
from tokenizer.records import IndexEntry, Share
from tokenizer.vault.tokens import SubjectKey, Versions

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

OWNER_INDEX = "owner"
SHARER_INDEX = "sharer"
_AS_WRITTEN = (
    "#token = :token AND #owner = :owner AND arrived = :since"
    " AND (attribute_not_exists(#version) OR owned = :owned)"
)


class DynamoSubjectData:
    """Implements the port `SubjectData`."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        vault: str,
        blind_index: str,
        shares: str,
        subject_keys: Versions[SubjectKey],
    ) -> None:
        """Uses three tables. `subject_keys` make the seal that an entry must have for its owner."""
        self._dynamodb = dynamodb
        self._subject_keys = subject_keys
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
    def drop_entry(self, entry: IndexEntry) -> bool:
        """Removes an index entry, unless its value has got another token or another owner since.

        An entry that notes that the value was erased by name stays, without an owner, and its token is erased as well:
        else a replay of what came before would bring the value back.
        """
        noted: list[Mapping[str, Any]] = []

        def drop(condition: dict[str, Any]) -> object:
            condition["ConditionExpression"] += " AND attribute_not_exists(erased_until)"
            return self._dynamodb.delete_item(**condition)

        genuine = self._if_as_written(entry, drop, found=noted.append)
        if not genuine and "erased_until" in noted[0]:
            return self._forget(entry, noted[0])
        return genuine

    def _forget(self, entry: IndexEntry, there: Mapping[str, Any]) -> bool:
        """Notes that the token of an entry is the erased one, and takes its owner away.

        Returns:
            False if the entry, or what it notes, is not as it was written.
        """
        was, until = there.get("erased_token", {}).get("S", ""), int(there["erased_until"]["N"])
        key = self._subject_keys.at(until)
        values = {
            ":until": there["erased_until"],
            ":noted": {"B": key.erased(entry.blind_index, was, until)},
            ":erased": {"B": key.erased(entry.blind_index, entry.token, until)},
            ":nobodys": {"B": self._owned(entry.blind_index, entry.token, "", entry.arrived)},
        }
        change = "SET erased_token = :token, erased_seal = :erased, owned = :nobodys REMOVE #owner"

        def forget(condition: dict[str, Any]) -> object:
            condition["ConditionExpression"] += " AND erased_until = :until AND erased_seal = :noted"
            return self._dynamodb.update_item(UpdateExpression=change, **condition)

        return self._if_as_written(entry, forget, values)

    @translated("handing an index entry over")
    def hand_over(self, entry: IndexEntry, heir: Share) -> bool:
        """Makes somebody who shares the value the entry's owner."""
        values = {
            ":heir": {"S": owner(heir.subject, entry.blind_index)},
            ":arrived": {"N": str(heir.arrived)},
            ":sealed": {"B": self._owned(entry.blind_index, entry.token, heir.subject, heir.arrived)},
        }
        return self._if_as_written(
            entry,
            lambda condition: self._dynamodb.update_item(
                UpdateExpression="SET #owner = :heir, arrived = :arrived, owned = :sealed", **condition
            ),
            values,
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

    def _owned(self, blind_index: bytes, token: str, subject: str, arrived: int) -> bytes:
        return self._subject_keys.at(arrived).owned(blind_index, token, subject, arrived)

    def _if_as_written(
        self,
        entry: IndexEntry,
        call: Callable[[dict[str, Any]], object],
        more: Mapping[str, Any] | None = None,
        found: Callable[[Any], None] = lambda _: None,
    ) -> bool:
        """Makes a call for an entry that is as a tokenizing or erasing function wrote it.

        This function may not read the table, so DynamoDB compares the seal that the entry must have. Entries of version
        1 of the format have none.

        Returns:
            False if the entry names this owner and is not as it was written. It is left alone then.
        """
        condition = {
            "TableName": self._blind_index,
            "Key": {"id": {"S": entry.blind_index.hex()}},
            "ConditionExpression": _AS_WRITTEN,
            "ExpressionAttributeNames": {"#token": "token", "#owner": "owner", "#version": VERSION},
            "ExpressionAttributeValues": {
                ":token": {"S": entry.token},
                ":owner": {"S": owner(entry.owner, entry.blind_index)},
                ":since": {"N": str(entry.arrived)},
                ":owned": {"B": self._owned(entry.blind_index, entry.token, entry.owner, entry.arrived)},
                **(more or {}),
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        try:
            call(condition)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            # The index is a moment behind the table. What it still shows may have been claimed anew or handed over.
            there: Any = error.response.get("Item", {})
            found(there)
            changed: bool = (there.get("token"), there.get("owner")) != (
                {"S": entry.token},
                {"S": owner(entry.owner, entry.blind_index)},
            )
            return changed
        return True


def _entry(item: Any, subject: str) -> IndexEntry:
    INDEX_ENTRY.of_item(item)
    return IndexEntry(
        "", bytes.fromhex(item["id"]["S"]), item["token"]["S"], subject, int(item["arrived"]["N"])
    )
