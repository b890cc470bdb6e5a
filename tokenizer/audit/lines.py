"""The lines of the audit trail: what stands in one, and what binds it to the one before and to its writer.

The writer (`tokenizer.aws.audit.trail`) and the verifier (`ops/audit/`) both go by this file, which knows no store. A line is a JSON
object in one canonical form. Lines of one writer and one day form a chain: each holds the hash of the one before, and a MAC
under a key of that chain alone. What that proves stands in docs/decisions/0008.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any, Self

from tokenizer.guard import find_leak, own_values

PREFIX = "audit/"
MOST_BYTES = 1_000_000  # a line; the largest real one, a reveal of 100 tokens, has about 6,000

_KEY = re.compile(
    rf"{PREFIX}([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})/([0-9a-f]{{32}})/([0-9]{{10}})\.json", re.ASCII
)
_FREE_TEXTS = ("note", "purpose", "reason")  # written by people, who paste
_LONGEST_TEXT = 200
_CODE = re.compile(r"[\w.:#-]{1,64}", re.ASCII)
_NOTHING = own_values(())
_BESIDE = frozenset({"hash", "mac"})
_SHAPE: Mapping[str, tuple[type, ...]] = {
    "action": (str,),
    "chain": (str,),
    "facts": (dict,),
    "hash": (str,),
    "key": (str, type(None)),
    "mac": (str,),
    "operator": (str,),
    "previous": (str, type(None)),
    "sequence": (int,),
    "time": (str,),
}


class NotWhole(Exception):
    """A stored text is no line, or not the one that its hash names."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a line stands.

    Args:
        day: of its chain, as YYYY-MM-DD in UTC.
        chain: 32 hexadecimal digits.
        sequence: from 1.
    """

    day: str
    chain: str
    sequence: int

    @property
    def object_key(self) -> str:
        """Its object's key; keys sort as lines follow each other."""
        return f"{PREFIX}{self.day}/{self.chain}/{self.sequence:010d}.json"

    @classmethod
    def parse(cls, object_key: str) -> Self | None:
        """The place that an object's key names, None if no line can stand there."""
        found = _KEY.fullmatch(object_key)
        return cls(found[1], found[2], int(found[3])) if found and int(found[3]) else None


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain is known to go: its last line that an answer was given on.

    Args:
        sequence: of that line.
        hash: of that line.
    """

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Args:
        place: where it stands.
        time: when it was written, ISO 8601 in UTC; its day is the chain's.
        action: what was done.
        operator: who asked.
        facts: filters, ids, tokens, results; never a value.
        previous: hash of the line before, None in the first.
        key: the chain's key as KMS wrapped it, in base64; in the first line alone.
    """

    place: Place
    time: str
    action: str
    operator: str
    facts: Mapping[str, Any]
    previous: str | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A line with its hash and MAC, as hexadecimal digits."""

    line: Line
    hash: str
    mac: str

    def made_with(self, key: bytes) -> bool:
        """Whether its writer had the chain's key."""
        return compare_digest(self.mac, _mac(key, self.hash))


def key_context(chain: str) -> dict[str, str]:
    """The encryption context of a chain's key: no key can be lent to another chain."""
    return {"purpose": "audit", "chain": chain}


def seal(line: Line, key: bytes) -> tuple[Sealed, bytes]:
    """A line with its hash and MAC, and the bytes to store."""
    document = _document(line)
    line_hash = _hash(document)
    sealed = Sealed(line, line_hash, _mac(key, line_hash))
    return sealed, _canonical({**document, "hash": sealed.hash, "mac": sealed.mac})


def unseal(body: bytes) -> Sealed:
    """The line in a stored text, whose content is what its hash says; whose it is, `made_with` says.

    Raises:
        NotWhole: one byte of it is not as it was written.
    """
    try:
        document = json.loads(body)
        as_it_was = isinstance(document, dict) and _canonical(document) == body
    except (ValueError, RecursionError):
        raise NotWhole from None
    if not as_it_was or document.keys() != _SHAPE.keys():
        raise NotWhole
    if any(type(document[name]) not in kinds for name, kinds in _SHAPE.items()):
        raise NotWhole
    if _hash({name: value for name, value in document.items() if name not in _BESIDE}) != document["hash"]:
        raise NotWhole
    names = ("time", "action", "operator", "facts", "previous", "key")
    place = Place(document["time"][:10], document["chain"], document["sequence"])
    return Sealed(Line(place, *(document[name] for name in names)), document["hash"], document["mac"])


def clean(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they may be kept for years: what people wrote is cut, and withheld where the leak guard finds a value in it.

    Also as JSON will give them back, so that a reader comes to the same canonical form.
    """
    shown = {name: _withheld(value) if name in _FREE_TEXTS else value for name, value in facts.items()}
    plain: dict[str, Any] = json.loads(json.dumps(shown, allow_nan=False))
    return plain


def as_code(purpose: str) -> str:
    """A purpose that policies judge, for the trail: they know single words, and a sentence may be about somebody."""
    return purpose if _CODE.fullmatch(purpose) else "withheld: no code"


def _withheld(text: Any) -> str:
    shown = str(text)[:_LONGEST_TEXT]
    found = find_leak(shown, _NOTHING)
    return f"withheld: {found}" if found else shown


def _document(line: Line) -> dict[str, Any]:
    return {
        "action": line.action,
        "chain": line.place.chain,
        "facts": line.facts,
        "key": line.key,
        "operator": line.operator,
        "previous": line.previous,
        "sequence": line.place.sequence,
        "time": line.time,
    }


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _hash(document: Mapping[str, Any]) -> str:
    return sha256(_canonical(document)).hexdigest()


def _mac(key: bytes, line_hash: str) -> str:
    return digest(key, line_hash.encode(), "sha256").hex()
