"""Finds a subject's vault records, blind index entries and shares by the indexes of three tables, and by lists.

DynamoDB updates those indexes a moment after the tables. This is one reason why an erasure is swept again. A consistent
value that a vault record lists is in none of them: its record and its entry are read by their keys.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.aws.erasure.keyed_reads import OF_ENTRIES, OF_RECORDS, KeyedReads
from tokenizer.aws.pipeline.index_items import index_entry
from tokenizer.aws.pipeline.share_items import share
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.vault.value_lists import ValueLists
from tokenizer.aws.vault.vault import owner, owners
from tokenizer.erasure.owned_records import OwnedRecord
from tokenizer.errors import VaultIntegrity
from tokenizer.formats import INDEX_ENTRY, VAULT_RECORD, VERSION
from tokenizer.records import IndexEntry, Share
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import SubjectKey, Versions

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

OWNER_INDEX = "owner"
SHARER_INDEX = "sharer"


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
        self._by_key = KeyedReads(dynamodb)
        self._lists = ValueLists(subject_keys)
        self._subject_keys = subject_keys
        self._vault = vault
        self._blind_index = blind_index
        self._shares = shares

    @translated("finding vault records")
    def records(self, subject: str, budget: Budget) -> list[OwnedRecord]:
        """Returns the subject's vault records that are not erased yet, and tombstones that list values."""
        owned = [
            OwnedRecord(
                bytes.fromhex(item["id"]["S"]), int(item["arrived"]["S"]), consistent="consistent" in item
            )
            for key in owners(subject)
            for item in self._query(self._vault, OWNER_INDEX, "owner", key)
        ]
        plain = [each.record_id for each in owned if not each.consistent]
        items = self._by_key.items(self._vault, plain, OF_RECORDS, budget)
        known = [self._with_list(each, items.get(each.record_id)) for each in owned]
        return [each for each in known if each.uses or each.forged or not each.erased]

    def _with_list(self, record: OwnedRecord, item: Any) -> OwnedRecord:
        """Returns a record with the values that it lists, as its item says them. Consistent values have no list."""
        if item is None:
            return record
        VAULT_RECORD.of_item(item)
        known = replace(record, erased="erased" in item)
        if "uses" not in item:
            return known
        try:
            subject, arrived = item["owner"]["S"].partition(".")[0], int(item["arrived"]["S"])
            uses = self._lists.open(bytes(item["uses"]["B"]), record.record_id, subject, arrived)
        except (KeyError, ValueError, VaultIntegrity):
            return replace(known, forged=True)
        return replace(known, uses=uses)

    @translated("finding vault records by their ids")
    def standing(self, record_ids: Collection[bytes], budget: Budget) -> set[bytes]:
        """Returns which vault records are stored and are no tombstones."""
        items = self._by_key.items(self._vault, record_ids, OF_RECORDS, budget)
        for item in items.values():
            VAULT_RECORD.of_item(item)
        return {record_id for record_id, item in items.items() if "erased" not in item}

    @translated("finding index entries")
    def entries(self, subject: str, listed: Collection[bytes], budget: Budget) -> list[IndexEntry]:
        """Returns the index entries that the subject owns. Their scope is not known here, so it is empty.

        Args:
            subject: the owner.
            listed: the keys of entries that the subject's vault records list.
            budget: the time that is left.
        """
        indexed = [
            item
            for key in owners(subject)
            for item in self._query(self._blind_index, OWNER_INDEX, "owner", key)
        ]
        by_key = self._by_key.items(self._blind_index, listed, OF_ENTRIES, budget)
        mine = [item for item in by_key.values() if item.get("subject") == {"S": subject}]
        return [_entry(item) for item in indexed + mine]

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
            ":nobodys": {"B": self._owned(replace(entry, owner="", listed=False))},
        }
        change = "SET erased_token = :token, erased_seal = :erased, owned = :nobodys REMOVE #owner"

        def forget(condition: dict[str, Any]) -> object:
            condition["ConditionExpression"] += " AND erased_until = :until AND erased_seal = :noted"
            condition["ExpressionAttributeValues"] |= values
            return self._dynamodb.update_item(UpdateExpression=change, **condition)

        return self._if_as_written(entry, forget)

    @translated("handing an index entry over")
    def hand_over(self, entry: IndexEntry, heir: Share) -> bool:
        """Makes somebody who shares the value the entry's owner."""
        inherited = replace(entry, owner=heir.subject, arrived=heir.arrived, listed=False)
        values = {
            ":heir": {"S": owner(heir.subject, entry.blind_index)},
            ":arrived": {"N": str(heir.arrived)},
            ":sealed": {"B": self._owned(inherited)},
        }
        # The heir's record may list nothing, so the index by owner gets a copy.
        away = " REMOVE #owner" if entry.listed else ""
        update = f"SET #heir = :heir, arrived = :arrived, owned = :sealed{away}"

        def hand_over(condition: dict[str, Any]) -> None:
            condition["ExpressionAttributeNames"] |= {"#heir": "owner"}
            condition["ExpressionAttributeValues"] |= values
            self._dynamodb.update_item(UpdateExpression=update, **condition)

        return self._if_as_written(entry, hand_over)

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

    def _owned(self, entry: IndexEntry) -> bytes:
        key = self._subject_keys.at(entry.arrived)
        return key.owned(entry.blind_index, entry.token, entry.owner, entry.arrived, listed=entry.listed)

    def _if_as_written(
        self,
        entry: IndexEntry,
        call: Callable[[dict[str, Any]], object],
        found: Callable[[Any], None] = lambda _: None,
    ) -> bool:
        """Makes a call for an entry that is as a tokenizing or erasing function wrote it.

        This function may not read the table, so DynamoDB compares the seal that the entry must have. Entries of version
        1 of the format have none.

        Returns:
            False if the entry names this owner and is not as it was written. It is left alone then.
        """
        named = {"S": entry.owner if entry.listed else owner(entry.owner, entry.blind_index)}
        attribute = "subject" if entry.listed else "owner"
        condition = {
            "TableName": self._blind_index,
            "Key": {"id": {"S": entry.blind_index.hex()}},
            "ConditionExpression": "#token = :token AND #owner = :owner AND arrived = :since"
            " AND (attribute_not_exists(#version) OR owned = :owned)",
            "ExpressionAttributeNames": {"#token": "token", "#owner": attribute, "#version": VERSION},
            "ExpressionAttributeValues": {
                ":token": {"S": entry.token},
                ":owner": named,
                ":since": {"N": str(entry.arrived)},
                ":owned": {"B": self._owned(entry)},
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
            changed: bool = (there.get("token"), there.get(attribute)) != ({"S": entry.token}, named)
            return changed
        return True


def _entry(item: Any) -> IndexEntry:
    INDEX_ENTRY.of_item(item)
    return replace(index_entry(item), erased_token="", erased_until=0)  # asked for when the entry is removed
