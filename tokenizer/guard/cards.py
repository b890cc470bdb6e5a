"""Card numbers of any network in a plain string: IIN range, length and check digit have to agree.

A number may be written in groups. It begins and ends where a group of digits does: inside a longer run of
digits it isn't looked for, since every tenth tracking number would hold one.
"""

import re
from itertools import pairwise

from tokenizer.cards import PAN_LENGTHS, brand_of

# Lengths in use, by network (ISO/IEC 7812-1 and the networks' own ranges).
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
# Ranges of national networks (Mir, RuPay, Troy, Uzcard, Humo), which `brand_of` does not name.
_NATIONAL = re.compile(r"220[0-4][0-9]{12,15}|(?:60|8[12])[0-9]{14}|(?:9792|8600|9860)[0-9]{12}")
# Lengths that are hardly issued any more, and that shop systems' own numbers and bar codes have.
_OBSOLETE = {"visa": frozenset({13}), "maestro": frozenset(range(12, 16))}
_BARCODE_LENGTHS = frozenset({12, 13})

_CLUSTER = re.compile(r"[0-9]+(?:[\W_]{1,3}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
_FIRST_GROUPS = range(4, 9)
_PART_GROUPS = range(3, 9)
_BEFORE_PROSE = frozenset(" \t\r\n:=([\"'")


def holds_card_number(plain: str) -> bool:
    """Whether a plain string holds a card number."""
    for cluster in _CLUSTER.finditer(plain):
        if cluster.end() - cluster.start() < PAN_LENGTHS.start:
            continue
        groups = [group.span() for group in _GROUP.finditer(plain, *cluster.span())]
        if any(_card_from(plain, groups, first) for first in range(len(groups))):
            return True
    return False


def _card_from(plain: str, groups: list[tuple[int, int]], first: int) -> bool:
    """Whether a card number begins at a group of digits."""
    part = first > 0 or len(groups) >= PAN_LENGTHS.stop
    count = 0
    for last in range(first, len(groups)):
        start, end = groups[last]
        count += end - start
        if count >= PAN_LENGTHS.stop:
            return False
        if count >= PAN_LENGTHS.start:
            window = groups[first : last + 1]
            if _well_grouped(plain, window, whole=len(window) == len(groups)) and _is_card(plain, window):
                return True
        if part and end - start not in _PART_GROUPS:
            return False
    return False


def _well_grouped(plain: str, window: list[tuple[int, int]], *, whole: bool) -> bool:
    """Whether groups of digits are written like one number, and not like a row of several."""
    if len(window) == 1:
        return True
    separators = {plain[left[1] : right[0]] for left, right in pairwise(window)}
    if len(separators) > 1 and any(separator.strip(" -") for separator in separators):
        return False
    sizes = [end - start for start, end in window]
    return whole or (
        sizes[0] in _FIRST_GROUPS
        and sizes[-1] <= max(_PART_GROUPS)
        and all(size in _PART_GROUPS for size in sizes[:-1])
    )


def _is_card(plain: str, window: list[tuple[int, int]]) -> bool:
    digits = "".join([plain[start:end] for start, end in window])
    brand = brand_of(digits)
    if len(digits) not in _LENGTHS.get(brand, ()) and _NATIONAL.fullmatch(digits) is None:
        return False
    obsolete = len(digits) in _OBSOLETE.get(brand, ())
    if obsolete and not _in_prose(plain, window):
        return False
    from stdnum import ean, luhn  # noqa: PLC0415 -- a cold start should not pay for what most orders don't need

    if not luhn.is_valid(digits):
        return False
    return not (obsolete and len(digits) in _BARCODE_LENGTHS and len(window) == 1 and ean.is_valid(digits))


def _in_prose(plain: str, window: list[tuple[int, int]]) -> bool:
    """Whether a number is written in groups, or stands free among words."""
    (start, end), *rest = window
    if rest:
        return end - start in _FIRST_GROUPS
    return len(plain.strip()) > end - start and (start == 0 or plain[start - 1] in _BEFORE_PROSE)
