"""Removes sensitive authentication data from text that people wrote: a labelled code, digits beside a card number, tracks.

Three asterisks take the place of what is removed. They are a mark that is not read again, so a text that was searched
twice is the same as one that was searched once; letters are searched again when they are replayed.

The text is read as software would show it, and what is found there is removed from the text as it came.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import chain

from tokenizer.cards import parse_card, passes_luhn
from tokenizer.guard.authentication_data.labels import SEPARATOR, Span, labelled_digits
from tokenizer.guard.authentication_data.structures import structured_codes
from tokenizer.guard.authentication_data.tables import table_cells
from tokenizer.guard.cards import card_number_spans
from tokenizer.guard.shown import readable

MARK = "***"
_FEWEST_DIGITS = 3
_DIGITS = re.compile(r"[0-9](?:[^0-9]{0,4}[0-9]){2}")
_ENCODED = re.compile(r"[%&<\\]|U\+")
_MAY_BE_STRUCTURE = re.compile(r"[{<&]")
_MANY_DIGITS = re.compile(r"[0-9](?:[\W_]{0,3}+[0-9]){11}")

_FIRST_TRACK = re.compile(
    r"%?[A-Z]?[0-9](?:[ ]?[0-9]){11,18}+\^[^^\n]{2,26}\^[0-9]{4,}[^\s\"?]*+\??", re.IGNORECASE
)
_SECOND_TRACK = re.compile(
    r"(?P<begin>;?)(?<![0-9])(?P<number>[0-9]{12,19})[=D][0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3}[0-9A-F=]*+\??",
    re.IGNORECASE,
)
_THIRD_TRACK = re.compile(r";[0-9]{12,21}=[0-9=]{10,}+\??")

_MONTH, _YEAR = "(?:0[1-9]|1[0-2])", "[2-4][0-9]"
_NAMED = f"(?:0?[1-9]|{_MONTH}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{{0,6}})"
_EXPIRY_WORD = "exp|expires|expiry|expiration|valid|thru|until|till|date|gultig|gueltig|bis|mm|yy|month|year|vence|scadenza"
_EXPIRY = re.compile(
    rf"{SEPARATOR}{{1,6}}(?:(?:{_EXPIRY_WORD}){SEPARATOR}{{0,3}}){{0,3}}"
    rf"(?:{_NAMED}{SEPARATOR}{{1,3}}(?:20)?{_YEAR}|20{_YEAR}{SEPARATOR}{{1,3}}{_NAMED}|{_YEAR}{SEPARATOR}{{1,3}}{_MONTH})(?![0-9])",
    re.IGNORECASE,
)
_CODE_WORD = "code|sec|security|and|the|with|back|und|mit|y|et|no|nr|cv2?|cvv2?|cvc2?"
# The expiry may be in one with the code, as in a card's chip.
_JOINED = rf"(?:(?:20)?{_YEAR}{_MONTH}|{_MONTH}(?:20)?{_YEAR})"
_CODE = re.compile(
    rf"{SEPARATOR}{{1,6}}(?:(?:{_CODE_WORD}){SEPARATOR}{{1,4}}){{0,4}}(?P<code>{_JOINED}?[0-9]{{3,4}})(?![0-9]|\.[0-9])"
    # A comma behind it belongs to an amount, unless one stands before it too: then it is a column of a row.
    r"(?:(?<=,[0-9]{3})|(?<=,[0-9]{4})|(?!,[0-9]))",
    re.IGNORECASE,
)
_CODE_BEFORE = re.compile(rf"(?<![0-9])(?<![0-9][.,:/-])(?P<code>[0-9]{{3,4}}){SEPARATOR}{{1,3}}\Z")
_TAGS = re.compile(r"(?:<[^<>]++>)++\Z")
_MOST_BESIDE = 3
_BEFORE = 8


def scrub_prose(text: str, *, payment: bool = False) -> tuple[str, int]:
    """Removes the digits of codes and PINs, and whole tracks, from a text.

    Args:
        text: any text.
        payment: True if the text belongs to a payment, where less is needed to take digits for a code.

    Returns:
        The text with asterisks in their place, and how many were removed; the same object if there were none.
    """
    if len(text) <= _FEWEST_DIGITS or not _may_hold(text):
        return text, 0
    # Before decoding, because the first track begins like percent-encoding: %B4.
    text, tracks = _without(text, sorted(_tracks(text)), None)
    plain, places = readable(text)
    if _DIGITS.search(plain) is None:
        return text, tracks
    text, removed = _without(text, sorted(_spans(plain, payment=payment)), places)
    return text, tracks + removed


def scrub_card_number(text: str) -> tuple[str, int]:
    """Removes what stands beside the number in a card number's field, as `scrub_prose` does."""
    text, found = scrub_prose(text, payment=True)
    card = parse_card(text)
    if card is None or card.alone:
        return text, found
    before, behind = text[: card.start], text[card.end :]
    removed = _holds_digit(before) + _holds_digit(behind)
    if not removed:
        return text, found
    before = f"{MARK} " if _holds_digit(before) else before
    behind = f" {MARK}" if _holds_digit(behind) else behind
    # Without them the number can be a code behind a label: `cvv&#58;%204012 8888 8888 1881`.
    text, more = scrub_card_number(f"{before}{text[card.start : card.end]}{behind}")
    return text, found + removed + more


