"""Stores vault records in a DynamoDB table whose items dynamodb-encryption-sdk encrypts on the client.

Items go through the SDK's item functions and plain batch calls. The SDK's client and table wrappers are not used: they
pass `transact_write_items` and `execute_statement` through, and those would store plaintext.

The attributes of an item:

- `id`: the record id, signed.
- `values`: all values as one encrypted attribute (see `values.py`).
- `exp`: the expiry that readers check, in seconds since 1970 as text, `0` for never; signed.
- `expires_at`: DynamoDB's own TTL attribute. It is unsigned so that DynamoDB can use it, so it is never believed.
- `version`: of the format; signed. Version 1 has none, and neither `subject` nor `uses`.
- `owner`: the subject, by which erasure finds the item through an index; signed.
- `subject`: the same on the record of a consistent value that another record lists. No index holds it; signed.
- `uses`: the sealed list of the consistent values that a raw record uses (see `value_lists.py`); signed.
- `arrived`: the raw record's arrival in milliseconds since 1970 as text; signed.
- `consistent`: only on the record of a consistent value; signed.
- `erased`: only on a tombstone; signed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dynamodb_encryption_sdk.encrypted import CryptoConfig
from dynamodb_encryption_sdk.encrypted.item import decrypt_dynamodb_item, encrypt_dynamodb_item
from dynamodb_encryption_sdk.identifiers import CryptoAction
from dynamodb_encryption_sdk.material_providers import CryptographicMaterialsProvider
from dynamodb_encryption_sdk.structures import AttributeActions, EncryptionContext

from schemas.dead_letter import ErrorCode
from tokenizer.aws.platform.batches import chunks, resend, unprocessed
from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.vault.values import packed, unpacked
from tokenizer.errors import BadRecord, PipelineError, VaultIntegrity
from tokenizer.formats import VAULT_RECORD, VERSION
from tokenizer.records import SealedRecord, VaultRecord
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

    from tokenizer.aws.vault.value_lists import ValueLists

Item = dict[str, Any]

PUT_BATCH = 25  # BatchWriteItem takes at most 25 puts and 16 MB a call, in items of at most 400 KB
GET_BATCH = 100  # BatchGetItem takes at most 100 keys a call
ITEM_BYTES = 400 * 1024

_ACTIONS = {
    "id": CryptoAction.SIGN_ONLY,
    VERSION: CryptoAction.SIGN_ONLY,
    "subject": CryptoAction.SIGN_ONLY,
    "uses": CryptoAction.SIGN_ONLY,
    "exp": CryptoAction.SIGN_ONLY,
    "expires_at": CryptoAction.DO_NOTHING,
    "owner": CryptoAction.SIGN_ONLY,
    "arrived": CryptoAction.SIGN_ONLY,
    "consistent": CryptoAction.SIGN_ONLY,
    "erased": CryptoAction.SIGN_ONLY,
}
_NOBODY, _ZERO = {"S": ""}, {"S": "0"}
_SIGNED = frozenset({"id", "values", *_ACTIONS})


class _Table:
    """Holds what reading and writing share."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        crypto_name: str,
        materials: CryptographicMaterialsProvider,
    ) -> None:
        """Uses a table.

        Args:
            dynamodb: a DynamoDB client.
            table: the table's name.
            crypto_name: the name that signatures cover; it differs from `table` after a restore.
            materials: provides the keys.
        """
        self._dynamodb = dynamodb
        self._table = table
        self._config = crypto_config(crypto_name, materials)

    def _get(
        self, ids: Sequence[bytes], budget: Budget
    ) -> tuple[dict[bytes, Item], dict[bytes, PipelineError]]:
        found: dict[bytes, Item] = {}

        def send(chunk: Sequence[bytes]) -> dict[bytes, PipelineError]:
            answer = self._dynamodb.batch_get_item(
                RequestItems={self._table: {"Keys": [_key(each) for each in chunk], "ConsistentRead": True}}
            )
            found.update(
                {
                    bytes.fromhex(item["id"]["S"]): dict(item)
                    for item in answer["Responses"].get(self._table, [])
                }
            )
            undone: Mapping[str, Any] = answer.get("UnprocessedKeys", {}).get(self._table, {})
            return unprocessed(
                (bytes.fromhex(key["id"]["S"]) for key in undone.get("Keys", [])), "reading the vault"
            )

        failed: dict[bytes, PipelineError] = {}
        for chunk in chunks(list(dict.fromkeys(ids)), GET_BATCH):
            failed |= resend(chunk, send, budget, "reading the vault")
        return found, failed


