"""Honey tokens: tokens of values that belong to nobody, planted where only a thief would find them.

Each is a token like any other, of a vault record of its own, and is answered like any other. Nobody has a reason to reveal one, so whoever
asks has got hold of what they should not have. What stands behind one must not be anybody's: a card number under the prefix that payment
gateways use for test cards, an email at a domain (RFC 2606) and a phone number in a block (555-0100 to 555-0199) that are reserved for
examples, a number that neither Social Security (never begins with 9) nor the IRS (groups from 50 up) gives out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from stdnum import luhn

_FIRST = ("Ann", "Carlos", "Dana", "Elif", "Femi", "Grace", "Hugo", "Ines", "Jonas", "Maya", "Noor", "Pavel")
_LAST = (
    "Abel",
    "Brandt",
    "Castillo",
    "Doyle",
    "Ekberg",
    "Farkas",
    "Garner",
    "Hale",
    "Ito",
    "Keller",
    "Novak",
    "Okoye",
)
_AREA_CODES = ("202", "312", "415", "503", "617", "713")


@dataclass(frozen=True, slots=True)
class HoneyToken:
    """A token that nobody has a reason to reveal.

    Args:
        token: what is planted.
        kind: what it looks to be.
        note: where it is planted; tells where a thief has been.
        seeded_at: ISO 8601, UTC.
    """

    token: str
    kind: str
    note: str
    seeded_at: str


def _card_number(random: Random) -> str:
    body = "400000" + "".join(random.choices("0123456789", k=9))
    return body + str(luhn.calc_check_digit(body))


def _name(random: Random) -> str:
    return f"{random.choice(_FIRST)} {random.choice(_LAST)}"


def _email(random: Random) -> str:
    # Letters enough that nobody else at the domain has them: the same email would have the same token.
    tail = "".join(random.choices("abcdefghijkmnpqrstuvwxyz23456789", k=8))
    return f"{random.choice(_FIRST)}.{random.choice(_LAST)}.{tail}@example.com".lower()


def _phone(random: Random) -> str:
    return f"+1{random.choice(_AREA_CODES)}55501{random.randrange(100):02}"


def _government_id(random: Random) -> str:
    return f"9{random.randrange(100):02}-{random.randrange(10, 50)}-{random.randrange(1, 10_000):04}"


MAKERS: dict[str, Callable[[Random], str]] = {
    "card_number": _card_number,
    "email": _email,
    "government_id": _government_id,
    "name": _name,
    "phone": _phone,
}


def values(kind: str, count: int, random: Random) -> list[str]:
    """Plausible values of a kind, which are nobody's.

    Args:
        kind: a key of `MAKERS`.
        count: how many.
        random: unpredictable outside of tests.
    """
    return [MAKERS[kind](random) for _ in range(count)]
