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
_NANP_REGION = "US"


def holds_email(plain: str) -> bool:
    """Whether a plain string holds an email address, of any script."""
    return _EMAIL.search(plain) is not None


def holds_phone(plain: str) -> bool:
    """Whether a plain string holds a phone number."""
    if "+" in plain and any(_is_phone(found[0], None) for found in _INTERNATIONAL.finditer(plain)):
        return True
    if _NANP.search(plain):
        return True
    if any(_is_phone(found[0], _NANP_REGION, assigned=True) for found in _NANP_SPACED.finditer(plain)):
        return True
    if any(_is_phone(f"+{found[0][2:]}", None, assigned=True) for found in _DIALLED.finditer(plain)):
        return True
    return any(
        _has_trunk_zero(found[1]) or _is_phone(found[1], _NANP_REGION, assigned=True)
        for found in _NAMED.finditer(plain)
    )


def _has_trunk_zero(candidate: str) -> bool:
    """Whether a candidate beside a word such as tel is dialled as most countries dial their own numbers."""
    return candidate.lstrip("(").startswith("0")


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
