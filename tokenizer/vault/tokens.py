"""Derives tokens, which are pointers into the vault, from a record's identity and a field's path.

No token is computed from its value, so even the token key reveals nothing about a value (PCI's tokenization guidelines
call this an index token). A token has 128 bits: 96 identify the vault record, 32 the field in it.
"""

import re
from dataclasses import dataclass, field
from hmac import digest
from typing import Generic, Self, TypeVar

from tokenizer.identity import Identity

PREFIX = "tok_"
LENGTH = len(PREFIX) + 26
RECORD_BYTES = 12
TAG_BYTES = 4

K = TypeVar("K")

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32 in lower case
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_TAG_PART = 8 * TAG_BYTES + 3  # bits in the last seven characters: the tag and three of the record id
_SEALED_ENTRY = {1: b"entry:", 2: b"entry/2:", 3: b"entry/3:"}  # by the version of the format
_SUBJECT_BYTES = 16
_ORDER_BYTES = 17  # a byte longer than those of customers, so that nobody mistakes one for the other
_SHAPE = re.compile(rf"{PREFIX}[0-7][{_ALPHABET}]{{25}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Identifies the place in the vault that a token points to.

    Args:
        record_id: 12 bytes that identify the vault record.
        tag: 4 bytes that identify the field in the record.
    """

    record_id: bytes
    tag: bytes

    @property
    def token(self) -> str:
        """Returns the token as consumers see it."""
        return RecordTokens(self.record_id).token(self.tag)

    @classmethod
    def parse(cls, token: str) -> Self:
        """Returns the pointer that a token encodes.

        Raises:
            ValueError: the text doesn't have a token's shape. The message doesn't repeat it.
        """
        if not _SHAPE.fullmatch(token):
            raise ValueError("not a token")
        number = 0
        for character in token[len(PREFIX) :]:
            number = number << 5 | _VALUES[character]
        raw = number.to_bytes(RECORD_BYTES + TAG_BYTES)
        return cls(raw[:RECORD_BYTES], raw[RECORD_BYTES:])


class RecordTokens:
    """Makes the tokens of one vault record. They share 19 of their 26 characters, which are computed once."""

    __slots__ = ("_begin", "_low")

    def __init__(self, record_id: bytes) -> None:
        number = int.from_bytes(record_id) << 8 * TAG_BYTES
        high = number >> _TAG_PART
        self._begin = (
            PREFIX
            + "".join([_PAIRS[high >> shift & 1023] for shift in range(85, 4, -10)])
            + _ALPHABET[high & 31]
        )
        self._low = number & ((1 << _TAG_PART) - 1)

    def token(self, tag: bytes) -> str:
        """Returns the token of one field, as consumers see it."""
        low = self._low | int.from_bytes(tag)
        return (
            f"{self._begin}{_PAIRS[low >> 25]}{_PAIRS[low >> 15 & 1023]}{_PAIRS[low >> 5 & 1023]}"
            f"{_ALPHABET[low & 31]}"
        )


def is_token(text: str) -> bool:
    """Returns True if a string has the shape of a token. It looks nothing up, so any service can call it."""
    return _SHAPE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Derives record ids, tags and ingest ids.

    Args:
        secret: 32 bytes.
    """

    secret: bytes = field(repr=False)

    def record_id(self, identity: Identity, lifetime: str = "") -> bytes:
        """Returns a 12-byte record id.

        Each lifetime has its own; a trillion records collide with a probability of 6e-6.
        """
        return self._derive(b"record", identity, lifetime)[:RECORD_BYTES]

    def tag(self, identity: Identity, path: str, attempt: int = 0) -> bytes:
        """Returns a field's 4-byte tag. `attempt` draws another one if two fields of one record get the same."""
        return self._derive(b"field", identity, f"{attempt}:{path}")[:TAG_BYTES]

    def number(self, identity: Identity, path: str) -> int:
        """Returns a 256-bit number from which aliases are made."""
        return int.from_bytes(self._derive(b"alias", identity, path))

    def ingest_id(self, identity: Identity) -> str:
        """Returns the opaque id by which consumers drop duplicates."""
        return f"ing_{self._derive(b'ingest', identity)[:16].hex()}"

    def _derive(self, purpose: bytes, identity: Identity, path: str = "") -> bytes:
        # A length stands before each variable part, so that different inputs can't produce the same message.
        message = b"%s:%d:%s%s" % (purpose, len(identity.canonical), identity.canonical, path.encode())
        return digest(self.secret, message, "sha256")


@dataclass(frozen=True, slots=True)
class ScopeKeys:
    """Derives the blind index's keys, one for each scope, from one root.

    Args:
        root: 32 bytes.
    """

    root: bytes = field(repr=False)
    _derived: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def blind_index(self, scope: str, normalized: str) -> bytes:
        """Returns 32 bytes that identify a value to a holder of the key. They never leave their table."""
        return digest(self._of(scope), b"value:" + normalized.encode(), "sha256")

    def seal(self, scope: str, blind_index: bytes, token: str, version: int) -> bytes:
        """Returns 16 bytes that bind an index entry's token to its value, so that a forged entry is noticed.

        The format's version is bound as well: an entry whose owner is sealed can't be passed off as an older one.
        """
        purpose = _SEALED_ENTRY[version]
        return digest(self._of(scope), purpose + blind_index + token.encode(), "sha256")[:16]

    def _of(self, scope: str) -> bytes:
        # The schemas define the scopes, so there are few. The derived keys live as long as the root does.
        key = self._derived.get(scope)
        if key is None:
            key = self._derived[scope] = digest(self.root, b"scope:" + scope.encode(), "sha256")
        return key


def is_order(subject: str) -> bool:
    """Returns True if a subject's name is that of an order that came without a customer."""
    return len(subject) == 2 * _ORDER_BYTES


def value_name(record_id: bytes) -> str:
    """Returns the name under which a consistent value is marked as erased: 24 hexadecimal digits."""
    return record_id.hex()


def is_value(subject: str) -> bool:
    """Returns True if a name is that of a consistent value."""
    return len(subject) == 2 * RECORD_BYTES


def not_of_customer(subject: str) -> bool:
    """Returns True if what belongs to a subject belongs to no customer: to an order, or to nobody."""
    return not subject or is_order(subject)


def yields(owner: str, to: str) -> bool:
    """Returns True if what belongs to an owner goes to a subject who uses it: from nobody, or from order to customer."""
    return not owner or (is_order(owner) and not is_order(to))


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """Turns ids of customers, and of the orders of guests, into the names that the vault uses for them.

    Args:
        secret: 32 bytes.
    """

    secret: bytes = field(repr=False)

    def subject(self, customer_id: str) -> str:
        """Returns 32 hexadecimal digits, 128 bits of an HMAC. The vault holds them instead of the customer id."""
        return digest(self.secret, b"subject:" + customer_id.encode(), "sha256")[:_SUBJECT_BYTES].hex()

    def order(self, order_id: str) -> str:
        """Returns 34 hexadecimal digits, the vault's name for an order that came without a customer."""
        return digest(self.secret, b"order:" + order_id.encode(), "sha256")[:_ORDER_BYTES].hex()

    def owned(
        self, blind_index: bytes, token: str, owner: str, arrived: int, *, listed: bool = False
    ) -> bytes:
        """Returns 16 bytes that bind an index entry to its owner and the arrival of the owner's record.

        The scope's key can't make them, since the erasing function, which gives entries to heirs, must not have it.
        Whether the owner's record lists the value is bound as well, since it decides how an erasure finds the entry.
        """
        return self._bound((b"listed:" if listed else b"owned:") + blind_index, token, owner, arrived)

    def shared(self, record_id: bytes, subject: str, arrived: int, owner: str, owned_since: int) -> bytes:
        """Returns 16 bytes that bind all that a share says, so that a forged one is noticed."""
        return self._bound(b"shared:" + record_id, subject, arrived, owner, owned_since)

    def erased(self, blind_index: bytes, token: str, until: int) -> bytes:
        """Returns 16 bytes that bind an index entry to the token that was erased with its value."""
        return self._bound(b"erased:" + blind_index, token, until)

    def value_record_id(self, record_id: bytes, at: int) -> bytes:
        """Returns the 12-byte record id of a consistent value if the raw record that holds it brings it.

        It follows from the id of that record's vault record and the value's place among the consistent values there. So
        the erasing function finds the value by its record, which lists it.
        """
        return digest(self.secret, b"value:%s:%d" % (record_id, at), "sha256")[:RECORD_BYTES]

    def list_key(self, record_id: bytes) -> bytes:
        """Returns the 64 bytes under which a vault record's list of consistent values is encrypted."""
        return digest(self.secret, b"list:" + record_id, "sha512")

    def _bound(self, head: bytes, *parts: str | int) -> bytes:
        # Heads of one purpose are equally long. No part holds a colon: they are tokens, subjects and numbers.
        return digest(self.secret, head + ":".join(map(str, parts)).encode(), "sha256")[:16]


@dataclass(frozen=True, slots=True)
class Versions(Generic[K]):
    """Holds versions of a key.

    A record's arrival decides which version it gets, so each record keeps its version for ever.

    Args:
        keys: pairs of a key and its start in milliseconds since 1970, in ascending order; the first starts at 0.
    """

    keys: tuple[tuple[int, K], ...]

    @classmethod
    def only(cls, key: K) -> "Versions[K]":
        """Returns a single version that starts at 0."""
        return cls(((0, key),))

    def at(self, arrived: int) -> K:
        """Returns the version for a record that arrived then; `arrived` is in milliseconds since 1970."""
        return next(key for begins, key in reversed(self.keys) if begins <= arrived)

    def newest_first(self) -> tuple[K, ...]:
        """Returns all keys, including those that have not started yet."""
        return tuple(key for _, key in reversed(self.keys))
