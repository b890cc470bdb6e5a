"""The leak guard: does a string that is about to become public hold something sensitive?

It reads text and knows nothing of schemas. Which strings it reads, which of a record's values it hunts for, and
what becomes of a string with a finding are the caller's choice. Rules and measured rates: `docs/guard.md`.
"""

import re
from enum import StrEnum

from tokenizer.guard.cards import holds_card_number
from tokenizer.guard.contacts import holds_email, holds_phone
from tokenizer.guard.identifiers import holds_iban, holds_ssn
from tokenizer.guard.own import NO_VALUES, OwnValues, holds_own_value, own_values
from tokenizer.guard.text import plain_text

__all__ = ["NO_VALUES", "Finding", "OwnValues", "find_leak", "own_values"]

# What every detector but the email's needs: seven digits that at most three separators part from each other.
_FEWEST_DIGITS = 7
_CLUE = re.compile(r"[0-9](?:[\W_]{0,3}[0-9]){6}")
# What orders are full of and what holds many digits by nature: dates, ISO 8601 times, UUIDs.
_HARMLESS = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
    r"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    re.IGNORECASE,
)


class Finding(StrEnum):
    """What the guard can find."""

    OWN_VALUE = "own_value"
    CARD_NUMBER = "card_number"
    SSN = "ssn"
    IBAN = "iban"
    EMAIL = "email"
    PHONE = "phone"


def find_leak(text: str, own: OwnValues) -> Finding | None:
    """The first thing found in a string, None if it is clean; never raises, in time linear in the string.

    Args:
        text: any string; numbers are passed as their text.
        own: the record's own sensitive values, from `own_values`.
    """
    plain = plain_text(text)
    if holds_own_value(plain, own):
        return Finding.OWN_VALUE
    if "@" in plain and holds_email(plain):
        return Finding.EMAIL
    if len(plain) < _FEWEST_DIGITS or _CLUE.search(plain) is None or _HARMLESS.fullmatch(plain):
        return None
    if holds_card_number(plain):
        return Finding.CARD_NUMBER
    # Of bare digits alone no other detector makes anything.
    return None if plain.isdecimal() else _find_worded(plain)


def _find_worded(plain: str) -> Finding | None:
    """What is told by letters and separators beside the digits."""
    if holds_iban(plain):
        return Finding.IBAN
    if holds_ssn(plain):
        return Finding.SSN
    return Finding.PHONE if holds_phone(plain) else None