class VaultWriter(_Table):
    """Writes vault records. It implements the port `Vault`."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        crypto_name: str,
        materials: CryptographicMaterialsProvider,
        lists: "ValueLists",
    ) -> None:
        """Uses a table. `lists` seals the lists of consistent values in records."""
        super().__init__(dynamodb, table, crypto_name, materials)
        self._lists = lists

    def put(self, sealed: Sequence[SealedRecord], budget: Budget) -> list[PipelineError | None]:
        """Stores sealed records. One that is stored already is replaced by the same content.

        Returns:
            None for each record that was stored, or its error.
        """
        items = {each.record_id: each.item for each in sealed}
        failures: dict[bytes, PipelineError] = {}
        for chunk in chunks(list(items), PUT_BATCH):
            failures |= resend(chunk, lambda ids: self._put(ids, items), budget, "writing the vault")
        return [failures.get(each.record_id) for each in sealed]

    def _put(self, ids: Sequence[bytes], items: Mapping[bytes, Item]) -> dict[bytes, PipelineError]:
        answer = self._dynamodb.batch_write_item(
            RequestItems={self._table: [{"PutRequest": {"Item": items[each]}} for each in ids]}
        )
        undone: Sequence[Any] = answer.get("UnprocessedItems", {}).get(self._table, [])
        return unprocessed(
            (bytes.fromhex(each["PutRequest"]["Item"]["id"]["S"]) for each in undone), "writing the vault"
        )

    @translated("sealing")
    def seal(self, record: VaultRecord) -> SealedRecord:
        """Encrypts a record.

        Raises:
            BadRecord: `too_large`: it never fits into the table.
            PipelineError: KMS returned no data key, or encrypting failed.
        """
        item: Item = {
            **_key(record.record_id),
            VERSION: {"N": str(VAULT_RECORD.written)},
            "values": {"B": packed(record.fields)},
            "exp": {"S": str(record.expires_at)},
        }
        if record.expires_at:
            item["expires_at"] = {"N": str(record.expires_at)}
        if record.listed:
            item["subject"] = {"S": record.subject}
        elif record.subject:
            item["owner"] = {"S": owner(record.subject, record.record_id)}
        if record.subject:
            item["arrived"] = {"S": str(record.arrived)}
        if record.uses:
            item["uses"] = {
                "B": self._lists.seal(record.uses, record.record_id, record.subject, record.arrived)
            }
        if record.consistent:
            item["consistent"] = {"S": "1"}
        if record.erased:
            item["erased"] = {"S": str(record.erased)}
        sealed: Item = encrypt_dynamodb_item(item, self._config)
        if _size(sealed) > ITEM_BYTES:
            raise BadRecord(ErrorCode.TOO_LARGE, f"its values fill more than {ITEM_BYTES} bytes of the vault")
        return SealedRecord(record.record_id, sealed)


class VaultReader(_Table):
    """Reads vault records. Only the functions that reveal have the permissions for it."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        crypto_name: str,
        materials: CryptographicMaterialsProvider,
        now: Callable[[], float],
    ) -> None:
        """Uses a table. `now` returns seconds since 1970."""
        super().__init__(dynamodb, table, crypto_name, materials)
        self._now = now

    def get_decrypted(
        self, ids: Sequence[bytes], budget: Budget
    ) -> dict[bytes, VaultRecord | PipelineError | None]:
        """Reads records in clear.

        Returns:
            For each id its record, None if there is none or it has expired, or the error that kept it from being read.
            The list of consistent values is left out, since only the erasing function can open it.
            The error is `VaultIntegrity` if the stored item is not what was written under that id.
        """
        items, failed = self._get(ids, budget)
        answer: dict[bytes, VaultRecord | PipelineError | None] = dict.fromkeys(ids)
        answer.update(failed)
        for record_id, item in items.items():
            try:
                answer[record_id] = self._opened(record_id, item)
            except PipelineError as error:
                answer[record_id] = error
        return answer

    def get_stored(self, record_id: bytes, budget: Budget) -> Item | None:
        """Returns the stored item: ciphertext, signature and material description.

        Raises:
            PipelineError: the table can't be read.
        """
        items, failed = self._get([record_id], budget)
        if record_id in failed:
            raise failed[record_id]
        return items.get(record_id)

    @translated("opening a vault record")
    def _opened(self, record_id: bytes, stored: Item) -> VaultRecord | None:
        item = opened(stored, self._config)
        expires_at = int(item["exp"]["S"])
        if 0 < expires_at <= self._now():
            return None
        return VaultRecord(
            record_id,
            unpacked(item["values"]["B"]),
            expires_at,
            subject=item.get("subject", item.get("owner", _NOBODY))["S"].partition(".")[0],
            arrived=int(item.get("arrived", _ZERO)["S"]),
            consistent="consistent" in item,
            erased=int(item.get("erased", _ZERO)["S"]),
            listed="subject" in item,
        )


def crypto_config(crypto_name: str, materials: CryptographicMaterialsProvider) -> CryptoConfig:
    """Returns the SDK's settings: attributes to encrypt and to sign, the name that signatures cover, and keys."""
    return CryptoConfig(
        materials_provider=materials,
        encryption_context=EncryptionContext(table_name=crypto_name, partition_key_name="id"),
        attribute_actions=AttributeActions(CryptoAction.ENCRYPT_AND_SIGN, dict(_ACTIONS)),
    )


@translated("opening a vault record")
def opened(stored: Item, config: CryptoConfig) -> Item:
    """Returns an item in clear.

    Raises:
        NewerFormat: a later release wrote the item.
        VaultIntegrity: the item is not what was written under its id.
        PipelineError: KMS did not open its data key.
    """
    # Before the signature is checked, since a later release may sign attributes that this one doesn't know.
    VAULT_RECORD.of_item(stored)
    item: Item = decrypt_dynamodb_item(dict(stored), config)
    if item.keys() - _SIGNED:
        raise VaultIntegrity("a vault record holds more than was written")
    return item


def owner(subject: str, key: bytes) -> str:
    """Returns the index key by which a subject's items are found.

    Each subject has sixteen, so that none gets too many writes.
    """
    return f"{subject}.{key[0] & 15:x}"


def owners(subject: str) -> list[str]:
    """Returns all sixteen index keys of a subject."""
    return [owner(subject, bytes([at])) for at in range(16)]


def _key(record_id: bytes) -> Item:
    return {"id": {"S": record_id.hex()}}


def _size(item: Item) -> int:
    """Returns the size that DynamoDB counts for an item: attribute names and values, in UTF-8 or raw."""
    return sum(
        len(name)
        + sum(len(value) if isinstance(value, bytes) else len(str(value)) for value in attribute.values())
        for name, attribute in item.items()
    )
