"""Refuses schemas that would break PCI DSS or promise something impossible.

The requirement numbers in this file are those of PCI DSS 4.0.1.
"""

import re
from collections.abc import Iterable, Mapping
from math import prod

from schemas.kinds import (
    ConsistentToken,
    Fact,
    FieldKind,
    FormatPreservingToken,
    Identifier,
    Masked,
    OneWayToken,
    Public,
    Removed,
)
from tokenizer.guard.authentication_data import is_authentication_key

# NIST SP 800-38G Rev. 1 requires domains of a million for format-preserving encryption. Aliases follow it, although
# they are not encrypted values.
SMALLEST_DOMAIN = 1_000_000
_MOST_KEPT_LAST = 4  # 3.4.1: at most the BIN and the last four digits may be displayed
_MOST_KEPT_FIRST = 6
_SSN_DIGITS = 9
_LUHN_FAILING = 0.9
_NO_SSN = prod((0.067, _LUHN_FAILING))  # the share of nine-digit numbers that are neither an SSN nor an ITIN
_SHOWS_DIGITS = frozenset({Fact.LAST4, Fact.BIN})
_DIGITS_BESIDE = (
    *("last4", "lastfour", "last_4", "last_four", "lastdigits", "last_digits"),
    *("last4digits", "lastfourdigits", "last4_digits", "last_4_digits", "last_four_digits"),
)
# Published test numbers, one of each shape that a schema can't vouch for.
_VALUES = (
    "4012888888881881", "4012 8888 8888 1881", "378282246310005", "536-22-8726", "536228726", "jo@example.org",
    "+14155552671", "415-555-2671", "DE89370400440532013000",
)  # fmt: skip


class SchemaRefused(TypeError):
    """Means that a schema must not be used.

    Args:
        faults: each names a field and the reason.
    """

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def check_object(where: str, kinds: Mapping[str, object]) -> None:
    """Refuses an object whose fields break a rule.

    Args:
        where: the model's name, for the message.
        kinds: the kind of each field. Entries that are no kind, such as nested objects and lists, are checked on their
            own.

    Raises:
        SchemaRefused: names every wrong field.
    """
    found = []
    for name, kind in kinds.items():
        if is_authentication_key(name) and not isinstance(kind, Removed):
            found.append(
                f"{where}.{name}: sensitive authentication data is never stored (3.3.1); the only kind is Removed"
            )
        elif isinstance(kind, FieldKind) and (why := _fault(name, kind, kinds)):
            found.append(f"{where}.{name}: {why}")
    if found:
        raise SchemaRefused(*found)


def check_element(where: str, kind: object) -> None:
    """Refuses a kind that has no meaning for an element of a list.

    Raises:
        SchemaRefused: the element's kind is Removed. Declare it on the list instead.
    """
    if isinstance(kind, Removed):
        raise SchemaRefused(f"{where}: an element can't be removed, only a whole list")


def _fault(name: str, kind: FieldKind, kinds: Mapping[str, object]) -> str | None:
    match kind:
        case ConsistentToken() | OneWayToken() if kind.scope is not None:
            beside = bool(_SHOWS_DIGITS & set(kind.facts)) or _public_digits(name, kinds)
            return (
                "a consistent token with digits of its value beside it can be searched (3.5.1)"
                if beside
                else None
            )
        case FormatPreservingToken():
            if not 0 <= kind.keep_last <= _MOST_KEPT_LAST:
                return f"an alias keeps 0 to {_MOST_KEPT_LAST} digits"
            size = _domain(kind.min_digits, kind.keep_last)
            return f"{size:,} aliases are fewer than {SMALLEST_DOMAIN:,}" if size < SMALLEST_DOMAIN else None
        case Identifier() if kind.pattern is not None:
            return _pattern_fault(kind.pattern)
        case Masked():
            shown = 0 <= kind.keep_first <= _MOST_KEPT_FIRST and 0 <= kind.keep_last <= _MOST_KEPT_LAST
            return (
                None
                if shown
                else f"a mask shows at most {_MOST_KEPT_FIRST} first and {_MOST_KEPT_LAST} last (3.4.1)"
            )
    return None


def _pattern_fault(pattern: str) -> str | None:
    try:
        shape = re.compile(pattern)
    except re.error:
        return "the pattern is no regular expression"
    return "its pattern matches values of people" if any(map(shape.fullmatch, _VALUES)) else None


def _public_digits(name: str, kinds: Mapping[str, object]) -> bool:
    shown: Iterable[str] = (other.lower() for other, kind in kinds.items() if isinstance(kind, Public))
    return any(
        other.endswith(_DIGITS_BESIDE) and (other in _DIGITS_BESIDE or other.startswith(name.lower()))
        for other in shown
    )


def _domain(min_digits: int, keep_last: int) -> int:
    """Returns the number of aliases of the shortest value, or of one with nine digits if that has fewer."""
    size = int(_LUHN_FAILING * 10 ** max(0, min_digits - keep_last))
    if min_digits <= _SSN_DIGITS:
        size = min(size, int(_NO_SSN * 10 ** (_SSN_DIGITS - keep_last)))
    return size
