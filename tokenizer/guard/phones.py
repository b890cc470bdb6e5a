"""Finds phone numbers in a plain string.

It finds international numbers, the punctuated forms of North America, numbers near a word such as tel, and national
numbers of the record's countries. Three numbers with spaces between them are no phone number, because parts lists have
them.
"""

import re
from collections.abc import Sequence

from tokenizer.guard.plans import NANP_CODE, Plan, is_assigned, is_north_american, is_possible, plan_of
from tokenizer.guard.text import plain_text

_SEPARATED = r"(?:[ ().\-/]{0,3}[0-9])"
_INTERNATIONAL = re.compile(rf"(?<![0-9+])\+ ?\(?[1-9]{_SEPARATED}{{6,15}}+(?![0-9])")
_DIALLED = re.compile(
    r"(?<![0-9A-Za-z+])(?<![0-9][-./,:])(?:00(?=[ ]?[1-9])|011(?=[ .\-][1-9]))(?=[ .\-]?[1-9][0-9]{0,11}[ ().\-/])[0-9 ().\-/]{8,24}[0-9]"
)
# In North American numbers, area code and exchange begin with 2 to 9.
_NANP = re.compile(
    r"""(?<![0-9A-Za-z])(?<![0-9][-./])(?:1[-. ]?)?
    (?:\([2-9][0-9]{2}\)[-. ]{0,2}[2-9][0-9]{2}[-. ]?|[2-9][0-9]{2}[-./][2-9][0-9]{2}[-.])
    [0-9]{4}(?![0-9]|[-./][0-9])""",
    re.VERBOSE,
)

# After words that only mean a phone number, any number counts.
_ONLY_PHONES = [
    "telephone",
    "telefone",
    "telefono",
    "telefon",
    "telef",
    "tel",
    "tlf",
    "tlfn",
    "fon",
    "phone",
    "rufnummer",
    "telefonnummer",
    "telefonnr",
    "handynummer",
    "whatsapp",
    "fax",
    "movil",
    "celular",
    "gsm",
    "msisdn",
    "телефон",
    "тел",
    "τηλ",
    "τηλεφωνο",
    "電話",
    "电话",
    "전화",
    "هاتف",
    "טלפון",
    "โทร",
]
_OTHER_THINGS_TOO = [
    "mobile",
    "mobil",
    "mob",
    "cell",
    "cel",
    "call",
    "calling",
    "calls",
    "ring",
    "sms",
    "text",
    "handy",
    "anrufen",
    "ruf",
    "rufen",
    "appelez",
    "appeler",
    "llamar",
    "llame",
    "contact",
    "contacto",
    "kontakt",
    "ligar",
    "signal",
    "viber",
    "telegram",
]


def _any_of(words: list[str]) -> str:
    plain = sorted({plain_text(word) for word in words}, key=len, reverse=True)
    return rf"(?<![A-Za-z])(?:{'|'.join(map(re.escape, plain))})(?![a-z])"


_NUMBER = rf"(\(?[0-9]{_SEPARATED}{{6,14}}+)(?![0-9])"
_BESIDE_PHONE_WORD = re.compile(
    rf"{_any_of(_ONLY_PHONES)}(?:[\s.]{{0,3}}(?:number|no|nr|num|is|me|us|at|to|on)){{0,2}}[\s.:#=/\-]{{0,4}}{_NUMBER}",
    re.IGNORECASE,
)
_NEAR_PHONE_WORD = re.compile(
    rf"{_any_of(_ONLY_PHONES + _OTHER_THINGS_TOO)}[^0-9+\n]{{0,12}}{_NUMBER}", re.IGNORECASE
)
_CLUE = re.compile(_any_of(_ONLY_PHONES + _OTHER_THINGS_TOO), re.IGNORECASE)

_NATIONAL = re.compile(
    r"""(?<![0-9A-Za-z+(])(?<![0-9][-./,:])(?<![A-Za-z]-)
    \(?[08][0-9]{0,5}+\)?(?:[ ./-]{1,3}\(?[0-9]{1,9}+\)?){1,6}+
    (?![0-9A-Za-z]|[-./,:][0-9]|-[A-Za-z])""",
    re.VERBOSE,
)
# An area code in brackets announces a phone number, too.
_EXTENSION = r"(?= ?(?:x|ext)\.? ?[0-9]|(?![0-9A-Za-z]))"
_BRACKETED = re.compile(
    rf"\([0-9]{{1,5}}+\)[ -]?[0-9]{{2,10}}+(?:[ .-]{{1,3}}[0-9]{{2,5}}+){{0,3}}+{_EXTENSION}"
)
_BARE_NATIONAL = re.compile(r"(?<![0-9A-Za-z+\-./,:#])0[0-9]{8,13}(?![0-9A-Za-z]|[\-./,:][0-9])")
_NATIONAL_DIGITS = range(7, 14)
_DATE_OR_AMOUNT = re.compile(
    r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}|[0-9]{4}([./-])[0-9]{1,2}\2[0-9]{1,2}|[0-9]{1,3}(?:\.[0-9]{3})+"
)
# Zero is the group of all English-speaking countries.
_ISBN = re.compile(r"[0-9]{1,5}([- ])[0-9]{1,7}\1[0-9]{1,6}\1[0-9]")
_ISSN = re.compile(r"[0-9]{4}-[0-9]{4}")
_ISBN_DIGITS = 10
_UPC_DIGITS = 12
_NO_DIGIT = re.compile(r"[^0-9]+")


