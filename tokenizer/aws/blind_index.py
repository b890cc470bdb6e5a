"""The blind index: which token a consistent value has, in a table of its own.

The key of an entry is an HMAC of the value under the scope's key, so the table tells nothing without that key.
The first writer wins by a condition; each entry is sealed under the same key, so that nobody who can write the
table alone can point a value at another's token.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tokenizer.aws.batches import chunks, resend, unprocessed
from tokenizer.aws.transactions import BATCH, put_together
from tokenizer.budget import Budget
from tokenizer.errors import PipelineError, VaultIntegrity
from tokenizer.ports import Tokens
from tokenizer.records import IndexEntry
from tokenizer.tokens import ScopeKeys

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

GET_BATCH = 100  # BatchGetItem: at most 100 keys a call


class DynamoBlindIndex:
    """Implements the port `BlindIndex`."""

    def __init__(self, dynamodb: "DynamoDBClient", table: str, keys: ScopeKeys) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._keys = keys

    def lookup(self, wanted: Collection[tuple[str, bytes]], budget: Budget) -> Tokens:
        """The tokens of values that have one; read consistently, since an erased value must not come back."""
        scopes = {blind_index: scope for scope, blind_index in wanted}
        found: dict[bytes, str] = {}
        failed: dict[bytes, PipelineError] = {}

        def send(keys: Sequence[bytes]) -> dict[bytes, PipelineError]:
            answer = self._dynamodb.batch_get_item(
                RequestItems={self._table: {"Keys": [_key(each) for each in keys], "ConsistentRead": True}}
            )
            for item in answer["Responses"].get(self._table, []):
                blind_index, token = bytes.fromhex(item["id"]["S"]), item["token"]["S"]
                if item["seal"]["B"] == self._keys.seal(scopes[blind_index], blind_index, token):
                    found[blind_index] = token
                else:
                    failed[blind_index] = VaultIntegrity("an entry of the blind index is forged")
            undone: Mapping[str, Any] = answer.get("UnprocessedKeys", {}).get(self._table, {})
            keys_left = [bytes.fromhex(key["id"]["S"]) for key in undone.get("Keys", [])]
            return unprocessed(keys_left, "reading the blind index")

        for chunk in chunks(list(scopes), GET_BATCH):
            failed |= resend(chunk, send, budget, "reading the blind index")
        return Tokens(found, failed)

    def claim(self, entries: Sequence[IndexEntry], budget: Budget) -> Tokens:
        """Enter values that have no token yet; whoever was first keeps it, and everybody gets that token.

        One entry that is taken cancels its whole transaction, so the others are sent again without it; its token is
        then read back. That covers our own claim as well when its answer was lost.
        """
        by_key = {entry.blind_index: entry for entry in entries}
        taken: list[bytes] = []
        failed: dict[bytes, PipelineError] = {}

        def send(keys: Sequence[bytes]) -> dict[bytes, PipelineError]:
            puts = [self._put(by_key[key]) for key in keys]
            answers = dict(
                zip(keys, put_together(self._dynamodb, puts, "writing the blind index"), strict=True)
            )
            taken.extend(key for key, answer in answers.items() if answer is False)
            return {key: answer for key, answer in answers.items() if isinstance(answer, PipelineError)}

        for chunk in chunks(list(by_key), BATCH):
            failed |= resend(chunk, send, budget, "writing the blind index")
        mine = {
            key: entry.token for key, entry in by_key.items() if key not in failed and key not in set(taken)
        }
        theirs = self.lookup([(by_key[key].scope, key) for key in taken], budget) if taken else Tokens({}, {})
        return Tokens({**mine, **theirs.found}, {**failed, **theirs.failed})

    def _put(self, entry: IndexEntry) -> dict[str, Any]:
        return {
            "TableName": self._table,
            "Item": {
                **_key(entry.blind_index),
                "token": {"S": entry.token},
                "seal": {"B": self._keys.seal(entry.scope, entry.blind_index, entry.token)},
            },
            "ConditionExpression": "attribute_not_exists(id)",
        }


def _key(blind_index: bytes) -> dict[str, Any]:
    return {"id": {"S": blind_index.hex()}}
