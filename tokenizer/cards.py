"""Reads card numbers: network, length and check digit decide whether digits are one.

The ranges are those of ISO/IEC 7812 as the networks publish them.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate

PAN_LENGTHS = range(12, 20)  # ISO/IEC 7812-1 allows up to 19 digits; the shortest numbers in use have 12
UNKNOWN_BRAND = "unknown"

# The longest matching prefix decides: 6011 and 65 belong to Discover, the rest of 6 to Maestro.
_RANGES: tuple[tuple[int, int, str], ...] = (
    (4, 4, "visa"),
    (34, 34, "amex"),
    (37, 37, "amex"),
    (36, 36, "diners"),
    (38, 39, "diners"),
    (51, 55, "mastercard"),
    (62, 62, "unionpay"),
    (65, 65, "discover"),
    (50, 50, "maestro"),
    (56, 58, "maestro"),
    (63, 63, "maestro"),
    (67, 67, "maestro"),
    (300, 305, "diners"),
    (644, 649, "discover"),
    (2221, 2720, "mastercard"),
    (3528, 3589, "jcb"),
    (6011, 6011, "discover"),
)
_BY_PREFIX = {str(prefix): brand for low, high, brand in _RANGES for prefix in range(low, high + 1)}
_LONGEST = max(map(len, _BY_PREFIX))

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
# Ranges that `brand_of` doesn't know: Mir; Borica, RuPay, Troy, Uzcard, Humo, GPN; Napas, Hipercard; JCB's old numbers.
_NATIONAL = (
    (re.compile(r"220[0-4]"), frozenset(range(16, 20))),
    (re.compile(r"60|8[12]|9792|8600|9860|1946|2205|3841|9704"), frozenset({16})),
    (re.compile(r"3841|9704"), frozenset({19})),
    (re.compile(r"1800|2131"), frozenset({15})),
)
_IIN_DIGITS = 4
# Lengths of almost all cards. Three or four digits more are a security code that was typed behind the number.
_USUAL: dict[str, tuple[int, ...]] = {"amex": (15,), "diners": (14, 16), "unionpay": (16, 19)}
_LONGEST_USUAL = 16
_CODE_LENGTHS = (3, 4)
# Networks whose numbers really have more digits than 16.
OFTEN_LONGER = frozenset({"unionpay", "maestro"})

_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")  # maps each digit to the digit sum of its double
_ZERO = ord("0")
_VALUES = bytes.maketrans(b"0123456789", bytes(range(10)))
_DIGITS = re.compile(r"[0-9]+")
_WORD_AND_DIGIT = re.compile(r"[^\W\d_][0-9]|[0-9][^\W\d_]")


@dataclass(frozen=True, slots=True)
class CardNumber:
    """Holds a card number that was found in a text. It is never printed.

    Args:
        digits: the number.
        brand: its network, or `unknown`.
        start: where it begins in the text.
        end: where it ends in the text.
        alone: True if the text holds no other digits, and no marks in the place of digits that were removed.
    """

    digits: str = field(repr=False)
    brand: str
    start: int
    end: int
    alone: bool


def number_alone(value: object) -> object:
    """Returns what a card number's field holds without anything beside the number; other values as they are."""
    card = parse_card(value) if isinstance(value, str) else None
    return value[card.start : card.end] if isinstance(value, str) and card and not card.alone else value


def digits_of(number: str) -> str:
    """Returns the digits of a card number as typed, without separators and with full-width digits made plain."""
    if not number.isascii():
        number = unicodedata.normalize("NFKC", number)
    return "".join([character for character in number if character in "0123456789"])


def brand_of(digits: str) -> str:
    """Returns the network of a card number, or `unknown` if no range contains it."""
    for length in range(_LONGEST, 0, -1):
        brand = _BY_PREFIX.get(digits[:length])
        if brand is not None:
            return brand
    return UNKNOWN_BRAND


def passes_luhn(digits: str) -> bool:
    """Returns True if digits have a right check digit (ISO/IEC 7812-1, annex B)."""
    backwards = digits.encode()[::-1]
    total = sum(backwards[::2]) + sum(backwards[1::2].translate(_DOUBLED)) - _ZERO * len(backwards)
    return total % 10 == 0


Sums = tuple[tuple[list[int], list[int]], ...]


def luhn_sums(digits: str) -> Sums:
    """Returns sums with which `passes_luhn_between` judges any part of a long row of digits without reading it again."""
    values = digits.encode().translate(_VALUES)
    doubled = digits.encode().translate(_DOUBLED).translate(_VALUES)
    return tuple((_running_sums(values, parity), _running_sums(doubled, 1 - parity)) for parity in (0, 1))


