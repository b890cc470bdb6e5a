"""Defines a line of the audit trail, and how it is bound to the line before it and to its writer.

The writer (`tokenizer.aws.audit.trail`) and the verifier (`ops/audit/`) share this file, which knows no store. A line
is a JSON object in one canonical form. The lines of one writer and one day form a chain: each line holds the hash of
the line before it, and a MAC under a key that only this chain uses. docs/decisions/0008 says what that proves.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest, digest
from typing import Any, Self

from tokenizer.formats import AUDIT_LINE, VERSION
from tokenizer.guard import ANY_TEXT, Reading, find_leak, own_values

PREFIX = "audit/"
MOST_BYTES = 1_000_000  # bytes of a line; the largest real one, a reveal of 100 tokens, has about 6,000

_KEY = re.compile(
    rf"{PREFIX}([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})/([0-9a-f]{{32}})/([0-9]{{10}})\.json", re.ASCII
)
_LONGEST_TEXT = 200
_LONGEST_NAME = 2_048  # of an ARN
_MOST_READ = 10_000  # characters of a text that is cut anyway
_LONG_NUMBER = 9  # digits
_ACCOUNT = re.compile(r"(?<=^arn:)[\w-]+:[\w-]+:[\w-]*:[0-9]{12}:", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{24,128}", re.ASCII)
_NUMBERS = Reading(identifier=True)
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


class Newer(Exception):
    """Means that a stored text is a line in a format that a later release wrote."""


class NotWhole(Exception):
    """Means that a stored text is no line, or not the line that its hash was made of."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Identifies the place of a line.

    Args:
        day: the day of the chain, as YYYY-MM-DD in UTC.
        chain: 32 hexadecimal digits that identify the chain.
        sequence: the line's number in the chain, from 1.
    """

    day: str
    chain: str
    sequence: int

    @property
    def object_key(self) -> str:
        """Returns the key of the line's object. Keys sort in the order of the lines."""
        return f"{PREFIX}{self.day}/{self.chain}/{self.sequence:010d}.json"

    @classmethod
    def parse(cls, object_key: str) -> Self | None:
        """Returns the place that an object key encodes, or None if it is not the key of a line."""
        found = _KEY.fullmatch(object_key)
        return cls(found[1], found[2], int(found[3])) if found and int(found[3]) else None


@dataclass(frozen=True, slots=True)
class Head:
    """Notes how far a chain is known to reach: the last line after which an answer was given.

    Args:
        sequence: the number of that line.
        hash: the hash of that line.
    """

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Line:
    """Holds a line's content.

    Args:
        place: the line's place.
        time: the moment of writing, ISO 8601 in UTC. Its day is the day of the chain.
        action: the action that was asked for.
        operator: the person or program who asked.
        facts: filters, ids, tokens and results; never a value.
        previous: the hash of the line before; None in the first line.
        key: the chain's key as KMS wrapped it, in base64; only in the first line.
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
    """Holds a line with its hash and MAC in hexadecimal digits."""

    line: Line
    hash: str
    mac: str

    def made_with(self, key: bytes) -> bool:
        """Returns True if the writer had the chain's key."""
        return compare_digest(self.mac, _mac(key, self.hash))


def key_context(chain: str) -> dict[str, str]:
    """Returns the encryption context of a chain's key. It keeps the key from being used for another chain."""
    return {"purpose": "audit", "chain": chain}


def seal(line: Line, key: bytes) -> tuple[Sealed, bytes]:
    """Returns a line with its hash and MAC, and the bytes to store."""
    document = _document(line)
    line_hash = _hash(document)
    sealed = Sealed(line, line_hash, _mac(key, line_hash))
    return sealed, _canonical({**document, "hash": sealed.hash, "mac": sealed.mac})


def unseal(body: bytes) -> Sealed:
    """Returns the line in a stored text after checking its hash. It doesn't check the writer; `made_with` does.

    Raises:
        Newer: a later release wrote it, so it can't be checked here.
        NotWhole: the text differs from what was written.
    """
    try:
        document = json.loads(body)
        as_it_was = isinstance(document, dict) and _canonical(document) == body
    except (ValueError, RecursionError):
        raise NotWhole from None
    if as_it_was and type(version := document.get(VERSION)) is int and version > AUDIT_LINE.newest:
        raise Newer
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
    """Returns facts in a form that may be kept for years.

    Every text and every long number is guarded, in whatever it is nested, since operators and programs choose what they
    hold. The facts are also in the form that reading JSON gives, so that a reader gets the same canonical form.
    """
    plain: dict[str, Any] = json.loads(json.dumps(_guarded_all(facts), allow_nan=False))
    return plain


def clean_operator(name: str) -> str:
    """Returns who asked, in a form that may be kept: each part of an ARN is guarded on its own.

    Sign-ins often name a session after an email; that part is withheld, and CloudTrail has it.
    """
    return "/".join(map(guarded, name.split("/")))[:_LONGEST_NAME]


def _guarded_all(value: Any) -> Any:
    match value:
        case bool() | None:
            return value
        case str():
            return guarded(value)
        case int() | float():
            found = find_leak(str(value), _NOTHING, _NUMBERS) if len(str(value)) >= _LONG_NUMBER else None
            return value if found is None else f"withheld: {found}"
        case Mapping():
            names = [guarded(str(name)) for name in value]
            taken = [name if names.count(name) == 1 else f"{name} ({at})" for at, name in enumerate(names)]
            return dict(zip(taken, map(_guarded_all, value.values()), strict=True))
        case list() | tuple():
            return [_guarded_all(each) for each in value]
        case _:
            return value


def as_code(purpose: str) -> str:
    """Returns a purpose for the trail.

    Policies know single words only; a sentence is withheld, since it may be about somebody.
    """
    return purpose if _CODE.fullmatch(purpose) else "withheld: no code"


def guarded(text: Any) -> str:
    """Returns a text, cut, or says what is withheld because the leak guard finds a value in it."""
    whole = str(text)[:_MOST_READ]
    # The number of an account has as many digits as some cards, and a digest has digits by chance.
    read = _ACCOUNT.sub("::", whole)
    found = find_leak(read, _NOTHING, _NUMBERS if _DIGEST.fullmatch(read) else ANY_TEXT)
    return f"withheld: {found}" if found else whole[:_LONGEST_TEXT]


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
