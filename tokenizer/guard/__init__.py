"""Finds sensitive data in strings that are about to become public: the leak guard.

It reads text and knows nothing of schemas. The caller decides which strings it reads, which of a record's values it
looks for, and what becomes of a string with a finding. Rules and measured rates are in `docs/guard.md`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from tokenizer.guard.cards import holds_card_number
from tokenizer.guard.emails import holds_email
from tokenizer.guard.identifiers import holds_iban, holds_ssn, may_hold_iban
from tokenizer.guard.ip_addresses import holds_ip_address
from tokenizer.guard.key_names import is_plain_word
from tokenizer.guard.national_ids import COUNTRIES as NATIONAL_IDS
from tokenizer.guard.national_ids import holds_national_id
from tokenizer.guard.own import (
    NO_VALUES,
    OwnValues,
    holds_encoded_value,
    holds_own_value,
    may_hold_own_value,
    own_values,
)
from tokenizer.guard.phones import holds_phone
from tokenizer.guard.plans import plan_of
from tokenizer.guard.reading import ANY_TEXT, VOUCHED, Reading
from tokenizer.guard.shown import shown_forms
from tokenizer.guard.text import folded

__all__ = [
    "ANY_TEXT",
    "NATIONAL_IDS",
    "NO_VALUES",
    "VOUCHED",
    "Countries",
    "Finding",
    "OwnValues",
    "Reading",
    "find_leak",
    "find_numbers",
    "is_plain_word",
    "may_hold",
    "own_values",
    "plan_of",
]

# The detectors of numbers need seven digits, with at most three separators between two of them.
_FEWEST_DIGITS = 7
_CLUE = re.compile(r"[0-9](?:[\W_]{0,3}[0-9]){6}")
# Orders are full of these, and they hold many digits by nature: dates, ISO 8601 times, UUIDs. A UUID of digits only is
# more likely something that was made to look like one.
_HARMLESS = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?!-?[0-9])"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
    r"|(?=[0-9-]{0,35}[a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9A-Za-z])",
    re.IGNORECASE,
)
_GAP = " ~~~~ "  # no detector of numbers matches across it

Countries = Callable[[], tuple[str, ...]]


class Finding(StrEnum):
    """Lists what the guard can find."""

    OWN_VALUE = "own_value"
    CARD_NUMBER = "card_number"
    SSN = "ssn"
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"
    IP_ADDRESS = "ip_address"
    NATIONAL_ID = "national_id"


def find_leak(
    text: str, own: OwnValues, reading: Reading = ANY_TEXT, countries: Countries = tuple
) -> Finding | None:
    """Returns the first finding in a string, or None if it is clean.

    It never raises, and takes time linear in the string.

    Args:
        text: any string; numbers are passed as text.
        own: the record's own sensitive values, from `own_values`.
        reading: what is known about the string.
        countries: returns the ISO 3166 codes of the record's countries, whose national phone numbers are looked for. It
            is called only if the string has enough digits for a phone number.
    """
    if own is NO_VALUES and len(text) < _FEWEST_DIGITS and text.isascii() and "@" not in text:
        return None
    forms = shown_forms(text)
    for plain in forms:
        found = _find(plain, own, reading, countries)
        if found is not None:
            return found
    return Finding.OWN_VALUE if own is not NO_VALUES and holds_encoded_value(forms[-1], own) else None


def find_numbers(text: str, reading: Reading = ANY_TEXT) -> frozenset[Finding]:
    """Returns all that a string holds of card numbers, account numbers and identity numbers.

    It never raises, and takes time linear in the string.

    Args:
        text: any string; numbers are passed as text.
        reading: what is known about the string.
    """
    return frozenset(found for plain in shown_forms(text) for found in _numbers(plain, reading))


def may_hold(texts: Iterable[str], own: OwnValues) -> bool:
    """Returns False if none of the strings holds one of the values, and True if one may hold one.

    It reads all strings at once. For most records nothing else has to be done about their own values.
    """
    if own is NO_VALUES:
        return False
    forms = shown_forms(" ".join(texts))
    return any(may_hold_own_value(folded(plain), own) for plain in forms) or holds_encoded_value(
        forms[-1], own
    )


def _find(plain: str, own: OwnValues, reading: Reading, countries: Countries) -> Finding | None:
    if own is not NO_VALUES and holds_own_value(plain, own):
        return Finding.OWN_VALUE
    if reading.vouched:
        return None
    if "@" in plain and holds_email(plain):
        return Finding.EMAIL
    if ("." in plain or ":" in plain) and holds_ip_address(plain):
        return Finding.IP_ADDRESS
    if reading.national_ids and holds_national_id(plain, reading.national_ids):
        return Finding.NATIONAL_ID
    return _find_number(plain, reading, countries)


def _numbers(plain: str, reading: Reading) -> Iterator[Finding]:
    if holds_card_number(plain, identifier=reading.identifier, prose=reading.prose):
        yield Finding.CARD_NUMBER
    if holds_iban(plain):
        yield Finding.IBAN
    if holds_ssn(plain):
        yield Finding.SSN
    if reading.national_ids and holds_national_id(plain, reading.national_ids):
        yield Finding.NATIONAL_ID


def _find_number(plain: str, reading: Reading, countries: Countries) -> Finding | None:
    """Returns the finding for numbers of seven digits and more."""
    if len(plain) < _FEWEST_DIGITS:
        return None
    clue = _CLUE.search(plain)
    if clue is not None and "-" in plain:
        plain = _HARMLESS.sub(_GAP, plain)
        clue = _CLUE.search(plain)
    if clue is None:
        # Only an IBAN may have more letters than digits.
        return Finding.IBAN if may_hold_iban(plain) and holds_iban(plain) else None
    if holds_card_number(plain, identifier=reading.identifier, prose=reading.prose):
        return Finding.CARD_NUMBER
    if holds_iban(plain):
        return Finding.IBAN
    if holds_ssn(plain):
        return Finding.SSN
    near = () if reading.identifier else countries()
    return Finding.PHONE if holds_phone(plain, near, prose=reading.prose) else None
