"""Finds in text the objects that say themselves what they hold: JSON, a query, XML's attributes and elements.

`described.py` says what such an object is. In text, one has no others within it.
"""

import re
from collections.abc import Iterator

from tokenizer.guard.authentication_data.described import (
    LONGEST_LABEL,
    code_in,
    digits_of_labels,
    may_hold_code,
)
from tokenizer.guard.authentication_data.keys import normal_key
from tokenizer.guard.authentication_data.labels import Span, may_be_label

# What is between brackets, also with the arrows of PHP and Ruby; the fields of a query, which are on one line; and elements without others in them, in a row.
_BETWEEN_BRACKETS = re.compile(r"(?<=[{<])(?:[^{}<>]++|(?<==)>)++")
_QUERY = re.compile(r"[^&\n]++(?:&[^&\n]*+)++")
_ELEMENTS = re.compile(r"(?:<[\w:.-]{1,64}+[^<>]{0,128}+>[^<>]{0,128}+</[\w:.-]{1,64}+>\s*+){2,}+")
_ELEMENT = re.compile(r"<(?:[\w.-]{1,64}:)?(?P<key>[\w.-]{1,64}+)[^<>]*+>(?P<value>[^<>]*+)")
_IN_QUERY = re.compile(r"(?P<key>[\w.\[\]-]{1,64}+)=(?P<value>[^&\n\"'{}<>]*+)")
_ASSIGNED = re.compile(r"=>|:=|(?<![{,])(?<!, )[:=]")  # Ruby has a colon before its keys
_BEFORE_KEY = re.compile(r".*[^\w.-]", re.DOTALL)
_VALUE = re.compile(
    r"""\s{0,16}+(?:"(?P<double>[^"\n]{0,100}+)"|'(?P<single>[^'\n]{0,100}+)'|(?P<bare>[^\s,;&"'{}<>=]{1,100}+))"""
)
_AROUND_KEY = " \t\r\n\"'\\]"
_LONGEST_KEY = 64
_DIGITS = re.compile(r"[0-9](?:[ ._-]?[0-9]){2}")
_CODE_BEFORE_WORDS = re.compile(r"(?P<code>[0-9]{3,4})(?![\w]|[.,:/-][0-9])")
_FEWEST = 2
_Field = tuple[int, int, int]  # where its key ends, and where its value begins and ends


def structured_codes(plain: str, *, payment: bool) -> Iterator[Span]:
    """Yields where the digits are that stand beside a label in an object, whatever their keys are.

    Args:
        plain: plain text.
        payment: True if the text belongs to a payment or holds a card number.
    """
    if not may_be_label(plain):
        return
    if "{" in plain or "<" in plain:
        for group in _BETWEEN_BRACKETS.finditer(plain):
            if _DIGITS.search(group[0]):
                yield from _codes(plain, list(_assigned(plain, *group.span())), payment=payment)
    if "</" in plain:
        for group in _ELEMENTS.finditer(plain):
            yield from _codes(plain, _fields(_ELEMENT, plain, *group.span()), payment=payment)
    if "&" in plain and "=" in plain:
        for group in _QUERY.finditer(plain):
            yield from _codes(plain, _fields(_IN_QUERY, plain, *group.span()), payment=payment)


def _fields(form: re.Pattern[str], plain: str, start: int, end: int) -> list[_Field]:
    return [(found.end("key"), *found.span("value")) for found in form.finditer(plain, start, end)]


def _assigned(plain: str, start: int, end: int) -> Iterator[_Field]:
    position = start
    while (sign := _ASSIGNED.search(plain, position, end)) is not None:
        value = _VALUE.match(plain, sign.end(), end)
        position = value.end() if value else sign.end()
        if value:
            yield sign.start(), *value.span(value.lastgroup or 0)


def _codes(plain: str, fields: list[_Field], *, payment: bool) -> Iterator[Span]:
    if len(fields) < _FEWEST:
        return
    labels = (plain[start:end].replace("+", " ") for _, start, end in fields if end - start <= LONGEST_LABEL)
    digits = digits_of_labels(labels, payment=payment)
    if not digits:
        return
    for behind_key, start, end in fields:
        found = code_in(plain[start:end]) or _CODE_BEFORE_WORDS.match(plain[start:end])
        if (
            found
            and sum(map(str.isdecimal, found["code"])) in digits
            and may_hold_code(_key_before(plain, behind_key))
        ):
            yield start + found.start("code"), start + found.end("code")


def _key_before(plain: str, end: int) -> str:
    before = plain[max(0, end - _LONGEST_KEY) : end].rstrip(_AROUND_KEY)
    other = _BEFORE_KEY.match(before)
    return normal_key(before[other.end() :] if other else before)
