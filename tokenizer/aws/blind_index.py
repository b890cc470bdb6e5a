"""The blind index: which token a consistent value has, in a table of its own.

The key of an entry is an HMAC of the value under the scope's key, so the table tells nothing without that key.
The first writer wins by a condition; each entry is sealed under the same key, so that nobody who can write the
table alone can point a value at another's token.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tokenizer.aws.batches import chunks, resend, unprocessed
from tokenizer.aws.faults import by_code
from tokenizer.budget import Budget
from tokenizer.errors import PipelineError, VaultIntegrity
from tokenizer.ports import Tokens
from tokenizer.records import IndexEntry
from tokenizer.tokens import ScopeKeys

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

GET_BATCH = 100  # BatchGetItem: at most 100 keys a call
CLAIM_BATCH = 100  # TransactWriteItems: at most 100 actions a call

_TAKEN = "ConditionalCheckFailed"
_NONE = "None"


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

        A transaction of a hundred conditional puts costs two write units an entry instead of one, and a hundredth
        of the calls. One entry that is taken cancels the whole, so the others are sent again without it; its
        token is then read back. That covers our own claim as well when its answer was lost.
        """
        by_key = {entry.blind_index: entry for entry in entries}
        taken: list[bytes] = []
        failed: dict[bytes, PipelineError] = {}

        def send(keys: Sequence[bytes]) -> dict[bytes, PipelineError]:
            reasons = self._transact([by_key[key] for key in keys])
            if not reasons:
                return {}
            lost = {key for key, reason in zip(keys, reasons, strict=True) if reason == _TAKEN}
            taken.extend(lost)
            # The rest of a cancelled transaction is undone without fault of its own: sent again.
            return {
                key: by_code("TransactionConflict" if reason == _NONE else reason, "writing the blind index")
                for key, reason in zip(keys, reasons, strict=True)
                if key not in lost
            }

        for chunk in chunks(list(by_key), CLAIM_BATCH):
            failed |= resend(chunk, send, budget, "writing the blind index")
        mine = {
            key: entry.token for key, entry in by_key.items() if key not in failed and key not in set(taken)
        }
        theirs = self.lookup([(by_key[key].scope, key) for key in taken], budget) if taken else Tokens({}, {})
        return Tokens({**mine, **theirs.found}, {**failed, **theirs.failed})

    def _transact(self, entries: Sequence[IndexEntry]) -> list[str]:
        """Put entries together; answers with nothing, or with a reason for each entry if none was put."""
        try:
            self._dynamodb.transact_write_items(
                TransactItems=[
                    {
                        "Put": {
                            "TableName": self._table,
                            "Item": {
                                **_key(entry.blind_index),
                                "token": {"S": entry.token},
                                "seal": {"B": self._keys.seal(entry.scope, entry.blind_index, entry.token)},
                            },
                            "ConditionExpression": "attribute_not_exists(id)",
                        }
                    }
                    for entry in entries
                ]
            )
        except ClientError as error:
            reasons = error.response.get("CancellationReasons")
            if not reasons:
                raise
            return [str(reason.get("Code", _NONE)) for reason in reasons]
        return []


def _key(blind_index: bytes) -> dict[str, Any]:
    return {"id": {"S": blind_index.hex()}}
