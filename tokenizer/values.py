"""What is computed from single values: public facts, normal forms, coarser values."""

import re
import unicodedata

from schemas.kinds import Fact, NormalForm, Rule
from tokenizer.cards import PAN_LENGTHS, brand_of, digits_of

_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_ISO_DATE = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}(?:T.*)?", re.ASCII)
_POSTAL_SHOWN = 3
_NOT_PHONE = re.compile(r"[^0-9+]")


def fact(kind: Fact, value: str) -> str | None:
    """A public fact about a sensitive value, None where the value hasn't the shape to tell it safely."""
    match kind:
        case Fact.LAST4:
            digits = digits_of(value)
            return digits[-4:] if len(digits) in PAN_LENGTHS else None
        case Fact.BRAND:
            digits = digits_of(value)
            return brand_of(digits) if len(digits) in PAN_LENGTHS else "unknown"
        case Fact.DOMAIN:
            domain = value.rpartition("@")[2].strip().lower() if "@" in value else ""
            return domain if _DOMAIN.fullmatch(domain) else None
        case Fact.YEAR:
            found = _ISO_DATE.fullmatch(value.strip())
            return found[1] if found else None


def normal_form(kind: NormalForm, value: str) -> str:
    """What two spellings of the same value have in common.

    Emails: Unicode form, surrounding space and case don't count. Phone numbers: only digits and a leading plus
    count, and an international prefix 00 is a plus.
    """
    folded = unicodedata.normalize("NFKC", value).strip()
    if kind is NormalForm.EMAIL:
        return folded.casefold()
    dialled = _NOT_PHONE.sub("", folded)
    plain = dialled.replace("+", "")
    if not plain:
        return folded.casefold()
    if dialled.startswith("+"):
        return f"+{plain}"
    return f"+{plain[2:]}" if plain.startswith("00") else plain


def generalize(rule: Rule, value: str) -> str | None:
    """A coarser value, None where too little would be taken away."""
    match rule:
        case Rule.POSTAL_PREFIX:
            plain = value.strip()
            return plain[:_POSTAL_SHOWN] if len(plain) > _POSTAL_SHOWN else None
