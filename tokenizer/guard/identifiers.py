"""US social security numbers and IBANs in a plain string."""

import re

# What the SSA issues: no area 000, 666 or 9xx, no group 00, no serial 0000. Unlike stdnum.us.ssn, numbers
# that were once printed in advertisements count: people do type them.
_AREA, _GROUP, _SERIAL = "(?!000|666|9)[0-9]{3}", "(?!00)[0-9]{2}", "(?!0000)[0-9]{4}"
_DASHED_SSN = re.compile(
    rf"(?<![0-9A-Za-z])(?<![0-9][-.]){_AREA}( ?[-.] ?){_GROUP}\1{_SERIAL}(?![0-9A-Za-z]|[-.][0-9])"
)
_SPACED_SSN = re.compile(rf"(?<![0-9A-Za-z])(?<![0-9][ ]){_AREA} {_GROUP} {_SERIAL}(?![0-9A-Za-z]| [0-9])")
_BARE_SSN = re.compile(rf"(?<![0-9]){_AREA}[-. ]?{_GROUP}[-. ]?{_SERIAL}(?![0-9])")
_SSN_WORD = re.compile(r"(?<![a-z])(?:ssns?|social|s\.s\.n|ss#|ss ?no)(?![a-z])", re.IGNORECASE)
_WORD_DISTANCE = 32

# Lengths by country as in the IBAN registry; a test compares them to stdnum's copy of it.
_IBAN_REGISTRY = (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 "
    "DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 "
    "HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 "
    "MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 "
    "RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 "
    "VA22 VG24 XK20 YE30"
)
_IBAN_LENGTHS = {entry[:2]: int(entry[2:]) for entry in _IBAN_REGISTRY.split()}
_IBAN_START = re.compile(r"(?<![0-9A-Za-z])(?:IBAN)?(?=([A-Za-z]{2})[0-9]{2})", re.IGNORECASE)
_IBAN_PART = re.compile(r"[ .-]?([0-9A-Za-z])")


def holds_ssn(plain: str) -> bool:
    """Whether a plain string holds a US social security number, written with separators or named as one."""
    if _DASHED_SSN.search(plain) or _SPACED_SSN.search(plain):
        return True
    if _SSN_WORD.search(plain) is None:
        return False
    return any(
        _SSN_WORD.search(plain[max(0, found.start() - _WORD_DISTANCE) : found.end() + _WORD_DISTANCE])
        for found in _BARE_SSN.finditer(plain)
    )


def holds_iban(plain: str) -> bool:
    """Whether a plain string holds an IBAN: its country's length and structure and the check digits agree."""
    return any(
        _is_iban(plain, found.end(), _IBAN_LENGTHS[found[1].upper()])
        for found in _IBAN_START.finditer(plain)
        if found[1].upper() in _IBAN_LENGTHS
    )


def _is_iban(plain: str, start: int, length: int) -> bool:
    """Whether the next characters of a number are an IBAN, and end where a word does."""
    characters: list[str] = []
    position = start
    while len(characters) < length:
        part = _IBAN_PART.match(plain, position)
        if part is None:
            return False
        characters.append(part[1])
        position = part.end()
    if plain[position : position + 1].isalnum():
        return False
    number = "".join(characters).upper()
    from stdnum import iban  # noqa: PLC0415 -- its import takes longer than a cold start should pay unasked

    # A country's own check digits are left out: made-up IBANs should be found, too.
    return iban.is_valid(number, check_country=False)
