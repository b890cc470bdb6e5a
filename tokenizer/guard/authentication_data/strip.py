"""Removes sensitive authentication data from parsed JSON.

It looks into objects, lists, pairs such as {"name": "cvv", "value": "737"} and ["cvv", "737"], objects with a label and a
code under any other keys, strings that hold JSON, and other strings. The keys of a pair are compared as all others: without case and separators.
A key such as `pin` decides by itself, except in an address and in pairs that are not about a payment. In a card, any
unknown key decides together with the shape of its value.
"""

import re
from decimal import Decimal
from typing import TypeAlias

from tokenizer import json_text
from tokenizer.errors import BadRecord
from tokenizer.guard.authentication_data.cards import scrub_card_field
from tokenizer.guard.authentication_data.columns import heads_of, without_columns
from tokenizer.guard.authentication_data.described import (
    NO_DIGITS,
    digits_of_labels,
    may_hold_code,
)
from tokenizer.guard.authentication_data.encoded import scrub_encoded
from tokenizer.guard.authentication_data.identities import NO_IDENTITIES, Identities, below, is_code
from tokenizer.guard.authentication_data.keys import is_authentication_key, is_lookalike, joined, normal_key
from tokenizer.guard.authentication_data.names import IN_PAYMENTS, OF_A_CARD, UNMISTAKABLE
from tokenizer.guard.authentication_data.places import (
    Setting,
    is_about_payment,
    is_card_number_key,
    may_be_of_card,
    place_of,
)
from tokenizer.guard.authentication_data.prose import MARK, scrub_card_number, scrub_prose
from tokenizer.guard.authentication_data.scrub import PAIR_NAMES, PAIR_VALUES, scrub, scrub_all
from tokenizer.guard.authentication_data.shapes import has_shape, holds_code, without_codes
from tokenizer.guard.authentication_data.words import labels_as_keys, labels_of_a_card

JsonValue: TypeAlias = str | int | Decimal | bool | list["JsonValue"] | dict[str, "JsonValue"] | None

_EMBEDDED_JSON = re.compile(r'\s*+[\[{][^"]*+"')
# An object in base64 or in hexadecimal digits: `{` and a quote, a space or a line's end.
_ENCODED_JSON = re.compile(r"\s*+(?:ey|ew|7[bB])[0-9A-Za-z+/_-]{22}")
_IN_PAYMENTS = frozenset((*joined(*IN_PAYMENTS), *map(normal_key, labels_as_keys())))
_OF_A_CARD = (*joined(*OF_A_CARD), *map(normal_key, labels_of_a_card()))
_PAIR_NAMES, _PAIR_VALUES = frozenset(joined(*PAIR_NAMES)), frozenset(joined(*PAIR_VALUES))
_SIZE_OF_PAIR = 2
_MOST_OF_A_LABEL = 4  # keys of an object that says what a value beside it is
# JSON in a string, and JSON in a string of that: each may be as deep as the record, and Python's stack is limited.
_MOST_EMBEDDED = 2


def strip_authentication_data(
    value: JsonValue, identities: Identities = NO_IDENTITIES
) -> tuple[JsonValue, int]:
    """Removes every key of sensitive authentication data with its value, and such data from strings.

    Args:
        value: parsed JSON of at most 100 levels, which is the parser's limit.
        identities: the values that stay as they are. One that holds such data becomes a mark as a whole.

    Returns:
        A copy without them, and how many were removed; the same object if there were none.
    """
    return _strip(value, "", Setting.ANYWHERE, identities or None)


def _strip(
    value: JsonValue, name: str, place: Setting, kept: Identities | None = None, embedded: int = 0
) -> tuple[JsonValue, int]:
    """Does the same for the value of a key, as `normal_key` returns it, in an object about something.

    `kept` are the identities in the value; empty if it is one, and None if it has none. `embedded` says in how many
    strings of JSON it stands.
    """
    if isinstance(value, dict):
        return _strip_object(value, place_of(name, value, place), kept, embedded)
    if isinstance(value, list):
        return _strip_list(value, name, place, kept, embedded)
    if kept is not None and not kept:
        return _strip_identity(value, place)
    return _strip_text(value, name, place, embedded)


