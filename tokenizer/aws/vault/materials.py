"""Provides the encryption SDK with content keys: each item has its own, wrapped under a data key that many items share.

The Direct KMS provider of the article asks KMS once for each item. Here a data key from KMS (see `data_keys`) wraps the
content keys of a limited number of items. Each item's material description holds it as KMS encrypted it. All cipher
work stays in the encryption SDK and `cryptography`.
"""

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from dynamodb_encryption_sdk.delegated_keys.jce import JceNameLocalDelegatedKey
from dynamodb_encryption_sdk.identifiers import EncryptionKeyType, KeyEncodingType
from dynamodb_encryption_sdk.material_providers import CryptographicMaterialsProvider
from dynamodb_encryption_sdk.materials.wrapped import WrappedCryptographicMaterials
from dynamodb_encryption_sdk.structures import EncryptionContext

from tokenizer.aws.platform import key_expiry
from tokenizer.aws.vault.data_keys import DataKey, DataKeyReader, DataKeyWriter
from tokenizer.errors import Denied, VaultIntegrity

WRAPPED_DATA_KEY = "key"  # in base85, which is shorter: an item of a kilobyte costs one write unit
_OLDER = "data-key"  # its name in items of version 1, in base64


class VaultWriterMaterials(CryptographicMaterialsProvider):  # type: ignore[misc]
    """Provides materials for sealing items. It can't open any."""

    def __init__(self, keys: DataKeyWriter) -> None:
        self._keys = keys
        self._derived: tuple[DataKey, _Pair] | None = None
        key_expiry.watch(self)

    def drop_expired(self) -> None:
        """Drops the derived keys together with their data key."""
        if self._derived is not None and not self._keys.holds(self._derived[0]):
            self._derived = None

    def encryption_materials(
        self,
        encryption_context: EncryptionContext,  # noqa: ARG002 -- the SDK's interface
    ) -> WrappedCryptographicMaterials:
        """Returns the materials for one item."""
        key = self._keys.take()
        if self._derived is None or self._derived[0] is not key:
            self._derived = (key, _Pair(key))
        pair = self._derived[1]
        return WrappedCryptographicMaterials(
            signing_key=pair.signing,
            wrapping_key=pair.wrapping,
            material_description={WRAPPED_DATA_KEY: base64.b85encode(key.wrapped).decode()},
        )

    def decryption_materials(
        self,
        encryption_context: EncryptionContext,  # noqa: ARG002 -- the SDK's interface
    ) -> WrappedCryptographicMaterials:
        """Refuses to open items.

        Raises:
            Denied: always.
        """
        raise Denied("this function may write the vault and not read it")


class VaultReaderMaterials(CryptographicMaterialsProvider):  # type: ignore[misc]
    """Provides materials for opening items. It can't seal any."""

    def __init__(self, keys: DataKeyReader) -> None:
        self._keys = keys

    def encryption_materials(
        self,
        encryption_context: EncryptionContext,  # noqa: ARG002 -- the SDK's interface
    ) -> WrappedCryptographicMaterials:
        """Refuses to seal items.

        Raises:
            Denied: always.
        """
        raise Denied("this function may read the vault and not write it")

    def decryption_materials(self, encryption_context: EncryptionContext) -> WrappedCryptographicMaterials:
        """Returns the materials for one item.

        Raises:
            VaultIntegrity: the item contains no data key.
            PipelineError: KMS did not open its data key.
        """
        description: dict[str, Any] = encryption_context.material_description
        pair = _Pair(self._keys.open(wrapped_key(description)))
        return WrappedCryptographicMaterials(
            signing_key=pair.signing, unwrapping_key=pair.wrapping, material_description=description
        )


class VaultRekeyMaterials(CryptographicMaterialsProvider):  # type: ignore[misc]
    """Provides materials for opening items and sealing them again. Only moving the vault to another KMS key uses it."""

    def __init__(self, opens: DataKeyReader, seals: DataKeyWriter) -> None:
        self._reader = VaultReaderMaterials(opens)
        self._writer = VaultWriterMaterials(seals)

    def encryption_materials(self, encryption_context: EncryptionContext) -> WrappedCryptographicMaterials:
        """Returns the materials for sealing one item."""
        return self._writer.encryption_materials(encryption_context)

    def decryption_materials(self, encryption_context: EncryptionContext) -> WrappedCryptographicMaterials:
        """Returns the materials for opening one item."""
        return self._reader.decryption_materials(encryption_context)


def wrapped_key(description: Mapping[str, Any]) -> bytes:
    """Returns the wrapped data key in an item's material description.

    Raises:
        VaultIntegrity: there is none.
    """
    try:
        if WRAPPED_DATA_KEY in description:
            return base64.b85decode(description[WRAPPED_DATA_KEY])
        return base64.b64decode(description[_OLDER], validate=True)
    except (KeyError, ValueError):
        raise VaultIntegrity("a vault record names no data key") from None


class _Pair:
    """Derives two keys from one data key: one wraps content keys, one signs items."""

    def __init__(self, key: DataKey) -> None:
        self.wrapping = _delegated(key, b"wrapping", "AESWrap")
        self.signing = _delegated(key, b"signing", "HmacSHA256")


def _delegated(key: DataKey, purpose: bytes, algorithm: str) -> JceNameLocalDelegatedKey:
    derived = HKDFExpand(SHA256(), 32, b"order-tokenizer vault " + purpose).derive(key.plaintext)
    return JceNameLocalDelegatedKey(derived, algorithm, EncryptionKeyType.SYMMETRIC, KeyEncodingType.RAW)
