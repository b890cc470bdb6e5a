"""Knows which national numbers are possible and which are assigned in each country (phonenumbers' metadata)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

# ITU-T E.164 country codes of one and two digits; all others have three.
COUNTRY_CODE = re.compile(r"1|7|2[07]|3[0-4]|36|39|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9]{3}")
# North America shares one plan among 25 countries. Area code and exchange begin with 2 to 9.
NANP_CODE = "1"
_NANP = re.compile(r"[2-9][0-9]{2}[2-9][0-9]{6}")
_KINDS = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """Describes how the numbers of a country are built.

    Args:
        code: the country code.
        trunk: the prefix that is dialled before a national number within the country; may be empty.
        lengths: the lengths of possible national numbers.
        usual: the lengths of mobile numbers, which most numbers of the country have.
        assigned: matches national numbers of assigned ranges.
    """

    code: str
    trunk: str
    lengths: frozenset[int]
    usual: frozenset[int]
    assigned: re.Pattern[str]

    def national(self, digits: str) -> str | None:
        """Returns an assigned national number without its trunk prefix, or None if the digits are none."""
        stripped = digits.removeprefix(NANP_CODE if self.code == NANP_CODE else self.trunk)
        for number in (stripped, digits):
            if len(number) in self.lengths and self.assigned.fullmatch(number):
                return number
        return None

    def dialled(self, digits: str) -> str | None:
        """Returns a national number without its trunk prefix, or None if it hasn't the usual length.

        It need not be assigned: countries keep ranges free for films, and open new ones.
        """
        stripped = digits.removeprefix(self.trunk)
        return stripped if self.trunk and stripped != digits and len(stripped) in self.usual else None


@cache
def plan_of(region: str) -> Plan | None:
    """Returns the plan of a country by its ISO 3166 code, or None if it is unknown."""
    from phonenumbers import PhoneMetadata  # noqa: PLC0415 -- its import takes longer than a cold start should pay unasked

    metadata = PhoneMetadata.metadata_for_region(region)
    if metadata is None:
        return None
    code = str(metadata.country_code)
    trunk = "" if code == NANP_CODE else metadata.national_prefix or ""
    assigned = _NANP if code == NANP_CODE else re.compile("|".join(_patterns(metadata)))
    usual = frozenset(metadata.mobile.possible_length) if metadata.mobile else frozenset()
    return Plan(code, trunk, _lengths(metadata), usual, assigned)


def is_possible(digits: str) -> bool:
    """Returns True if the digits after a plus or 00 have a country code in use, and a possible length."""
    code = COUNTRY_CODE.match(digits)
    if code is None:
        return False
    national, lengths = digits[code.end() :], _possible_lengths(int(code[0]))
    return len(national) in lengths or (national.startswith("0") and len(national) - 1 in lengths)


def is_assigned(digits: str) -> bool:
    """Returns True if the digits after 00 have a country code in use, and are in an assigned range."""
    code = COUNTRY_CODE.match(digits)
    if code is None:
        return False
    if code[0] == NANP_CODE:
        return _NANP.fullmatch(digits[1:]) is not None
    return any(plan.national(digits[code.end() :]) for plan in _plans_of(int(code[0])))


def is_north_american(digits: str) -> bool:
    """Returns True if digits are a national number of North America, with or without its 1."""
    return _NANP.fullmatch(digits.removeprefix(NANP_CODE) if digits[0] == NANP_CODE else digits) is not None


def _patterns(metadata: Any) -> Iterator[str]:
    for kind in _KINDS:
        found = getattr(metadata, kind)
        if found is not None and found.national_number_pattern:
            yield f"(?:{found.national_number_pattern})"


def _lengths(metadata: Any) -> frozenset[int]:
    return frozenset(metadata.general_desc.possible_length)


@cache
def _plans_of(code: int) -> tuple[Plan, ...]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # noqa: PLC0415 -- see plan_of

    plans = (plan_of(region) for region in COUNTRY_CODE_TO_REGION_CODE.get(code, ()))
    return tuple(plan for plan in plans if plan is not None)


@cache
def _possible_lengths(code: int) -> frozenset[int]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata  # noqa: PLC0415 -- see plan_of

    if code not in COUNTRY_CODE_TO_REGION_CODE:
        return frozenset()
    region = COUNTRY_CODE_TO_REGION_CODE[code][0]
    metadata = PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    return _lengths(metadata) if metadata is not None else frozenset()