def _strip_identity(value: JsonValue, place: Setting) -> tuple[JsonValue, int]:
    if not isinstance(value, str):
        return value, 0
    removed = _strip_text(value, "", place)[1]
    return (MARK, removed) if removed and not is_code(value) else (value, 0)


def _strip_text(value: JsonValue, name: str, place: Setting, embedded: int = 0) -> tuple[JsonValue, int]:
    if is_card_number_key(name, place) and isinstance(value, str | int) and not isinstance(value, bool):
        text, removed = scrub_card_number(str(value))
        return (text, removed) if removed else (value, 0)
    if place.of_payments and isinstance(value, str | int) and not isinstance(value, bool):
        text, removed = scrub_card_field(str(value), name)
        if removed:
            text, more = scrub_prose(text, payment=True)
            return text, removed + more
    if not isinstance(value, str):
        return value, 0
    if _EMBEDDED_JSON.match(value):
        return _strip_embedded(value, name, place, embedded)
    if _ENCODED_JSON.match(value):
        return scrub_encoded(value, scrub)
    return scrub_prose(value, payment=place.of_payments)


def _strip_embedded(value: str, name: str, place: Setting, embedded: int) -> tuple[str, int]:
    """Does the same for text that looks like JSON. If nothing is removed, it stays as it was written."""
    removed = 0
    if embedded < _MOST_EMBEDDED:
        try:
            parsed = json_text.parse(value.encode())
        except (BadRecord, UnicodeEncodeError):
            pass
        else:
            stripped, removed = _strip(parsed, name, place, None, embedded + 1)
            value = json_text.dump_text(stripped) if removed else value
    # What a parsed record keeps as doubtful goes from text, where nothing tells an address from a payment.
    text, more = scrub_all(value)
    return text, removed + more


def _strip_object(
    value: dict[str, JsonValue], place: Setting, identities: Identities | None, embedded: int
) -> tuple[JsonValue, int]:
    kept: dict[str, JsonValue] = {}
    removed = 0
    names = _names_of_pair(value)
    named = any(_names_secret(each, place) for each in names)
    doubtful = not named and any(_may_name_secret(each, place) for each in names)
    digits = _digits_of(value, place)
    beside = NO_DIGITS if digits else _digits_of_inner_labels(value, place)
    columns = heads_of(value.values(), lambda head: _names_secret(head, place))
    for key, inner in value.items():
        name = normal_key(key)
        inside = below(identities, key)
        if inside is not None:
            kept[key], more = _strip(inner, name, place, inside, embedded)
            removed += more
            continue
        shown, count = scrub_prose(key, payment=place.of_payments)
        gone = _is_removed(shown, place) or (
            name in _PAIR_VALUES and (named or (doubtful and has_shape(inner)))
        )
        gone = gone or _is_secret(name, inner, place)
        found, codes = without_codes(inner, digits) if digits else (inner, 0)
        if beside and not isinstance(inner, dict | list):
            found, codes = without_codes(inner, beside)
        if codes and not may_hold_code(name):
            found, codes = inner, 0
        gone = gone or (codes > 0 and not isinstance(inner, dict | list))
        if gone or shown in kept:
            removed += 1
            continue
        rows, cells = without_columns(found, columns)
        kept[shown], more = _strip(rows, name, place, None, embedded)
        removed += count + codes + cells + more
    return (kept, removed) if removed else (value, 0)


def _strip_list(
    value: list[JsonValue], name: str, place: Setting, identities: Identities | None, embedded: int
) -> tuple[JsonValue, int]:
    if is_about_payment(scrub_prose(name)[0] for inner in value for name in _names_of_pair(inner)):
        place = Setting.PAYMENT
    if identities is None and _is_pair(value) and _is_pair_of_secret(value, place):
        return value[:1], 1
    rows, cells = (value, 0) if identities else _without_columns(value, place)
    stripped = [
        _strip(inner, name, place, below(identities, index), embedded) for index, inner in enumerate(rows)
    ]
    removed = cells + sum(count for _, count in stripped)
    return ([inner for inner, _ in stripped], removed) if removed else (value, 0)


