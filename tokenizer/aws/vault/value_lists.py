"""Seals the list of consistent values that a vault record keeps, so that only an erasure finds them.

The list names entries of the blind index, which nobody else may learn: not the functions that reveal, and not somebody
who reads the vault's table. So it is encrypted with AES-256-SIV (RFC 5297) of `cryptography` under a key that is derived
from the subject key and the record's id. Owner and arrival are bound to it as associated data. SIV needs no nonce, which
would be another twelve bytes in each order. In clear a list is 32 bytes for each value, the key of its index entry. The
ids of the vault records that values have if this record brought them follow from their places in the list.
"""

from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from tokenizer.errors import VaultIntegrity
from tokenizer.records import ListedValue
from tokenizer.vault.tokens import SubjectKey, Versions

_EACH = 32  # bytes of a blind index


class ValueLists:
    """Seals and opens lists."""

    def __init__(self, keys: Versions[SubjectKey]) -> None:
        """Uses the subject keys; a record's arrival decides which version."""
        self._keys = keys

    def seal(self, values: Sequence[ListedValue], record_id: bytes, subject: str, arrived: int) -> bytes:
        """Returns the sealed list of a record that arrived then, in milliseconds since 1970."""
        plain = b"".join(each.blind_index for each in values)
        return AESSIV(self._keys.at(arrived).list_key(record_id)).encrypt(plain, _bound(subject, arrived))

    def open(self, sealed: bytes, record_id: bytes, subject: str, arrived: int) -> tuple[ListedValue, ...]:
        """Returns the values in a sealed list.

        Raises:
            VaultIntegrity: it is not what was written for this record, owner and arrival.
        """
        key = self._keys.at(arrived)
        try:
            plain = AESSIV(key.list_key(record_id)).decrypt(sealed, _bound(subject, arrived))
        except (InvalidTag, ValueError):
            raise VaultIntegrity("a list of consistent values is forged") from None
        return tuple(
            ListedValue(plain[_EACH * at : _EACH * (at + 1)], key.value_record_id(record_id, at))
            for at in range(len(plain) // _EACH)
        )


def _bound(subject: str, arrived: int) -> list[bytes]:
    return [f"{subject}:{arrived}".encode()]
