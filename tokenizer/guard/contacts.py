"""Email addresses and phone numbers in a plain string."""

import re

# In plain text everything beyond ASCII is part of a word, so Unicode local parts and domains need no table.
_LABEL = r"[0-9A-Za-z_\-\x80-\U0010ffff]"
_EMAIL = re.compile(
    rf"""[^\s@<>()\[\],;:\\/]@(?:{_LABEL}{{1,63}}\.){{1,20}}
    (?!(?:png|jpe?g|gif|webp|svg)(?![0-9A-Za-z]))  # kettle@2x.png
    (?:xn--[0-9A-Za-z-]{{1,59}}|[A-Za-z\x80-\U0010ffff]{{2,63}})(?![0-9A-Za-z])""",
    re.VERBOSE,
)

_INTERNATIONAL = re.compile(r"(?<![0-9+])\+ ?\(?[1-9](?:[ ().\-/]{0,3}[0-9]){6,14}(?![0-9])")
_DIALLED = re.compile(
    r"(?<![0-9A-Za-z+])(?<![0-9][-./,:])00(?=[1-9][0-9]{0,11}[ ().\-/])[0-9 ().\-/]{8,24}[0-9]"
)
# North American numbers: area code and exchange begin with 2 to 9.
_NANP = re.compile(
    r"""(?<![0-9A-Za-z])(?<![0-9][-./])(?:1[-. ]?)?
    (?:\([2-9][0-9]{2}\)[-. ]{0,2}[2-9][0-9]{2}[-. ]?|[2-9][0-9]{2}[-./][2-9][0-9]{2}[-.])
    [0-9]{4}(?![0-9]|[-./][0-9])""",
    re.VERBOSE,
)
_NANP_SPACED = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9][-./ ])(?:1 )?[2-9][0-9]{2} [2-9][0-9]{2} [0-9]{4}(?![0-9A-Za-z]|[-./ ][0-9])"
)
_NAMED = re.compile(
    r"""\b(?:tele?(?:ph|f)on[eo]?|phone|tel|fon|mobile?|mob|cell|call|whatsapp|sms|handy|rufnummer|m[oó]vil)\b
    [^0-9+\n]{0,12}(\(?[0-9](?:[ ().\-/]{0,3}[0-9]){6,12})(?![0-9])""",
    re.VERBOSE | re.IGNORECASE,
)
_NATIONAL = re.compile(
    r"""(?<![0-9A-Za-z+(])(?<![0-9][-./,:])
    \(?[0-9]{1,6}\)?(?:[ ./-]{1,3}\(?[0-9]{1,9}\)?){1,6}
    (?![0-9A-Za-z]|[-./,:][0-9])""",
    re.VERBOSE,
)
_NATIONAL_DIGITS = range(7, 14)
_DATE_OR_AMOUNT = re.compile(
    r"[0-9]{1,2}([./-])[0-9]{1,2}\1[0-9]{2,4}|[0-9]{4}([./-])[0-9]{1,2}\2[0-9]{1,2}|[0-9]{1,3}(?:\.[0-9]{3})+"
)
_SEPARATOR = re.compile(r"[^0-9]+")
_NANP_REGION = "US"


def holds_email(plain: str) -> bool:
    """Whether a plain string holds an email address, of any script."""
    return _EMAIL.search(plain) is not None


def holds_phone(plain: str, country_hint: str | None) -> bool:
    """Whether a plain string holds a phone number.

    Args:
        plain: the string.
        country_hint: the country whose national numbers count when written with separators.
    """
    if "+" in plain and any(_is_phone(found[0], None) for found in _INTERNATIONAL.finditer(plain)):
        return True
    if _NANP.search(plain):
        return True
    if any(_is_phone(found[0], _NANP_REGION, assigned=True) for found in _NANP_SPACED.finditer(plain)):
        return True
    if any(_is_phone(f"+{found[0][2:]}", None, assigned=True) for found in _DIALLED.finditer(plain)):
        return True
    region = country_hint.upper() if country_hint else _NANP_REGION
    if any(_is_phone(found[1], region, assigned=True) for found in _NAMED.finditer(plain)):
        return True
    return country_hint is not None and _holds_national(plain, region)


def _holds_national(plain: str, region: str) -> bool:
    from phonenumbers import PhoneMetadata  # noqa: PLC0415 -- see _is_phone

    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None or metadata.country_code == 1:
        return False
    # Where a trunk prefix is dialled it is written, too: it tells a phone number from other numbers.
    trunk = metadata.national_prefix or ""
    for found in _NATIONAL.finditer(plain):
        digits = _SEPARATOR.sub("", found[0])
        if (
            len(digits) in _NATIONAL_DIGITS
            and digits.startswith(trunk)
            and _DATE_OR_AMOUNT.fullmatch(found[0]) is None
            and _is_phone(found[0], region, assigned=True)
        ):
            return True
    return False


def _is_phone(candidate: str, region: str | None, *, assigned: bool = False) -> bool:
    """Whether a candidate has a country code and length in use, and with `assigned` an assigned range."""
    import phonenumbers  # noqa: PLC0415 -- its import takes longer than a cold start should pay unasked

    try:
        number = phonenumbers.parse(candidate, region)
    except phonenumbers.NumberParseException:
        return False
    if assigned:
        return phonenumbers.is_valid_number(number)
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE
