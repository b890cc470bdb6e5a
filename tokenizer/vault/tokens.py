"""Tokens: pointers into the vault, drawn from a record's identity and a field's path.

Nothing of the value goes in, so a token key alone tells nothing about any value (an index token in the
words of PCI's tokenization guidelines). A token is 128 bits: 96 name the vault record, 32 the field in it.
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
_SHAPE = re.compile(rf"{PREFIX}[0-7][{_ALPHABET}]{{25}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where a token points.

    Args:
        record_id: 12 bytes, the vault record.
        tag: 4 bytes, the field in it.
    """

    record_id: bytes
    tag: bytes

    @property
    def token(self) -> str:
        """The token in the form that consumers see."""
        return RecordTokens(self.record_id).token(self.tag)

    @classmethod
    def parse(cls, token: str) -> Self:
        """The pointer behind a token.

        Raises:
            ValueError: it is not of a token's shape; the text is not repeated.
        """
        if not _SHAPE.fullmatch(token):
            raise ValueError("not a token")
        number = 0
        for character in token[len(PREFIX) :]:
            number = number << 5 | _VALUES[character]
        raw = number.to_bytes(RECORD_BYTES + TAG_BYTES)
        return cls(raw[:RECORD_BYTES], raw[RECORD_BYTES:])


class RecordTokens:
    """The tokens of one vault record, which begin alike: 19 of their 26 characters are spelled once."""

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
        """The token of one of its fields, in the form that consumers see."""
        low = self._low | int.from_bytes(tag)
        return (
            f"{self._begin}{_PAIRS[low >> 25]}{_PAIRS[low >> 15 & 1023]}{_PAIRS[low >> 5 & 1023]}"
            f"{_ALPHABET[low & 31]}"
        )


def is_token(text: str) -> bool:
    """Whether a string has the shape of a token; no look-up, any service can run it."""
    return _SHAPE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class TokenKey:
    """The key behind record ids and tags.

    Args:
        secret: 32 bytes.
    """

    secret: bytes = field(repr=False)

    def record_id(self, identity: Identity, lifetime: str = "") -> bytes:
        """12 bytes: a trillion records collide with probability 6e-6; `lifetime` names a record of another lifetime."""
        return self._derive(b"record", identity, lifetime)[:RECORD_BYTES]

    def consistent_record_id(self, identity: Identity, path: str) -> bytes:
        """12 bytes for the record of a consistent value, drawn by the field where it first occurred."""
        return self._derive(b"consistent", identity, path)[:RECORD_BYTES]

    def tag(self, identity: Identity, path: str, attempt: int = 0) -> bytes:
        """4 bytes for a field; `attempt` draws anew when two fields of one record drew the same."""
        return self._derive(b"field", identity, f"{attempt}:{path}")[:TAG_BYTES]

    def number(self, identity: Identity, path: str) -> int:
        """A number of 256 bits that aliases are cut from."""
        return int.from_bytes(self._derive(b"alias", identity, path))

    def ingest_id(self, identity: Identity) -> str:
        """The opaque id that consumers drop duplicates by."""
        return f"ing_{self._derive(b'ingest', identity)[:16].hex()}"

    def _derive(self, purpose: bytes, identity: Identity, path: str = "") -> bytes:
        # Lengths in front of the variable parts: no two inputs read the same.
        message = b"%s:%d:%s%s" % (purpose, len(identity.canonical), identity.canonical, path.encode())
        return digest(self.secret, message, "sha256")


@dataclass(frozen=True, slots=True)
class ScopeKeys:
    """The keys of the blind index, one for each scope, all derived from one root.

    Args:
        root: 32 bytes.
    """

    root: bytes = field(repr=False)
    _derived: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    def blind_index(self, scope: str, normalized: str) -> bytes:
        """32 bytes that say which value this is to whoever has the key. They never leave their table."""
        return digest(self._of(scope), b"value:" + normalized.encode(), "sha256")

    def seal(self, scope: str, blind_index: bytes, token: str) -> bytes:
        """16 bytes that bind an index entry's token to its value, so that a forged entry is noticed."""
        return digest(self._of(scope), b"entry:" + blind_index + token.encode(), "sha256")[:16]

    def _of(self, scope: str) -> bytes:
        # Scopes are the schemas', so there are few; their keys live as long as the root does in here.
        key = self._derived.get(scope)
        if key is None:
            key = self._derived[scope] = digest(self.root, b"scope:" + scope.encode(), "sha256")
        return key


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """The key that turns a customer's id into the name that the vault knows them by.

    Args:
        secret: 32 bytes.
    """

    secret: bytes = field(repr=False)

    def subject(self, customer_id: str) -> str:
        """32 hexadecimal digits: 128 bits of an HMAC, so that no id stands in the vault."""
        return digest(self.secret, b"subject:" + customer_id.encode(), "sha256")[:16].hex()


@dataclass(frozen=True, slots=True)
class Versions(Generic[K]):
    """Versions of a key side by side. Which one a record gets is a function of its arrival, so it stays the same for ever.

    Args:
        keys: each with the arrival from which it is used, milliseconds since 1970, ascending; the first from 0.
    """

    keys: tuple[tuple[int, K], ...]

    @classmethod
    def only(cls, key: K) -> "Versions[K]":
        """One version, from the beginning."""
        return cls(((0, key),))

    def at(self, arrived: int) -> K:
        """The version for what arrived then, milliseconds since 1970."""
        return next(key for begins, key in reversed(self.keys) if begins <= arrived)

    def newest_first(self) -> tuple[K, ...]:
        """All of them, whether or not they have begun."""
        return tuple(key for _, key in reversed(self.keys))