def holds_track(plain: str) -> bool:
    """Returns True if plain text holds the data of a track."""
    return any(_tracks(plain))


def _holds_digit(text: str) -> bool:
    return any(map(str.isdecimal, text))


def _may_hold(text: str) -> bool:
    return not text.isascii() or _ENCODED.search(text) is not None or _DIGITS.search(text) is not None


def _spans(plain: str, *, payment: bool) -> Iterator[Span]:
    yield from _tracks(plain)
    numbers = list(card_number_spans(plain)) if _MANY_DIGITS.search(plain) else []
    of_cards = payment or bool(numbers)
    codes = labelled_digits(plain, payment=of_cards)
    if _MAY_BE_STRUCTURE.search(plain):
        codes = chain(codes, structured_codes(plain, payment=of_cards))
    if "\n" in plain:
        codes = chain(codes, table_cells(plain, payment=of_cards))
    if numbers:
        codes = _outside(
            numbers, chain(codes, chain.from_iterable(_beside(plain, *each) for each in numbers))
        )
    yield from codes


def _outside(numbers: list[Span], codes: Iterator[Span]) -> Iterator[Span]:
    """Yields the codes that are no part of a card number. Without a part the guard would not find the rest of the number."""
    ends = [end for _, end in numbers]
    for start, end in codes:
        at = bisect_right(ends, start)
        if at == len(numbers) or numbers[at][0] >= end:
            yield start, end


def _tracks(plain: str) -> Iterator[Span]:
    if "^" in plain:
        yield from (found.span() for found in _FIRST_TRACK.finditer(plain))
    if "=" in plain or "D" in plain or "d" in plain:
        for found in _SECOND_TRACK.finditer(plain):
            if found["begin"] or passes_luhn(found["number"]):
                yield found.span()
    if ";" in plain:
        yield from (found.span() for found in _THIRD_TRACK.finditer(plain))


def _beside(plain: str, start: int, end: int) -> Iterator[Span]:
    """Yields the groups of three or four digits directly before and behind a card number, also behind its expiry."""
    before = _CODE_BEFORE.search(plain, max(0, start - _BEFORE), start)
    if before is not None:
        yield before.span("code")
    for _ in range(_MOST_BESIDE):
        expiry = _EXPIRY.match(plain, end)
        code = _CODE.match(plain, expiry.end() if expiry else end)
        if code is None:
            return
        yield code.span("code")
        end = code.end()


def _without(text: str, spans: list[Span], places: list[int] | None) -> tuple[str, int]:
    kept: list[str] = []
    position = removed = 0
    for start, end in spans:
        if places is not None:
            # From the plain text to the text as it came. A span within one escape takes the whole of it, and leaves the
            # tags behind it.
            last = places[end - 1]
            start = places[start]  # noqa: PLW2901
            end = next((place for place in places[end:] if place > start), start)  # noqa: PLW2901
            tags = _TAGS.search(text, last, end)
            end = tags.start() if tags else end  # noqa: PLW2901
        if start < position or start == end:
            position = max(position, end)
            continue
        kept += (text[position:start], MARK)
        position = end
        removed += 1
    return ("".join(kept) + text[position:], removed) if removed else (text, 0)