def passes_luhn_between(sums: Sums, start: int, end: int) -> bool:
    """Does the same as `passes_luhn` for the digits from `start` to before `end` of a row."""
    plain, doubled = sums[(end - 1) % 2]
    return (plain[end] - plain[start] + doubled[end] - doubled[start]) % 10 == 0


def _running_sums(values: bytes, parity: int) -> list[int]:
    """Returns, for each place, the sum of the values before it at even places (0) or at odd places (1)."""
    kept = bytearray(values)
    kept[1 - parity :: 2] = bytes(len(kept[1 - parity :: 2]))
    return [*accumulate(kept, initial=0)]


def brand_and_lengths(digits: str) -> tuple[str, frozenset[int]]:
    """Returns the network for a number's first digits, and the lengths of its numbers; none if no network has it."""
    return _by_iin(digits[:_IIN_DIGITS])


@cache
def _by_iin(iin: str) -> tuple[str, frozenset[int]]:
    brand = brand_of(iin)
    national = (lengths for prefix, lengths in _NATIONAL if prefix.match(iin))
    return brand, _LENGTHS.get(brand, frozenset()).union(*national)


def parse_card(text: str) -> CardNumber | None:
    """Finds the card number in what a card number's field holds, or returns None if there is none.

    Three or four digits before or behind a number of the usual length are a security code, even if all the digits
    together pass for a longer number. Only networks that often have longer numbers keep them; such a number doesn't
    count as alone, because nobody can tell.

    Args:
        text: the field's value, with any separators; digits of other scripts count if they are full-width.
    """
    usual = len(text) <= _LONGEST_USUAL and text.isascii() and text.isdigit()
    if usual and len(text) in _usual_lengths(text) and passes_luhn(text):
        return CardNumber(text, brand_of(text), 0, len(text), alone=True)
    plain = text if text.isascii() else _same_length(text)
    if _WORD_AND_DIGIT.search(plain):
        return None
    places = [place for run in _DIGITS.finditer(plain) for place in range(*run.span())]
    digits = "".join([plain[place] for place in places])
    for first, last, doubtful in _candidates(digits, _starts(plain)):
        number = digits[first:last]
        return CardNumber(
            number,
            brand_of(number),
            places[first],
            places[last - 1] + 1,
            alone=len(number) == len(digits) and not doubtful and "*" not in plain,
        )
    return None


def last4(text: str) -> str | None:
    """Returns the last four digits of a card number; None if the text is none, or holds more than one number."""
    card = parse_card(text)
    return card.digits[-4:] if card is not None and card.alone else None


def _same_length(text: str) -> str:
    return "".join(
        [plain if len(plain := unicodedata.normalize("NFKC", each)) == 1 else each for each in text]
    )


def _starts(plain: str) -> list[int]:
    """Returns before how many digits a group of digits begins, and at the end how many digits there are."""
    starts = [0]
    for run in _DIGITS.finditer(plain):
        starts.append(starts[-1] + len(run[0]))
    return starts


def _candidates(digits: str, starts: list[int]) -> Iterator[tuple[int, int, bool]]:
    """Yields where a number may begin and end among the digits, the likeliest first, and whether that is doubtful."""
    count = len(digits)
    one_run = len(starts) == 2  # noqa: PLR2004 -- where it begins and where it ends
    fewest = _CODE_LENGTHS[0] if one_run else 1
    parts = [
        (first, first + size)
        for first in starts
        for size in _usual_lengths(digits[first:])
        if size + fewest <= count >= first + size and passes_luhn(digits[first : first + size])
    ]
    whole = _is_number(digits)
    beside = any(count - (last - first) in _CODE_LENGTHS for first, last in parts)
    if whole and (not beside or brand_of(digits) in OFTEN_LONGER):
        yield 0, count, beside
    for first, last in parts:
        yield first, last, True
    # A number that was mistyped, and more digits behind it.
    usual = max(_usual_lengths(digits), default=count)
    if (
        not whole
        and usual + fewest <= count
        and (count >= PAN_LENGTHS.stop or brand_of(digits) not in OFTEN_LONGER)
    ):
        yield 0, usual, True


def _usual_lengths(digits: str) -> tuple[int, ...]:
    brand, lengths = brand_and_lengths(digits)
    usual = (16,) if _LONGEST_USUAL in lengths or brand != UNKNOWN_BRAND else tuple(sorted(lengths))
    return _USUAL.get(brand, usual) if lengths else ()


def _is_number(digits: str) -> bool:
    if len(digits) not in PAN_LENGTHS or not passes_luhn(digits):
        return False
    lengths = brand_and_lengths(digits)[1]
    return not lengths or len(digits) in lengths
