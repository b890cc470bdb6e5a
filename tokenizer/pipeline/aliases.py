"""Makes format-preserving aliases: numbers that stand for a number and can't be mistaken for a real one.

An alias is derived from the record's identity, the field's path and a count of attempts. Of the value it uses only the
shape and the digits that the schema keeps. There are few aliases of one shape, so each is claimed for one token: if
another token owns it already, the next one is tried. Owners never change, so each delivery of a record ends with the
same alias.
"""

import re
from dataclasses import dataclass, field
from itertools import count

from stdnum import luhn

from schemas.kinds import FormatPreservingToken
from tokenizer.cards import digits_of
from tokenizer.guard import Finding, find_leak, own_values
from tokenizer.identity import Identity
from tokenizer.pipeline.alias_form import may_be_alias
from tokenizer.vault.tokens import Pointer, TokenKey

ATTEMPTS = (
    32  # if half of the smallest domain is taken, one value in four billion gets an ordinary token instead
)

_SSN_DIGITS = 9
# Areas and groups that the SSA never gives out, nor the IRS for ITINs.
_NO_SSN = re.compile(
    r"(?:000|666)[0-9]{6}|[0-8][0-9]{2}(?:00[0-9]{4}|[0-9]{2}0000)|9[0-9]{2}(?:[0-4][0-9]|6[6-9]|89|93)[0-9]{4}"
)
_REAL = frozenset({Finding.CARD_NUMBER, Finding.SSN, Finding.IBAN, Finding.OWN_VALUE})


@dataclass(frozen=True, slots=True)
class AliasUse:
    """Describes a field that gets an alias.

    Args:
        pointer: points to the value in the vault; its token holds the alias's place in the event until the alias is
            known.
        draws: makes the aliases to try.
    """

    pointer: Pointer
    draws: "Draws"


@dataclass(frozen=True, slots=True)
class Draws:
    """Makes the aliases to try for one field.

    Args:
        key: the key from which aliases are derived.
        identity: the record's identity.
        path: the field's path.
        value: digits and separators. Only its shape and the kept digits go into an alias.
        keep_last: how many digits an alias keeps.
    """

    key: TokenKey
    identity: Identity
    path: str
    value: str = field(repr=False)
    keep_last: int

    def draw(self, attempt: int) -> str:
        """Returns the alias to try after `attempt` others turned out to be taken."""
        return next(
            alias for redraw in count() if not _is_real(alias := self._candidate(attempt, redraw), self.value)
        )

    def _candidate(self, attempt: int, redraw: int) -> str:
        digits = digits_of(self.value)
        free = len(digits) - self.keep_last
        number = self.key.number(self.identity, f"{attempt}.{redraw}:{self.path}") % 10**free
        drawn = iter(f"{number:0{free}}{digits[free:]}")
        return "".join([next(drawn) if character.isdecimal() else character for character in self.value])


def takes_alias(value: object, kind: FormatPreservingToken) -> bool:
    """Returns True if a value has a shape that an alias can keep."""
    return isinstance(value, str) and may_be_alias(value) and len(digits_of(value)) >= kind.min_digits


def _is_real(alias: str, value: str) -> bool:
    digits = digits_of(alias)
    if luhn.is_valid(digits) or (len(digits) == _SSN_DIGITS and _NO_SSN.fullmatch(digits) is None):
        return True
    return find_leak(alias, own_values((value,))) in _REAL
