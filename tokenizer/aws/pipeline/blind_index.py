"""Stores the blind index: the token of each consistent value.

The key of an entry is an HMAC of the value under the scope's key, so the table reveals nothing without that key. A
condition lets the first writer win. Each entry is sealed under the same key, so that somebody who can only write the
table can't point a value at another value's token. An entry names its owner, the subject of the record that first held
the value; a second seal, under the subject key, binds owner and arrival to the entry. A table of shares names everybody
else who uses the value, so that erasing one subject leaves what others share. Shares are sealed under the subject key.
If a value was erased because somebody named it, its entry notes the token that was erased and until when, under a third
seal, whatever token it has got since.

An owner stands in `subject` if the vault record that brought the value lists it: an erasure finds the entry by that
list. Otherwise it stands in `owner`, by which an index holds a copy, and that copy costs a write of its own.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tokenizer.aws.pipeline.index_items import index_entry
from tokenizer.aws.platform.batches import chunks, prepare, resend, unprocessed
from tokenizer.aws.platform.conditional_puts import put_each
from tokenizer.aws.platform.workers import InTurn, Workers
from tokenizer.aws.vault.vault import owner
from tokenizer.errors import PipelineError, VaultIntegrity
from tokenizer.formats import INDEX_ENTRY, SHARE, VERSION
from tokenizer.pipeline.ports import Tokens
from tokenizer.records import IndexEntry, Share
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import ScopeKeys, SubjectKey, Versions

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

GET_BATCH = 100  # BatchGetItem takes at most 100 keys a call
PUT_BATCH = 25  # BatchWriteItem takes at most 25 puts a call
_OWNER_UNSEALED = 1  # the version of entries whose seal covers value and token alone


class DynamoBlindIndex:
    """Implements the port `BlindIndex`."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        shares: str,
        keys: ScopeKeys,
        subject_keys: Versions[SubjectKey],
        *,
        workers: Workers | None = None,
    ) -> None:
        """Uses one table for the index and another for shares.

        Args:
            dynamodb: a DynamoDB client.
            table: the index.
            shares: the table of shares.
            keys: the scopes' keys, which seal values and tokens.
            subject_keys: seal owners and shares; the arrival decides which version.
            workers: make the calls that enter values; without them, one after the other.
        """
        self._dynamodb = dynamodb
        self._table = table
        self._shares = shares
        self._keys = keys
        self._subject_keys = subject_keys
        self._workers = workers or InTurn()

    def lookup(self, wanted: Collection[tuple[str, bytes]], budget: Budget) -> Tokens:
        """Returns the entries of values. It reads consistently, because an erased value must not come back."""
        scopes = {blind_index: scope for scope, blind_index in wanted}
        found: dict[bytes, IndexEntry] = {}
        failed: dict[bytes, PipelineError] = {}

        def send(keys: Sequence[bytes]) -> dict[bytes, PipelineError]:
            answer = self._dynamodb.batch_get_item(
                RequestItems={self._table: {"Keys": [_key(each) for each in keys], "ConsistentRead": True}}
            )
            for item in answer["Responses"].get(self._table, []):
                blind_index = bytes.fromhex(item["id"]["S"])
                try:
                    found[blind_index] = self._genuine(item, scopes[blind_index], blind_index)
                except PipelineError as error:
                    failed[blind_index] = error
            undone: Mapping[str, Any] = answer.get("UnprocessedKeys", {}).get(self._table, {})
            keys_left = [bytes.fromhex(key["id"]["S"]) for key in undone.get("Keys", [])]
            return unprocessed(keys_left, "reading the blind index")

        for chunk in chunks(list(scopes), GET_BATCH):
            failed |= resend(chunk, send, budget, "reading the blind index")
        return Tokens(found, failed)

    def claim(self, entries: Sequence[IndexEntry], erasures: Mapping[str, int], budget: Budget) -> Tokens:
        """Enters values that have no token yet. The first writer wins, and everybody gets that token.

        An entry that the same owner made before an erasure is replaced. The token of a taken entry is read back. This
        also covers our own claim if its answer was lost.
        """
        return self._put_all(entries, lambda entry: self._put(entry, erasures.get(entry.owner, 0)), budget)

    def amend(
        self, entries: Sequence[IndexEntry], before: Mapping[bytes, IndexEntry], budget: Budget
    ) -> Tokens:
        """Replaces entries that are as they were read. Of two who try at once, the first one succeeds."""
        return self._put_all(entries, lambda entry: self._amending(entry, before[entry.blind_index]), budget)

    def _put_all(
        self, entries: Sequence[IndexEntry], put: Callable[[IndexEntry], dict[str, Any]], budget: Budget
    ) -> Tokens:
        """Puts entries under conditions; returns those that are stored then, our own or somebody else's."""
        by_key = {entry.blind_index: entry for entry in entries}
        puts, failed = prepare(by_key, put, "writing the blind index")
        answers = put_each(self._dynamodb, puts, self._workers, budget, "writing the blind index")
        mine = {key: by_key[key] for key, answer in answers.items() if answer is True}
        failed |= {key: answer for key, answer in answers.items() if isinstance(answer, PipelineError)}
        taken = [(by_key[key].scope, key) for key, answer in answers.items() if answer is False]
        theirs = self.lookup(taken, budget) if taken else Tokens({}, {})
        return Tokens({**mine, **theirs.found}, {**failed, **theirs.failed})

    def share(self, shares: Sequence[Share], budget: Budget) -> list[PipelineError | None]:
        """Notes who uses a value that somebody else owns, or nobody. Noting it again is safe."""
        by_key = {(each.record_id, each.subject): each for each in shares}
        puts, failed = prepare(
            by_key, lambda share: {"PutRequest": {"Item": self._share(share)}}, "sharing values"
        )

        def send(keys: Sequence[tuple[bytes, str]]) -> dict[tuple[bytes, str], PipelineError]:
            requests: Any = [puts[key] for key in keys]
            answer = self._dynamodb.batch_write_item(RequestItems={self._shares: requests})
            undone: Sequence[Any] = answer.get("UnprocessedItems", {}).get(self._shares, [])
            return unprocessed((_shared(each["PutRequest"]["Item"]) for each in undone), "sharing values")

        for chunk in chunks(list(puts), PUT_BATCH):
            failed |= resend(chunk, send, budget, "sharing values")
        return [failed.get((each.record_id, each.subject)) for each in shares]

    def _put(self, entry: IndexEntry, erased_until: int) -> dict[str, Any]:
        """Returns a put that takes the place of no entry, or of one that no longer holds."""
        item = self._item(entry)
        names, values, replaced = {}, dict[str, Any](), ""
        if erased_until:
            names["#owner"] = "owner"
            values |= {
                ":owner": {"S": owner(entry.owner, entry.blind_index)},
                ":subject": {"S": entry.owner},
                ":until": {"N": str(erased_until)},
            }
            same = _same_erasure(entry, values)
            replaced += f" OR ((#owner = :owner OR subject = :subject) AND arrived <= :until AND {same})"
        if entry.erased_token:
            names["#token"] = "token"
            replaced += f" OR (#token = :erased_token AND {_same_erasure(entry, values)})"
        put = {
            "TableName": self._table,
            "Item": item,
            "ConditionExpression": f"attribute_not_exists(id){replaced}",
        }
        more = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
        return {**put, **more} if replaced else put

    def _amending(self, entry: IndexEntry, before: IndexEntry) -> dict[str, Any]:
        values: dict[str, Any] = {":token": {"S": before.token}}
        owned = "attribute_not_exists(#owner) AND attribute_not_exists(subject)"
        if before.listed:
            owned = "attribute_not_exists(#owner) AND subject = :owner"
            values[":owner"] = {"S": before.owner}
        elif before.owner:
            owned = "#owner = :owner"
            values[":owner"] = {"S": owner(before.owner, before.blind_index)}
        return {
            "TableName": self._table,
            "Item": self._item(entry),
            "ConditionExpression": f"#token = :token AND {owned} AND {_same_erasure(before, values)}",
            "ExpressionAttributeNames": {"#token": "token", "#owner": "owner"},
            "ExpressionAttributeValues": values,
        }

    def _item(self, entry: IndexEntry) -> dict[str, Any]:
        version = INDEX_ENTRY.written
        item = {
            **_key(entry.blind_index),
            VERSION: {"N": str(version)},
            "token": {"S": entry.token},
            "seal": {"B": self._keys.seal(entry.scope, entry.blind_index, entry.token, version)},
            "owned": {"B": self._owned(entry)},
            "arrived": {"N": str(entry.arrived)},
        }
        if entry.listed:
            item["subject"] = {"S": entry.owner}
        elif entry.owner:
            item["owner"] = {"S": owner(entry.owner, entry.blind_index)}
        if entry.erased_token:
            item["erased_token"] = {"S": entry.erased_token}
            item["erased_until"] = {"N": str(entry.erased_until)}
            item["erased_seal"] = {"B": self._erased(entry)}
        return item

    def _genuine(self, item: Mapping[str, Any], scope: str, blind_index: bytes) -> IndexEntry:
        """Returns the entry in an item.

        Raises:
            NewerFormat: a later release wrote it.
            VaultIntegrity: it is not as it was written.
        """
        version = INDEX_ENTRY.of_item(item)
        try:
            entry = index_entry(item, scope)
            genuine = item["seal"]["B"] == self._keys.seal(scope, blind_index, entry.token, version)
            if version > _OWNER_UNSEALED:
                genuine = genuine and item["owned"]["B"] == self._owned(entry)
            if entry.erased_token or entry.erased_until:
                genuine = genuine and item["erased_seal"]["B"] == self._erased(entry)
        except (LookupError, TypeError, ValueError):
            genuine = False
        if not genuine:
            raise VaultIntegrity("an entry of the blind index is forged")
        return entry

    def _owned(self, entry: IndexEntry) -> bytes:
        key = self._subject_keys.at(entry.arrived)
        return key.owned(entry.blind_index, entry.token, entry.owner, entry.arrived, listed=entry.listed)

    def _erased(self, entry: IndexEntry) -> bytes:
        key = self._subject_keys.at(entry.erased_until)
        return key.erased(entry.blind_index, entry.erased_token, entry.erased_until)

    def _share(self, share: Share) -> dict[str, Any]:
        key = self._subject_keys.at(share.arrived)
        seal = key.shared(share.record_id, share.subject, share.arrived, share.owner, share.owned_since)
        return {
            VERSION: {"N": str(SHARE.written)},
            "sharer": {"S": owner(share.subject, share.record_id)},
            "record": {"S": share.record_id.hex()},
            "subject": {"S": share.subject},
            "arrived": {"N": str(share.arrived)},
            "owner": {"S": share.owner},
            "owned_since": {"N": str(share.owned_since)},
            "seal": {"B": seal},
        }


def _key(blind_index: bytes) -> dict[str, Any]:
    return {"id": {"S": blind_index.hex()}}


def _same_erasure(entry: IndexEntry, values: dict[str, Any]) -> str:
    """Returns the condition that the stored entry notes the erasure that this one does, or none; adds its values."""
    if not entry.erased_token:
        return "attribute_not_exists(erased_token)"
    values |= {":erased_token": {"S": entry.erased_token}, ":erased_until": {"N": str(entry.erased_until)}}
    return "erased_token = :erased_token AND erased_until = :erased_until"


def _shared(item: Mapping[str, Any]) -> tuple[bytes, str]:
    return bytes.fromhex(item["record"]["S"]), item["subject"]["S"]
