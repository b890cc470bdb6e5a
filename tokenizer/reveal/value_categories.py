"""Tells what a stored value is to the policies: what its field's name says, and what the value itself turns out to be.

A producer may write a card number under any name. What could harm a person at once is therefore looked for in the value
as well, when it is asked for, so that values which were stored long ago are judged by today's detectors.
"""

from collections.abc import Iterator
from typing import Any

from tokenizer.guard import ANY_TEXT, NATIONAL_IDS, Finding, Reading, find_numbers
from tokenizer.vault.categories import category

_BY_FINDING = {
    Finding.CARD_NUMBER: "card_number",
    Finding.SSN: "government_id",
    Finding.NATIONAL_ID: "government_id",
    Finding.IBAN: "bank_account",
}
# These are digits by nature; in them a right check digit alone makes no card number.
_DIGITS = frozenset({"customer_number", "phone"})
_IDENTIFIER = Reading(identifier=True)
# In a field without a category anything may stand. Elsewhere one phone number in ten would be somebody's tax number.
_ANYTHING = Reading(national_ids=tuple(sorted(NATIONAL_IDS)))


def categories(path: str, value: Any) -> tuple[str, ...]:
    """Returns the categories of a value. Whoever wants to see it needs the right to each of them.

    Args:
        path: JSON Pointer to the field in the raw event.
        value: what the vault keeps for it: any JSON value.

    Returns:
        What the value holds, the most harmful first, then the category of the field, if it is another. The value is
        counted and masked as the first.
    """
    own = category(path)
    reading = _IDENTIFIER if own in _DIGITS else _ANYTHING if own == "other" else ANY_TEXT
    found = {each for text in _texts(value) for each in find_numbers(text, reading)}
    return tuple(dict.fromkeys([of for finding, of in _BY_FINDING.items() if finding in found] + [own]))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
