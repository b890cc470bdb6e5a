"""Computes values from single values: public facts and coarser values."""

import ipaddress
import re
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from schemas.kinds import Fact, Rule, TokenKind
from tokenizer.cards import UNKNOWN_BRAND, last4, parse_card

_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_ISO_DATE = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}(?:T.*)?", re.ASCII)
_POSTAL_SHOWN = 3
_POSTAL_HIDDEN = 2  # letters and digits; of a code of four digits, two are shown
# A digit, and nothing but letters, digits, spaces and dashes; longer than what is shown.
_POSTAL_CODE = re.compile(r"(?=[^0-9]*[0-9])[0-9A-Za-z][0-9A-Za-z -]{3,11}")
_OF_CARDS = frozenset({Fact.LAST4, Fact.BRAND, Fact.BIN})
_BIN_SHOWN = 6
_BIN_LENGTHS = range(14, 20)  # a shorter number would hide fewer than four digits between BIN and last four
_NETWORK_BITS = {4: 24, 6: 48}
_LARGEST_AMOUNT = Decimal(10) ** 18
_BAND_EDGES = (1, 2, 5, 10)


def shows_card_digits(kind: TokenKind) -> bool:
    """Returns True if something of a card number is shown beside its token."""
    return not _OF_CARDS.isdisjoint(kind.facts)


def fact(kind: Fact, value: str) -> str | None:
    """Returns a public fact about a sensitive value, or None if the value's shape doesn't allow to show it safely."""
    match kind:
        case Fact.LAST4 | Fact.BRAND | Fact.BIN:
            return _card_fact(kind, value)
        case Fact.DOMAIN:
            domain = value.rpartition("@")[2].strip().lower() if "@" in value else ""
            return domain if _DOMAIN.fullmatch(domain) else None
        case Fact.YEAR:
            return _year(value)


def _card_fact(kind: Fact, value: str) -> str | None:
    """Returns a fact about a card number. If there is more in its field than one number, nothing is shown."""
    card = parse_card(value)
    if card is None:
        return UNKNOWN_BRAND if kind is Fact.BRAND else None
    if not card.alone:
        return None
    match kind:
        case Fact.LAST4:
            return last4(value)
        case Fact.BIN:
            return card.digits[:_BIN_SHOWN] if len(card.digits) in _BIN_LENGTHS else None
        case _:
            return card.brand


def generalize(rule: Rule, value: str) -> str | None:
    """Returns a coarser value, or None if too little would be removed or the value doesn't have the rule's shape."""
    plain = value.strip()
    match rule:
        case Rule.POSTAL_PREFIX:
            return _postal_prefix(plain) if _POSTAL_CODE.fullmatch(plain) else None
        case Rule.YEAR:
            return _year(plain)
        case Rule.NETWORK:
            return _network(plain)
        case Rule.AMOUNT_BAND:
            return _band(plain)


def _postal_prefix(code: str) -> str:
    """Returns the first three characters, or fewer, so that two letters or digits at least are not shown."""
    shown = _POSTAL_SHOWN
    while sum(map(str.isalnum, code[shown:])) < _POSTAL_HIDDEN:
        shown -= 1
    return code[:shown]


def _year(value: str) -> str | None:
    found = _ISO_DATE.fullmatch(value.strip())
    return found[1] if found else None


def _network(value: str) -> str | None:
    try:
        address = ipaddress.ip_address(value.partition("%")[0])
    except ValueError:
        return None
    plain = getattr(address, "ipv4_mapped", None) or address
    # The first 48 bits of a 6to4 address (RFC 3056) are a prefix and a whole IPv4 address.
    if getattr(plain, "sixtofour", None) is not None:
        return None
    return str(ipaddress.ip_network(f"{plain}/{_NETWORK_BITS[plain.version]}", strict=False))


def _band(value: str) -> str | None:
    """Returns a range such as `50..100` for 79.90.

    The upper edge is excluded; negative amounts mirror positive ones.
    """
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    size = abs(amount)
    if not amount.is_finite() or size >= _LARGEST_AMOUNT:
        return None
    if size < 1:
        return "0..1" if amount >= 0 else "-1..0"
    decade = Decimal(10) ** size.adjusted()
    low, high = next((a, b) for a, b in pairwise(edge * decade for edge in _BAND_EDGES) if size < b)
    return f"{low:f}..{high:f}" if amount > 0 else f"-{high:f}..-{low:f}"