def holds_phone(plain: str, countries: Sequence[str], *, prose: bool) -> bool:
    """Returns True if a plain string holds a phone number.

    Args:
        plain: the string.
        countries: ISO 3166 codes of the countries whose national numbers are looked for.
        prose: True if the string is prose, in which a national number may stand without separators.
    """
    if "+" in plain and any(_is_international(found[0]) for found in _INTERNATIONAL.finditer(plain)):
        return True
    if _NANP.search(plain):
        return True
    if "00" in plain or "011" in plain:
        dialled = (_digits(found[0]) for found in _DIALLED.finditer(plain))
        if any(is_assigned(digits.removeprefix("00").removeprefix("011")) for digits in dialled):
            return True
    if _CLUE.search(plain) and _holds_named(plain, countries):
        return True
    return bool(countries) and _holds_national(plain, countries, prose=prose)


def _holds_named(plain: str, countries: Sequence[str]) -> bool:
    """Returns True if a number stands near a word that announces it."""
    if any(_DATE_OR_AMOUNT.fullmatch(found[1]) is None for found in _BESIDE_PHONE_WORD.finditer(plain)):
        return True
    for found in _NEAR_PHONE_WORD.finditer(plain):
        digits = _digits(found[1])
        if _DATE_OR_AMOUNT.fullmatch(found[1]):
            continue
        # Most countries dial a zero before their own numbers, and no amount begins with a zero.
        if digits[0] == "0" or is_north_american(digits) or _is_national(digits, countries):
            return True
    return False


def _holds_national(plain: str, countries: Sequence[str], *, prose: bool) -> bool:
    """Returns True if a string holds a national number with its trunk prefix, which tells it from other numbers."""
    written = [found[0] for found in _NATIONAL.finditer(plain)]
    if any(_is_dialled(_digits(number), countries) for number in written if not _is_other_number(number)):
        return True
    bracketed = (_digits(found[0]) for found in _BRACKETED.finditer(plain))
    if any(_is_national(digits, countries) or _has_own_code(digits, countries) for digits in bracketed):
        return True
    # Without separators many other numbers look alike, so the number has to be assigned.
    return prose and any(
        _is_assigned(number, countries) or _has_own_code(number.removeprefix("00"), countries)
        for number in _BARE_NATIONAL.findall(plain)
        if not _is_bar_code(number)
    )


def _is_other_number(written: str) -> bool:
    """Returns True if a number is written as a date, an amount, an ISSN or an ISBN of ten digits."""
    if _DATE_OR_AMOUNT.fullmatch(written):
        return True
    digits = _digits(written)
    is_isbn = len(digits) == _ISBN_DIGITS and _ISBN.fullmatch(written) is not None
    if not is_isbn and _ISSN.fullmatch(written) is None:
        return False
    # Both have the same check digit (ISO 2108 before 2007, ISO 3297).
    return sum(place * int(digit) for place, digit in enumerate(reversed(digits), start=1)) % 11 == 0


def _is_bar_code(digits: str) -> bool:
    """Returns True if digits have the length and the check digit of a North American bar code (UPC)."""
    return (
        len(digits) == _UPC_DIGITS
        and (3 * sum(map(int, digits[::2])) + sum(map(int, digits[1::2]))) % 10 == 0
    )


def _is_dialled(digits: str, countries: Sequence[str]) -> bool:
    """Returns True if digits begin with a country's trunk prefix, or its numbers' own zero, and are one of its numbers."""
    return any(
        digits.startswith(plan.trunk or "0")
        and (plan.dialled(digits) is not None or plan.national(digits) is not None)
        for plan in _plans(digits, countries)
    )


def _is_assigned(digits: str, countries: Sequence[str]) -> bool:
    """Returns True if digits are an assigned number with its trunk prefix, or with the zero that belongs to it (Italy)."""
    return any(
        digits.startswith(plan.trunk or "0") and plan.national(digits) is not None
        for plan in _plans(digits, countries)
    )


def _has_own_code(digits: str, countries: Sequence[str]) -> bool:
    """Returns True if digits are the code of one of the countries and an assigned number of it."""
    return any(
        plan.code != NANP_CODE
        and digits.startswith(plan.code)
        and plan.national(digits[len(plan.code) :]) is not None
        for plan in _plans(digits, countries)
    )


def _is_national(digits: str, countries: Sequence[str]) -> bool:
    return any(plan.national(digits) is not None for plan in _plans(digits, countries))


def _plans(digits: str, countries: Sequence[str]) -> list[Plan]:
    if len(digits) not in _NATIONAL_DIGITS:
        return []
    return [plan for plan in map(plan_of, countries) if plan is not None]


def _is_international(written: str) -> bool:
    return is_possible(_digits(written.replace("(0)", "")))


def _digits(written: str) -> str:
    return _NO_DIGIT.sub("", written)