def _without_columns(value: list[JsonValue], place: Setting) -> tuple[list[JsonValue], int]:
    """Does the same for a table whose first row has the heads. A pair is no such row."""
    heads = [each for each in value[:1] if isinstance(each, list) and not _is_pair(each)]
    columns = heads_of(heads, lambda head: _names_secret(head, place))
    rows, removed = without_columns(value[1:], columns)
    return ([*value[:1], *rows], removed) if removed else (value, 0)


def _names_of_pair(value: JsonValue) -> list[str]:
    """Returns what a pair names; none if the value is no pair."""
    if isinstance(value, dict):
        return [
            each for key, each in value.items() if isinstance(each, str) and normal_key(key) in _PAIR_NAMES
        ]
    return [str(value[0])] if isinstance(value, list) and _is_pair(value) else []


def _digits_of(value: dict[str, JsonValue], place: Setting) -> frozenset[int]:
    """Returns how many digits a code may have that a label in an object announces."""
    if len(value) < _SIZE_OF_PAIR or not any(map(_may_be_code, value.values())):
        return NO_DIGITS
    return _digits_told([value], place)


def _digits_of_inner_labels(value: dict[str, JsonValue], place: Setting) -> frozenset[int]:
    """Returns the same of labels that stand in a small object beside a code: {"field": {"ref": "cvv"}, "text": "737"}."""
    inner = [each for each in value.values() if isinstance(each, dict)]
    told = len(inner) == 1 and len(inner[0]) <= _MOST_OF_A_LABEL and any(map(holds_code, value.values()))
    return _digits_told(inner, place) if told else NO_DIGITS


def _digits_told(holders: list[dict[str, JsonValue]], place: Setting) -> frozenset[int]:
    labels = [each for holder in holders for each in holder.values() if isinstance(each, str)]
    if place is Setting.ADDRESS:  # where labels that mean other things too are of a gate, or of a postal code
        labels = [each for each in labels if any(map(normal_key(each).__contains__, UNMISTAKABLE))]
    return digits_of_labels(labels, payment=place.of_payments)


def _may_be_code(value: JsonValue) -> bool:
    return isinstance(value, dict | list) or holds_code(value)


def _is_pair_of_secret(pair: list[JsonValue], place: Setting) -> bool:
    """Returns True if a list of a name and a value holds authentication data."""
    name, inner = str(pair[0]), pair[1]
    if _names_secret(name, place) or (_may_name_secret(name, place) and has_shape(inner)):
        return True
    return has_shape(inner) and without_codes(inner, _digits_of({"name": name, "value": inner}, place))[1] > 0


def _is_pair(value: list[JsonValue]) -> bool:
    """Returns True for a list of a name and a value with a digit in it. ["cvv", "cvv2"] are two names."""
    if len(value) != _SIZE_OF_PAIR:
        return False
    name, inner = value
    return (
        isinstance(name, str)
        and isinstance(inner, str | int)
        and any(map(str.isdecimal, str(inner)))
        and not is_authentication_key(str(inner))
    )


def _is_removed(key: str, place: Setting, *, pair: bool = False) -> bool:
    """Returns True if a key means authentication data where it stands, whatever its value."""
    if not is_authentication_key(key):
        return False
    if place.of_payments or not is_lookalike(normal_key(key)):
        return True
    return not pair and place is not Setting.ADDRESS


def _names_secret(text: str, place: Setting) -> bool:
    """Returns True if a text names authentication data in a pair or a table, once codes in the text itself are removed."""
    return _is_removed(scrub_prose(text)[0], place, pair=True)


def _may_name_secret(text: str, place: Setting) -> bool:
    """Returns True if a text may name authentication data in a pair; the shape of the value decides."""
    return _may_mean_secret(normal_key(scrub_prose(text)[0]), place)


def _may_mean_secret(name: str, place: Setting) -> bool:
    """Returns True if a key, as `normal_key` returns it, may mean authentication data; the shape of the value decides."""
    if place is Setting.CARD:
        return not may_be_of_card(name)
    if place is Setting.PAYMENT and name in _IN_PAYMENTS:
        return True
    return name.rstrip("0123456789").endswith(_OF_A_CARD) and not is_lookalike(name)


def _is_secret(name: str, value: JsonValue, place: Setting) -> bool:
    """Returns True if a value has the shape of authentication data, and its key may mean some where it stands."""
    return _may_mean_secret(name, place) and has_shape(value)
