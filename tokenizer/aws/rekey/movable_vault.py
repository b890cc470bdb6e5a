"""Moves the vault's items to another KMS key: opens and seals each again, unless it has changed since it was read.

KMS says under which key an item is when it opens the item's data key. The item's own description is not signed, so it
is never believed. A moved item is written under a condition on the signature that was read. Each sealing uses new keys,
so an item that was rewritten or erased in the meantime has another signature, and a deleted one has none.
"""

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from dynamodb_encryption_sdk.encrypted.item import encrypt_dynamodb_item
from dynamodb_encryption_sdk.internal.formatting.material_description import deserialize
from dynamodb_encryption_sdk.internal.identifiers import ReservedAttributes

from tokenizer.aws.platform.error_mapping import translated
from tokenizer.aws.vault.data_keys import DataKeyReader, DataKeyWriter
from tokenizer.aws.vault.materials import VaultRekeyMaterials, wrapped_key
from tokenizer.aws.vault.vault import Item, crypto_config, opened
from tokenizer.errors import Denied, VaultIntegrity
from tokenizer.rekey.progress import MoveOutcome

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

PAGE = 100
SIGNATURE = ReservedAttributes.SIGNATURE.value
DESCRIPTION = ReservedAttributes.MATERIAL_DESCRIPTION.value


class DynamoMovableVault:
    """Implements the port `MovableVault`."""

    def __init__(
        self,
        dynamodb: "DynamoDBClient",
        table: str,
        crypto_name: str,
        opens: DataKeyReader,
        seals: DataKeyWriter,
    ) -> None:
        """Uses a table, and the keys to open and to seal its items."""
        self._dynamodb = dynamodb
        self._table = table
        self._opens = opens
        self._target = seals.key_arn
        self._config = crypto_config(crypto_name, VaultRekeyMaterials(opens, seals))

    @translated("scanning the vault")
    def page(self, segment: int, segments: int, after: str) -> tuple[dict[str, Item], str]:
        """Returns items by id, read consistently, and the id after which to continue; that id is empty at the end."""
        start: Any = {"ExclusiveStartKey": {"id": {"S": after}}} if after else {}
        answer = self._dynamodb.scan(
            TableName=self._table,
            Segment=segment,
            TotalSegments=segments,
            Limit=PAGE,
            ConsistentRead=True,
            **start,
        )
        last = answer.get("LastEvaluatedKey")
        return {item["id"]["S"]: dict(item) for item in answer["Items"]}, last["id"]["S"] if last else ""

    def move(self, stored: Item) -> MoveOutcome:
        """Seals an item under the new key, unless it already is, or has changed since it was read."""
        try:
            if self._key_of(stored) == self._target:
                return MoveOutcome.CURRENT
            plain = opened(stored, self._config)
        except VaultIntegrity:
            return MoveOutcome.TAMPERED
        except Denied:
            return MoveOutcome.DENIED
        return MoveOutcome.MOVED if self._replaced(stored, plain) else MoveOutcome.CHANGED

    def verify(self, stored: Item) -> MoveOutcome:
        """Returns which key an item is under, and checks its signature."""
        try:
            arn = self._key_of(stored)
            opened(stored, self._config)
        except VaultIntegrity:
            return MoveOutcome.TAMPERED
        except Denied:
            return MoveOutcome.DENIED
        return MoveOutcome.CURRENT if arn == self._target else MoveOutcome.OLD

    @translated("reading a vault record's description")
    def _key_of(self, stored: Item) -> str:
        if DESCRIPTION not in stored:
            raise VaultIntegrity("a vault record has no description")
        return self._opens.open(wrapped_key(deserialize(stored[DESCRIPTION]))).key_arn

    @translated("moving a vault record")
    def _replaced(self, stored: Item, plain: Item) -> bool:
        sealed = encrypt_dynamodb_item(plain, self._config)
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item=sealed,
                ConditionExpression="#signature = :read",
                ExpressionAttributeNames={"#signature": SIGNATURE},
                ExpressionAttributeValues={":read": stored[SIGNATURE]},
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise
        return True
