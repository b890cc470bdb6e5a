"""A record's own sensitive values, looked for in its public strings.

A value counts as found wherever its folded form occurs in the folded string, inside words and longer numbers
too. Two exceptions: a value of fewer than four characters is not looked for, and a short number (an expiry
"12/29" folds to 1229) has to stand alone, or amounts, dates and order numbers would hold it by chance.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from tokenizer.guard.text import folded, plain_text

_SHORTEST = 4
_COUNTED = 32  # enough to tell whether a value is too short
_SHORT_NUMBERS = range(_SHORTEST, 7)
# A short number stands alone if no digit touches it, nor one across a mark that joins numbers to a date, a
# time or an amount. Between its own digits there may be spaces, dashes and slashes.
_STANDING_ALONE = {
    count: re.compile(
        rf"(?<![0-9])(?<![0-9][-./:,])(?=([0-9](?:[\s/_-]{{0,3}}[0-9]){{{count - 1}}})(?![0-9]|[-./:,][0-9]))"
    )
    for count in _SHORT_NUMBERS
}

_LONGEST_PHONE = 15  # ITU-T E.164
_SHORTEST_NATIONAL = 7
_TRUNK_LENGTHS = range(10, 13)
# ITU-T E.164 country codes of one and two digits; all others have three.
_COUNTRY_CODE = re.compile(
    r"1|7|2[07]|3[0-4]|36|39|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3}",
)


@dataclass(frozen=True, slots=True)
class OwnValues:
    """Folded sensitive values, never printed.

    Args:
        anywhere: looked for as substrings, shortest first.
        alone: short numbers.
    """

    anywhere: tuple[str, ...] = field(repr=False)
    alone: tuple[str, ...] = field(repr=False)

    def __or__(self, other: "OwnValues") -> "OwnValues":
        """The values of both."""
        anywhere, alone = {*self.anywhere, *other.anywhere}, {*self.alone, *other.alone}
        return OwnValues(tuple(sorted(anywhere, key=len)), tuple(alone))


def own_values(values: Iterable[str]) -> OwnValues:
    """Prepare a record's sensitive values for the search; those shorter than four characters are left out."""
    anywhere: set[str] = set()
    alone: set[str] = set()
    for value in values:
        plain = plain_text(value)
        form = folded(plain)
        if _length(form) < _SHORTEST:
            continue
        if not form.isdecimal():
            anywhere.add(form)
        elif len(form) in _SHORT_NUMBERS:
            alone.add(form)
        else:
            anywhere.add(form)
            anywhere.update(_national_forms(plain, form))
    return OwnValues(tuple(sorted(anywhere, key=len)), tuple(alone))


NO_VALUES = own_values(())


def holds_own_value(plain: str, own: OwnValues) -> bool:
    """Whether a plain string holds one of the values."""
    if not (own.anywhere or own.alone):
        return False
    if len(plain) < _SHORTEST and plain.isascii():
        return False
    form = folded(plain)
    for value in own.anywhere:
        if len(value) > len(form):
            break
        if value in form:
            return True
    return any(value in form and _stands_alone(value, plain) for value in own.alone)


def _length(form: str) -> int:
    """How many characters a reader sees at the beginning: Hangul is folded to its parts."""
    return len(form) if form.isascii() else len(unicodedata.normalize("NFC", form[:_COUNTED]))


def _national_forms(plain: str, digits: str) -> list[str]:
    """What remains of a phone number when its country code or trunk prefix is left away."""
    if digits.startswith("00") or plain.lstrip().startswith("+"):
        number = digits.removeprefix("00")
        code = _COUNTRY_CODE.match(number)
        national = number[code.end() :] if code and len(number) <= _LONGEST_PHONE else ""
        return [national] if len(national) >= _SHORTEST_NATIONAL else []
    return [digits[1:]] if digits[0] == "0" and len(digits) in _TRUNK_LENGTHS else []


def _stands_alone(number: str, plain: str) -> bool:
    for found in _STANDING_ALONE[len(number)].finditer(plain):
        start, end = found.span(1)
        if folded(found[1]) != number:
            continue
        # Bare digits beside a letter are part of a code such as SKU1229.
        if (
            end - start > len(number)
            or not (plain[max(0, start - 1) : start] + plain[end : end + 1]).isalpha()
        ):
            return True
    return False
