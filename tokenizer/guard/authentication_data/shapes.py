"""Removes from parsed JSON what has the shape of a code, a PIN block or a track and stands beside a label."""

import re
from decimal import Decimal
from typing import Any

from tokenizer.cards import passes_luhn
from tokenizer.guard.authentication_data.described import ANY_DIGITS, LONGEST_CODE, code_in, may_hold_code
from tokenizer.guard.authentication_data.keys import normal_key
from tokenizer.guard.authentication_data.prose import MARK
from tokenizer.guard.text import plain_text

_DIGIT = re.compile(r"\d|[^\x00-\x7f]")  # or what plain text may have as one
_LEVELS = 2  # an object and a list in it, or a list and an object in it
# A code; a PIN block (ISO 9564-1), which has a letter in all but one of two thousand; the first and the second track.
_CODE = re.compile(r"(?:code[\W_]{0,3})?[0-9]{3,4}(?:\.0)?", re.IGNORECASE)
_PIN_BLOCK = re.compile(r"(?=[0-9]*[A-F])[0-9A-F]{16}", re.IGNORECASE)
_TRACK = re.compile(r"[%;]?[A-Z]?([0-9]{12,19})[\^=D].*", re.IGNORECASE | re.DOTALL)


def without_codes(value: Any, digits: frozenset[int], levels: int = _LEVELS) -> tuple[Any, int]:
    """Removes what has the shape of a code from a value beside a label; the same object if nothing has.

    Args:
        value: parsed JSON.
        digits: how many digits a code may have.
        levels: how many levels below are searched.

    Returns:
        The value, with a mark in the place of a string or number that is a code; and how many were removed.
    """
    if isinstance(value, dict | list):
        return _without(value, digits, levels) if levels else (value, 0)
    return (MARK, 1) if holds_code(value, digits) else (value, 0)


def _without(value: dict[str, Any] | list[Any], digits: frozenset[int], levels: int) -> tuple[Any, int]:
    kept: Any = value
    removed = 0
    of_object = isinstance(value, dict)
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, list if of_object else dict):
            found, count = _without(inner, digits, levels - 1) if levels > 1 else (inner, 0)
        elif isinstance(inner, dict | list):
            continue
        else:
            found, count = (MARK, 1) if holds_code(inner, digits) else (inner, 0)
        if count and (isinstance(key, int) or may_hold_code(normal_key(key))):
            kept = value.copy() if kept is value else kept
            kept[key] = found
            removed += count
    return kept, removed


def holds_code(value: Any, digits: frozenset[int] = ANY_DIGITS) -> bool:
    """Returns True if a string or a number is a code of as many digits, or, if that may be any, a PIN block or a track."""
    if isinstance(value, str):
        if _DIGIT.search(value) is None:
            return False
        text = value
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        text = str(value)
    else:
        return False
    found = code_in(plain_text(text)) if len(text) <= LONGEST_CODE else None
    if found is not None:
        return sum(map(str.isdecimal, found["code"])) in digits
    return digits == ANY_DIGITS and _is_shaped(text)


def has_shape(value: Any) -> bool:
    """Returns True if a value, or one of a list, looks like a code, a PIN block or a track."""
    values = value if isinstance(value, list) else [value]
    return any(
        _is_shaped(str(each))
        for each in values
        if isinstance(each, str | int | Decimal) and not isinstance(each, bool)
    )


def _is_shaped(text: str) -> bool:
    plain = text.strip()
    if _CODE.fullmatch(plain) or _PIN_BLOCK.fullmatch(plain):
        return True
    track = _TRACK.fullmatch(plain)
    return track is not None and passes_luhn(track[1])
