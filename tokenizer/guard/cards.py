"""Finds card numbers of any network in a plain string. IIN range, length and check digit have to agree.

A number may be written in groups. It begins and ends where a group of digits does: it is not looked for inside a longer
run of digits, because every tenth tracking number would hold one. Every tenth number also has a right check digit. That
is not enough in an identifier, unless network and length are those of most cards.
"""

import re
from functools import cache
from itertools import accumulate, pairwise

from tokenizer.cards import PAN_LENGTHS, brand_of

# Lengths in use by network (ISO/IEC 7812-1 and the networks' own ranges).
_LENGTHS: dict[str, frozenset[int]] = {
    "visa": frozenset({13, 16, 19}),
    "mastercard": frozenset({16}),
    "amex": frozenset({15}),
    "diners": frozenset({14, 16}),
    "discover": frozenset(range(16, 20)),
    "jcb": frozenset(range(16, 20)),
    "unionpay": frozenset(range(16, 20)),
    "maestro": frozenset(range(12, 20)),
}
# Ranges of national networks (Mir, RuPay, Troy, Uzcard, Humo), which `brand_of` doesn't know.
_NATIONAL = (
    (re.compile(r"220[0-4]"), frozenset(range(16, 20))),
    (re.compile(r"60|8[12]|9792|8600|9860"), frozenset({16})),
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
_BEFORE_PROSE = frozenset(" \t\r\n:=([\"'")
_CARD_WORD = re.compile(
    r"(?<![a-z])(?:card|cards|pan|visa|mastercard|maestro|amex|rupay|credit|debit|karte|kreditkarte|carte|tarjeta|carta|cartao|kort|cc)(?![a-z])",
    re.IGNORECASE,
)
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")  # maps each digit to the digit sum of its double
_ZERO = ord("0")
_IIN_DIGITS = 4

_Span = tuple[int, int]


def holds_card_number(plain: str, *, identifier: bool) -> bool:
    """Returns True if a plain string holds a card number.

    Args:
        plain: the string.
        identifier: True if the string is an identifier. A number of an uncommon network or length then needs more than
            a right check digit: groups as on a card, or a word such as card.
    """
    strict = identifier and _CARD_WORD.search(plain) is None
    for cluster in _CLUSTER.finditer(plain):
        if cluster.end() - cluster.start() < PAN_LENGTHS.start:
            continue
        groups = [group.span() for group in _GROUP.finditer(plain, *cluster.span())]
        if _is_whole(plain, groups, strict=strict) or _holds_part(plain, groups, strict=strict):
            return True
    return False


def passes_luhn(digits: str) -> bool:
    """Returns True if digits have a right check digit (ISO/IEC 7812-1, annex B)."""
    backwards = digits.encode()[::-1]
    total = sum(backwards[::2]) + sum(backwards[1::2].translate(_DOUBLED)) - _ZERO * len(backwards)
    return total % 10 == 0


@cache
def _lengths_by(iin: str) -> tuple[str, frozenset[int]]:
    """Returns the network for a number's first four digits, and the lengths of its numbers."""
    brand = brand_of(iin)
    national = (lengths for prefix, lengths in _NATIONAL if prefix.match(iin))
    return brand, _LENGTHS.get(brand, frozenset()).union(*national)


def _is_whole(plain: str, groups: list[_Span], *, strict: bool) -> bool:
    """Returns True if all groups of a cluster are one number together, whatever the groups are."""
    if len(groups) >= PAN_LENGTHS.stop:
        return False
    digits = "".join([plain[start:end] for start, end in groups])
    brand, lengths = _lengths_by(digits[:_IIN_DIGITS])
    count = len(digits)
    if count not in lengths or not _separated_alike(plain, groups):
        return False
    if count in _OBSOLETE.get(brand, ()) and not _in_prose(plain, groups):
        return False
    if strict and len(groups) == 1 and count not in _COMMON.get(brand, ()):
        return False
    return passes_luhn(digits) and not (
        count in _BARCODE_LENGTHS and len(groups) == 1 and _is_barcode(digits)
    )


def _holds_part(plain: str, groups: list[_Span], *, strict: bool) -> bool:
    """Returns True if one group of a longer cluster is a number, or if some of its groups are written like one."""
    if len(groups) == 1:
        return False
    sizes = [end - start for start, end in groups]
    return any(
        _is_whole(plain, [groups[index]], strict=strict)
        if size in PAN_LENGTHS
        else _part_from(plain, groups, sizes, index)
        for index, size in enumerate(sizes)
        if size in PAN_LENGTHS or size in _FIRST_GROUPS
    )


def _part_from(plain: str, groups: list[_Span], sizes: list[int], first: int) -> bool:
    """Returns True if a number begins at a group and ends with a later one."""
    start = groups[first][0]
    _, lengths = _lengths_by(plain[start : start + _IIN_DIGITS])
    if not lengths:
        return False
    for last, count in enumerate(
        accumulate(sizes[first : first + PAN_LENGTHS.stop // _PART_GROUPS.start]), start=first
    ):
        if sizes[last] not in _PART_GROUPS or count >= PAN_LENGTHS.stop:
            return False
        window = groups[first : last + 1]
        if count in lengths and last > first and _passes(plain, window) and _separated_alike(plain, window):
            return True
    return False


def _passes(plain: str, groups: list[_Span]) -> bool:
    return passes_luhn("".join([plain[start:end] for start, end in groups]))


def _separated_alike(plain: str, groups: list[_Span]) -> bool:
    """Returns True if groups of digits are written like one number, and not like a row of several."""
    separators = {plain[left[1] : right[0]] for left, right in pairwise(groups)}
    return len(separators) <= 1 or not any(separator.strip(" -") for separator in separators)


def _is_barcode(digits: str) -> bool:
    from stdnum import ean  # noqa: PLC0415 -- a cold start should not pay for what most orders don't need

    return bool(ean.is_valid(digits))


def _in_prose(plain: str, groups: list[_Span]) -> bool:
    """Returns True if a number is written in groups, or stands by itself among words."""
    (start, end), *rest = groups
    if rest:
        return end - start in _FIRST_GROUPS
    return len(plain.strip()) > end - start and (start == 0 or plain[start - 1] in _BEFORE_PROSE)
