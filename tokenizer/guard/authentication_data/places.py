"""Decides what an object of a record is about: a card, a payment, an address, or anything else."""

from collections.abc import Iterable
from enum import Enum, auto

from tokenizer.guard.authentication_data.keys import is_authentication_key, is_lookalike, joined, normal_key
from tokenizer.guard.authentication_data.names import (
    ADDRESSES,
    CARD_NUMBERS,
    CARDS,
    ENDINGS_OF_CARDS,
    NUMBER_IN_CARDS,
    OF_ADDRESSES,
    OF_CARDS,
    PAYMENTS,
)

_CARDS, _PAYMENTS = frozenset(joined(*CARDS)), frozenset(joined(*PAYMENTS))
_ADDRESSES, _OF_ADDRESSES = joined(*ADDRESSES), frozenset(joined(*OF_ADDRESSES))
_CARD_NUMBERS, _NUMBER_IN_CARDS = frozenset(joined(*CARD_NUMBERS)), frozenset(joined(*NUMBER_IN_CARDS))
_OF_CARDS, _ENDINGS_OF_CARDS = frozenset(joined(*OF_CARDS)), joined(*ENDINGS_OF_CARDS)
_EXPIRIES = frozenset(name for name in _OF_CARDS if name.startswith(("exp", "valid")))
_ENOUGH_OF_AN_ADDRESS = 2


class Setting(Enum):
    """Lists what an object can be about."""

    ANYWHERE = auto()
    ADDRESS = auto()
    PAYMENT = auto()
    CARD = auto()

    @property
    def of_payments(self) -> bool:
        """Returns True for cards and payments."""
        return self is Setting.CARD or self is Setting.PAYMENT  # a set would compute an enumeration's hash


def place_of(name: str, keys: Iterable[str], outer: Setting) -> Setting:
    """Returns what an object is about.

    Args:
        name: the key that it stands under, as `normal_key` returns it; empty for the record itself.
        keys: its own keys.
        outer: what the object around it is about.
    """
    inner = {normal_key(key) for key in keys}
    if not inner.isdisjoint(_CARD_NUMBERS) or ("number" in inner and not inner.isdisjoint(_EXPIRIES)):
        return Setting.CARD
    address = name.endswith(_ADDRESSES) or len(inner & _OF_ADDRESSES) >= _ENOUGH_OF_AN_ADDRESS
    if name in _CARDS and not address:
        return Setting.CARD
    if name in _PAYMENTS or outer is Setting.PAYMENT:
        return Setting.PAYMENT
    if outer is Setting.CARD:
        return Setting.PAYMENT if address else Setting.CARD
    return Setting.ADDRESS if address or outer is Setting.ADDRESS else Setting.ANYWHERE


def is_card_number_key(name: str, place: Setting) -> bool:
    """Returns True if the value of a key is a card number. `name` is the key as `normal_key` returns it."""
    return name in (_NUMBER_IN_CARDS if place is Setting.CARD else _CARD_NUMBERS)


def may_be_of_card(name: str) -> bool:
    """Returns True for a known field of a card that is no authentication data, such as its network."""
    return name in _OF_CARDS or name.endswith(_ENDINGS_OF_CARDS)


def is_about_payment(names: Iterable[str]) -> bool:
    """Returns True if the names of a list's pairs are those of a payment: a card number or a code is among them."""
    return any(
        normal in _CARD_NUMBERS or (is_authentication_key(name) and not is_lookalike(normal))
        for name in names
        for normal in (normal_key(name),)
    )
