"""Makes honey tokens: tokens of values that belong to nobody, planted where only a thief would find them.

A honey token looks like any other token and is answered like one. Nobody has a reason to reveal it, so anyone who asks
to reveal one has been caught. The value behind it must belong to nobody:

- card numbers begin with the prefix that payment gateways use for test cards;
- emails are at a domain that is reserved for examples (RFC 2606);
- phone numbers are in the block 555-0100 to 555-0199, which is reserved for fictional use;
- government ids begin with 9, which Social Security never gives out, and have a group below 50, which the IRS never
  does.
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
    """Describes a planted honey token.

    Args:
        token: the planted token.
        kind: the kind of value that it seems to stand for.
        note: where it is planted, and so where a thief has been.
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
    # A random tail, so that nobody else has the same email: it would get the same token.
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
    """Returns plausible values of a kind that belong to nobody.

    Args:
        kind: a key of `MAKERS`.
        count: how many values.
        random: the source of randomness; must be unpredictable outside of tests.
    """
    return [MAKERS[kind](random) for _ in range(count)]
