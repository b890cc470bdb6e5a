"""Finds US social security numbers and IBANs in a plain string."""

import re
from functools import cache

# The SSA doesn't issue area 000, 666 or 9xx, group 00, or serial 0000. Unlike in stdnum.us.ssn, numbers count that were
# once printed in advertisements, because people do type them.
_AREA, _GROUP, _SERIAL = "(?!000|666|9)[0-9]{3}", "(?!00)[0-9]{2}", "(?!0000)[0-9]{4}"
_DASHED_SSN = re.compile(
    rf"(?<![0-9A-Za-z])(?<![0-9][-.]){_AREA}( ?[-.] ?){_GROUP}\1{_SERIAL}(?![0-9A-Za-z]|-[0-9A-Za-z]|\.[0-9])"
)
# A number with spaces or nothing between its parts counts only near a word that announces it.
_BARE_SSN = re.compile(rf"(?<![0-9]){_AREA}[-. ]?{_GROUP}[-. ]?{_SERIAL}(?![0-9])")
_SSN_WORD = re.compile(r"(?<![a-z])(?:ssns?|social|s\.s\.n|ss#|ss ?no)(?![a-z])", re.IGNORECASE)
_WORD_DISTANCE = 32

# By country, the structure of the account number after the check digits, as in the IBAN registry: numbers of digits
# (n), letters (a) or either (c). A test compares it to stdnum's copy of the registry.
_IBAN_REGISTRY = """
    AD:8n12c AE:19n AL:8n16c AT:16n AZ:4a20c BA:16n BE:12n BG:4a6n8c BH:4a14c BI:23n BR:23n1a1c BY:4c4n16c CH:5n12c
    CR:18n CY:8n16c CZ:20n DE:18n DJ:23n DK:14n DO:4c20n EE:16n EG:25n ES:20n FI:14n FK:2a12n FO:14n FR:10n11c2n
    GB:4a14n GE:2a16n GI:4a15c GL:14n GR:7n16c GT:24c HN:4a20n HR:17n HU:24n IE:4a14n IL:19n IQ:4a15n IS:22n
    IT:1a10n12c JO:4a4n18c KW:4a22c KZ:3n13c LB:4n20c LC:4a24c LI:5n12c LT:16n LU:3n13c LV:4a13c LY:21n MC:10n11c2n
    MD:20c ME:18n MK:3n10c2n MN:16n MR:23n MT:4a5n18c MU:4a19n3a NI:4a20n NL:4a10n NO:11n OM:3n16c PK:4a16c PL:24n
    PS:4a21c PT:21n QA:4a21c RO:4a16c RS:18n RU:14n15c SA:2n18c SC:4a20n3a SD:14n SE:20n SI:15n SK:20n SM:1a10n12c
    SO:19n ST:21n SV:4a20n TL:19n TN:20n TR:6n16c UA:6n19c VA:18n VG:4a16n XK:16n YE:4a4n18c
"""
_IBAN_COUNTRIES = {entry[:2]: entry[3:] for entry in _IBAN_REGISTRY.split()}
_IBAN_START = re.compile(
    r"(?<![0-9A-Za-z])(?:IBAN)?([A-Za-z]{2})[\W_]{0,3}([0-9])[\W_]?([0-9])", re.IGNORECASE
)
_SHORTEST_IBAN = 15
_CHECK_DIGITS = re.compile(r"[A-Za-z][\W_]{0,3}[0-9][\W_]?[0-9]")
_IBAN_PART = re.compile(r"([0-9]+)([nac])")
_CHARACTERS = {"n": "[0-9]", "a": "[A-Za-z]", "c": "[0-9A-Za-z]"}
_SEPARATORS = r"[\W_]{0,3}"
_NO_CHARACTER = re.compile(r"[\W_]+")
_MODULUS = 97
_LETTER_VALUES = {
    ord(letter): str(value) for value, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=10)
}


def holds_ssn(plain: str) -> bool:
    """Returns True if a plain string holds a US social security number, with dashes or dots, or near a word for it."""
    if _DASHED_SSN.search(plain):
        return True
    if _SSN_WORD.search(plain) is None:
        return False
    return any(
        _SSN_WORD.search(plain[max(0, found.start() - _WORD_DISTANCE) : found.end() + _WORD_DISTANCE])
        for found in _BARE_SSN.finditer(plain)
    )


def may_hold_iban(plain: str) -> bool:
    """Returns False if a plain string is too short for an IBAN, or has no two digits in a row for its check digits."""
    return len(plain) >= _SHORTEST_IBAN and _CHECK_DIGITS.search(plain) is not None


def holds_iban(plain: str) -> bool:
    """Returns True if a plain string holds an IBAN whose length, structure and check digits fit its country.

    Up to three separators may stand between two of its characters. A country's own check digits are not checked, so
    that made-up IBANs are found too.
    """
    return any(
        _is_iban(plain, found) for found in _IBAN_START.finditer(plain) if found[1].upper() in _IBAN_COUNTRIES
    )


def _is_iban(plain: str, start: re.Match[str]) -> bool:
    country = start[1].upper()
    rest = _account(country).match(plain, start.end())
    if rest is None:
        return False
    account = _NO_CHARACTER.sub("", rest[0]).upper()
    number = f"{account}{country}{start[2]}{start[3]}".translate(_LETTER_VALUES)
    return number.isascii() and int(number) % _MODULUS == 1


@cache
def _account(country: str) -> re.Pattern[str]:
    """Returns a pattern for a country's account number, up to the end of a word."""
    parts = _IBAN_PART.findall(_IBAN_COUNTRIES[country])
    body = "".join([f"(?:{_SEPARATORS}{_CHARACTERS[kind]}){{{count}}}" for count, kind in parts])
    return re.compile(rf"{body}(?![0-9A-Za-z])")
