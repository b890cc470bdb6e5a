"""Seals raw records under the letter key, so that readers of the dead-letter queue see no byte of them.

It uses AES-256-GCM of `cryptography` with a data key under the letter key. The letter's whole source is bound as
associated data, together with the version of the format. So a seal can't be moved to another letter, and nobody who can
write to the queue can change when or from where a record arrived. The format is base64 of: one version byte, two bytes
with the length of the wrapped data key, the wrapped data key, a nonce of 12 bytes, and the ciphertext with its tag.

Version 1 bound the record's identity alone. It is still opened, because a queue keeps letters for a fortnight; no letter
of version 2 can be turned into one.
"""

import base64
import binascii
import os
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schemas.dead_letter import LetterSource
from tokenizer import json_text
from tokenizer.aws.vault.data_keys import DataKeyReader, DataKeyWriter
from tokenizer.errors import VaultIntegrity
from tokenizer.formats import LETTER
from tokenizer.identity import Identity

_IDENTITY_ALONE = 1  # the version before
_NONCE = 12
_MAX_RECORD = 16 * 1024 * 1024  # bytes; no source delivers more, so an opened letter may not be larger


class Sealer:
    """Seals records. It can't open them."""

    def __init__(self, keys: DataKeyWriter) -> None:
        self._keys = keys

    def seal(self, data: bytes, source: LetterSource) -> bytes:
        """Returns the sealed form of a record.

        Raises:
            PipelineError: no data key is available.
        """
        version, key = LETTER.written, self._keys.take()
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(key.plaintext).encrypt(nonce, zlib.compress(data), _bound(version, source))
        return base64.b64encode(
            bytes([version]) + len(key.wrapped).to_bytes(2) + key.wrapped + nonce + sealed
        )


class Opener:
    """Opens sealed records."""

    def __init__(self, keys: DataKeyReader) -> None:
        self._keys = keys

    def open(self, sealed: bytes | str, source: LetterSource) -> bytes:
        """Returns the record in a sealed form.

        Raises:
            NewerFormat: a later release sealed it.
            VaultIntegrity: the seal is broken, or was made for a letter with another source.
            PipelineError: KMS did not open the data key.
        """
        try:
            raw = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise VaultIntegrity("a letter's seal is no base64") from None
        if len(raw) < 3:  # noqa: PLR2004 -- version and length
            raise VaultIntegrity("a letter's seal is too short")
        LETTER.check(raw[0])
        body = 3 + int.from_bytes(raw[1:3])
        wrapped, nonce, ciphertext = raw[3:body], raw[body : body + _NONCE], raw[body + _NONCE :]
        try:
            cipher = AESGCM(self._keys.open(wrapped).plaintext)
            packed = cipher.decrypt(nonce, ciphertext, _bound(raw[0], source))
            return zlib.decompressobj().decompress(packed, _MAX_RECORD)
        except (InvalidTag, ValueError, zlib.error):
            raise VaultIntegrity("a letter's seal is broken") from None


def _bound(version: int, source: LetterSource) -> bytes:
    """Returns what a seal is bound to. Fields that are absent are left out, so a new optional one changes no old seal."""
    if version == _IDENTITY_ALONE:
        return Identity.of_source(source).canonical
    return bytes([version]) + json_text.dump(dict(sorted(source.model_dump(exclude_none=True).items())))
