"""Finds codes in an object that says itself what it holds: {"question": "CVV", "answer": "737"}, whatever its keys are."""

import re
from collections.abc import Iterable

from tokenizer.guard.authentication_data.keys import is_authentication_name, is_lookalike, joined, normal_key
from tokenizer.guard.authentication_data.labels import digits_announced
from tokenizer.guard.authentication_data.names import ENDINGS_OF_NO_CODES, NO_CODES, WORDS
from tokenizer.guard.text import plain_text

_NO_CODES, _ENDINGS = frozenset(joined(*NO_CODES)), joined(*ENDINGS_OF_NO_CODES)
_WORDS = frozenset(WORDS)
LONGEST_LABEL = 100
LONGEST_CODE = 40
NO_DIGITS: frozenset[int] = frozenset()
ANY_DIGITS = frozenset({3, 4})
_APART = re.compile(
    r"\W{0,4}(?:(?:code|cvv2?|cvc2?)[\W_]{0,3})?"
    r"(?P<code>[0-9]{3,4}(?=\.0\W{0,4}\Z)|[0-9](?:[ ._-]?[0-9]){2,3})(?:\.0)?\W{0,4}",
    re.IGNORECASE,
)


def may_hold_code(key: str) -> bool:
    """Returns False for a key, as `normal_key` returns it, that clearly holds no answer: an id, a position, a price."""
    return key not in _NO_CODES and not key.endswith(_ENDINGS)


def digits_of_labels(texts: Iterable[str], *, payment: bool) -> frozenset[int]:
    """Returns how many digits a code may have that labels such as `CVV (3 digits)` announce; none if none is a label."""
    found = NO_DIGITS
    for text in texts:
        found |= _digits_of_label(text, payment=payment)
        if found == ANY_DIGITS:
            break
    return found


def _digits_of_label(text: str, *, payment: bool) -> frozenset[int]:
    if len(text) > LONGEST_LABEL:
        return NO_DIGITS
    name = normal_key(text)
    if is_authentication_name(name) and (payment or not is_lookalike(name)):
        return ANY_DIGITS
    if name in _WORDS:
        return ANY_DIGITS if payment else NO_DIGITS
    return digits_announced(plain_text(text), payment=payment)


def code_in(text: str) -> re.Match[str] | None:
    """Returns where a text, as plain text, holds a code of three or four digits and nothing else."""
    return _APART.fullmatch(text) if len(text) <= LONGEST_CODE else None
