"""Brings emails, phone numbers and other consistent values to the one form in which equal values compare equal."""

import re
import unicodedata

from schemas.kinds import NormalForm
from tokenizer.guard import Countries, plan_of

# What people write a phone number with. Beside it nothing may stand: the first writer's spelling is what is kept, so a
# name beside a number would be shown to whoever reveals another customer's number.
_PHONE = re.compile(
    r"(?:tel:)?[0-9+()\[\]./\s\-\u2010-\u2015\u2212\u00b7\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*",
    re.IGNORECASE,
)
_NOT_PHONE = re.compile(r"[^0-9+]")
_TRUNK_IN_BRACKETS = "(0)"  # what is dialled within the country alone: +44 (0)7700 900123


def normal_form(kind: NormalForm, value: str, countries: Countries = tuple) -> str:
    """Returns the form in which two spellings of one value are equal.

    EXACT keeps the value as it is. EMAIL ignores case, surrounding space, and in how many code points a letter is
    written (NFC). It unites no letters that a mail server keeps apart, such as ß and ss, or full-width ones: whoever
    writes another's address in such letters would have their token. PHONE keeps only digits and a leading plus, turns
    an international prefix 00 into a plus, and a national number into the international one (E.164) if it can belong to
    one of the countries. What holds more than a phone number is compared as EMAIL does.

    Args:
        kind: which spellings are equal.
        value: the value.
        countries: gives the countries that the record is about; national phone numbers are tried in their order.
    """
    if kind is NormalForm.EXACT:
        return value
    written = unicodedata.normalize("NFKC", value).strip()
    if kind is NormalForm.PHONE and _PHONE.fullmatch(written) and (number := _phone(written, countries)):
        return number
    return unicodedata.normalize("NFC", value).strip().lower()


def _phone(written: str, countries: Countries) -> str:
    """Returns a phone number's digits, behind a plus where its country is known; empty if it has none."""
    dialled = _NOT_PHONE.sub("", written)
    if dialled.startswith(("+", "00")):
        international = _NOT_PHONE.sub("", written.replace(_TRUNK_IN_BRACKETS, ""))
        plain = international.replace("+", "")
        return f"+{plain if dialled[0] == '+' else plain.removeprefix('00')}" if plain else ""
    plain = dialled.replace("+", "")
    plans = [plan for plan in map(plan_of, countries() if plain else ()) if plan is not None]
    for plan, national in [
        *((plan, plan.national(plain)) for plan in plans),
        *((plan, plan.dialled(plain)) for plan in plans),
    ]:
        if national is not None:
            return f"+{plan.code}{national}"
    return plain
