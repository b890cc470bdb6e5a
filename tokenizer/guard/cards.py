"""Finds card numbers of any network in a plain string. IIN range, length and check digit have to agree.

A number may be written in groups. It begins and ends where a group of digits does: it is not looked for inside a longer
run of digits, because every tenth tracking number would hold one. Every tenth number also has a right check digit. That
is not enough in an identifier, unless network and length are those of most cards.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import accumulate, count, pairwise

from tokenizer.cards import (
    OFTEN_LONGER,
    PAN_LENGTHS,
    Sums,
    brand_and_lengths,
    luhn_sums,
    passes_luhn,
    passes_luhn_between,
)

# Lengths that are hardly issued any more, and that shop systems use for their own numbers and bar codes.
_OBSOLETE = {"visa": frozenset({13}), "maestro": frozenset(range(12, 16))}
_BARCODE_LENGTHS = frozenset({12, 13})
# Lengths of most cards. Order ids of marketplaces have 16 to 19 digits, and begin with those of other ranges.
_COMMON = {
    "visa": frozenset({16}),
    "mastercard": frozenset({16}),
    "amex": frozenset({15}),
    "diners": frozenset({14}),
    "discover": frozenset({16}),
    "jcb": frozenset({16}),
    "unionpay": frozenset({16, 19}),
}

_CLUSTER = re.compile(r"[0-9]++(?:[\W_]{1,3}[0-9]++)*+")
_GROUP = re.compile(r"[0-9]+")
_FIRST_GROUPS = range(4, 9)
_PART_GROUPS = range(3, 9)
_SHORT_ROW = 8  # in a longer row, sums make each check digit cheap
_BEFORE_PROSE = frozenset(" \t\r\n:=([\"'")
_CARD_WORD = re.compile(
    r"(?<![a-z])(?:card|cards|pan|visa|mastercard|maestro|amex|rupay|credit|debit|karte|kreditkarte|carte|tarjeta|carta|cartao|kort|cc)(?![a-z])",
    re.IGNORECASE,
)
_ANNOUNCED_WITHIN = 24
_OTHER_NUMBER = re.compile(
    r"(?<![a-z])(?:order|orders|tracking|track|parcel|shipment|invoice|receipt|imei|isbn|ean|gtin|upc|sku|bestellung|bestellnummer|"
    r"auftrag|sendung|sendungsnummer|rechnung|commande|suivi|colis|facture|pedido|factura|envio|ordine|spedizione|fattura|zamowienie)"
    r"(?:[\W_]{1,3}(?:id|no|nr|number|num|code|numero|is))?[\W_]{0,4}\Z",
    re.IGNORECASE,
)

_Span = tuple[int, int]


class _Row:
    """Holds groups of digits with only separators between them."""

    def __init__(self, plain: str, start: int, end: int, *, prose: bool = False) -> None:
        self.plain = plain
        self.prose = prose
        self.groups = [group.span() for group in _GROUP.finditer(plain, start, end)]
        self.sizes = [end - start for start, end in self.groups]
        # How many digits there are before each group, and which group ends after so many.
        self.before = [0, *accumulate(self.sizes)]
        self.last = dict(zip(self.before[1:], count(), strict=False))
        self._sums: Sums = ()

    def passes_luhn(self, start: int, end: int) -> bool:
        """Returns True if the digits from one place to another have a right check digit."""
        if not self._sums:
            digits = "".join([self.plain[start:end] for start, end in self.groups])
            if len(self.groups) <= _SHORT_ROW:
                return passes_luhn(digits[start:end])
            self._sums = luhn_sums(digits)
        return passes_luhn_between(self._sums, start, end)


def holds_card_number(plain: str, *, identifier: bool, prose: bool = False) -> bool:
    """Returns True if a plain string holds a card number.

    Args:
        plain: the string.
        identifier: True if the string is an identifier. A number of an uncommon network or length then needs more than
            a right check digit: groups as on a card, or a word such as card.
        prose: True if the string is free text, in which a number of an obsolete length counts even if it is alone.
    """
    strict = identifier and not names_card(plain)
    return any(_holds(row, strict=strict) for row in _rows(plain, prose=prose))


def _holds(row: _Row, *, strict: bool) -> bool:
    """Returns True if a row of groups holds a card number."""
    plain, start = row.plain, row.groups[0][0]
    # Letters before the digits make them a code, and some words announce what else they are.
    before = plain[max(0, start - _ANNOUNCED_WITHIN) : start]
    announced = _OTHER_NUMBER.search(before) is not None
    strict = strict or announced or before[-1:].isalpha()
    if _is_whole(row, row.groups, strict=strict):
        return True
    return _part_from(row, 0) is not None if announced else _holds_part(row, strict=strict)


def names_card(plain: str) -> bool:
    """Returns True if a plain string has a word for cards."""
    return _CARD_WORD.search(plain) is not None


def card_number_spans(plain: str) -> Iterator[_Span]:
    """Yields where the card numbers of a plain string are that are written like most: in groups, or with a usual length."""
    for row in _rows(plain):
        index = 0
        while index < len(row.groups):
            last = _last_group(row, index)
            if last is not None:
                yield row.groups[index][0], row.groups[last][1]
                index = last
            index += 1


def _rows(plain: str, *, prose: bool = False) -> Iterator[_Row]:
    for cluster in _CLUSTER.finditer(plain):
        if cluster.end() - cluster.start() >= PAN_LENGTHS.start:
            yield _Row(plain, *cluster.span(), prose=prose)


def _last_group(row: _Row, first: int) -> int | None:
    """Returns the last group of the card number that begins at a group, or None if none does."""
    if row.sizes[first] in PAN_LENGTHS:
        return first if _is_whole(row, [row.groups[first]], strict=True) else None
    return _part_from(row, first) if row.sizes[first] in _FIRST_GROUPS else None


def _is_whole(row: _Row, groups: list[_Span], *, strict: bool) -> bool:
    """Returns True if groups of a row are one number together, whatever the groups are."""
    plain = row.plain
    if len(groups) >= PAN_LENGTHS.stop:
        return False
    digits = "".join([plain[start:end] for start, end in groups])
    brand, lengths = brand_and_lengths(digits)
    size = len(digits)
    if size not in lengths or not _separated_alike(plain, groups):
        return False
    if size in _OBSOLETE.get(brand, ()) and not _in_prose(row, groups):
        return False
    if strict and len(groups) == 1 and size not in _COMMON.get(brand, ()):
        return False
    return passes_luhn(digits) and not (size in _BARCODE_LENGTHS and len(groups) == 1 and _is_barcode(digits))


def _holds_part(row: _Row, *, strict: bool) -> bool:
    """Returns True if one group of a longer row is a number, or if some of its groups are written like one."""
    if len(row.groups) == 1:
        return False
    return any(
        _is_whole(row, [row.groups[index]], strict=strict)
        if size in PAN_LENGTHS
        else _part_from(row, index) is not None
        for index, size in enumerate(row.sizes)
        if size in PAN_LENGTHS or size in _FIRST_GROUPS
    )


def _part_from(row: _Row, first: int) -> int | None:
    """Returns the last group of the number that begins at a group, or None if none begins there."""
    place, before = row.groups[first][0], row.before[first]
    for length in _lengths_in_groups(row.plain[place : place + _FIRST_GROUPS.start]):
        last = row.last.get(before + length, first)
        if (
            last > first
            and row.passes_luhn(before, before + length)
            and _is_written_together(row, first, last)
        ):
            return last
    return None


@cache
def _lengths_in_groups(iin: str) -> tuple[int, ...]:
    brand, lengths = brand_and_lengths(iin)
    # The longest first where networks use it, so that its end is not taken for a code beside a shorter number.
    return tuple(sorted(lengths - _OBSOLETE.get(brand, frozenset()), reverse=brand in OFTEN_LONGER))


def _is_written_together(row: _Row, first: int, last: int) -> bool:
    """Returns True if groups have the sizes and the separators of one number."""
    sizes = row.sizes[first + 1 : last + 1]
    return (
        len(sizes) < PAN_LENGTHS.stop // _PART_GROUPS.start
        and all(size in _PART_GROUPS for size in sizes)
        and _separated_alike(row.plain, row.groups[first : last + 1])
    )


def _separated_alike(plain: str, groups: list[_Span]) -> bool:
    """Returns True if groups of digits are written like one number, and not like a row of several."""
    separators = {plain[left[1] : right[0]] for left, right in pairwise(groups)}
    return len(separators) <= 1 or not any(separator.strip(" -") for separator in separators)


def _is_barcode(digits: str) -> bool:
    from stdnum import ean  # noqa: PLC0415 -- a cold start should not pay for what most orders don't need

    return bool(ean.is_valid(digits))


def _in_prose(row: _Row, groups: list[_Span]) -> bool:
    """Returns True if a number is written in groups, or stands by itself among words or in free text."""
    (start, end), *rest = groups
    if rest:
        return end - start in _FIRST_GROUPS
    beside = row.prose or len(row.plain.strip()) > end - start
    return beside and (start == 0 or row.plain[start - 1] in _BEFORE_PROSE)
