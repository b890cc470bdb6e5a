"""Format-preserving aliases: numbers that stand for a number and can't be taken for it.

An alias is drawn from the record's identity, the field's path and a count of attempts, never from the value beyond
its shape and the digits that the schema keeps. Aliases of one shape are few, so each is put under a condition; a
draw that another field owns is drawn anew, and as owners never change, every delivery ends with the same alias.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count

from stdnum import luhn

from schemas.kinds import FormatPreservingToken
from schemas.sanitized import ALIAS_PATTERN
from tokenizer.cards import digits_of
from tokenizer.errors import PipelineError
from tokenizer.guard import Finding, find_leak, own_values
from tokenizer.identity import Identity
from tokenizer.pipeline.ports import Aliases
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import LENGTH, Pointer, TokenKey

ATTEMPTS = (
    32  # with half of the smallest domain taken, one value in four billion gets an ordinary token instead
)

_NUMBER = re.compile(ALIAS_PATTERN, re.ASCII)
_SSN_DIGITS = 9
# Areas and groups that neither the SSA nor, for ITINs, the IRS hands out.
_NO_SSN = re.compile(
    r"(?:000|666)[0-9]{6}|[0-8][0-9]{2}(?:00[0-9]{4}|[0-9]{2}0000)|9[0-9]{2}(?:[0-4][0-9]|6[6-9]|89|93)[0-9]{4}"
)
_REAL = frozenset({Finding.CARD_NUMBER, Finding.SSN, Finding.IBAN, Finding.OWN_VALUE})


@dataclass(frozen=True, slots=True)
class AliasUse:
    """A field that gets an alias.

    Args:
        pointer: where its value lies; its token holds the alias's place in the event until that is resolved.
        draws: the aliases to try.
    """

    pointer: Pointer
    draws: "Draws"


@dataclass(frozen=True, slots=True)
class Draws:
    """The aliases to try for one field.

    Args:
        key: what they are drawn with.
        identity: the record's.
        path: the field's.
        value: digits and separators; only its shape, and the digits that are kept, go into an alias.
        keep_last: how many digits are kept.
    """

    key: TokenKey
    identity: Identity
    path: str
    value: str = field(repr=False)
    keep_last: int

    def draw(self, attempt: int) -> str:
        """The alias to try after `attempt` others were found taken."""
        return next(
            alias for redraw in count() if not _is_real(alias := self._candidate(attempt, redraw), self.value)
        )

    def _candidate(self, attempt: int, redraw: int) -> str:
        digits = digits_of(self.value)
        free = len(digits) - self.keep_last
        number = self.key.number(self.identity, f"{attempt}.{redraw}:{self.path}") % 10**free
        drawn = iter(f"{number:0{free}}{digits[free:]}")
        return "".join([next(drawn) if character.isdecimal() else character for character in self.value])


def claim_aliases(
    uses: Iterable[AliasUse], aliases: Aliases, budget: Budget
) -> tuple[dict[str, str], dict[str, PipelineError]]:
    """Give each field its alias.

    Returns:
        The alias by token, and why there is none yet by token. A value whose draws are all taken keeps its token.
    """
    found: dict[str, str] = {}
    failed: dict[str, PipelineError] = {}
    waiting = {use.pointer.token: (use, 0) for use in uses}
    while waiting:
        # One token an alias and round: of two that draw the same, the second hears that it is taken.
        wanted: dict[str, str] = {}
        for token, (use, attempt) in waiting.items():
            wanted.setdefault(use.draws.draw(attempt), token)
        answers = aliases.claim(wanted, budget)
        for alias, token in wanted.items():
            use, attempt = waiting.pop(token)
            answer = answers[alias]
            if isinstance(answer, PipelineError):
                failed[token] = answer
            elif answer or attempt + 1 == ATTEMPTS:
                found[token] = alias if answer else token
            else:
                waiting[token] = (use, attempt + 1)
    return found, failed


def may_be_alias(text: str) -> bool:
    """Whether a string has the shape of an alias."""
    return len(text) <= LENGTH and _NUMBER.fullmatch(text) is not None


def takes_alias(value: object, kind: FormatPreservingToken) -> bool:
    """Whether a value has a shape that an alias can keep."""
    return isinstance(value, str) and may_be_alias(value) and len(digits_of(value)) >= kind.min_digits


def _is_real(alias: str, value: str) -> bool:
    digits = digits_of(alias)
    if luhn.is_valid(digits) or (len(digits) == _SSN_DIGITS and _NO_SSN.fullmatch(digits) is None):
        return True
    return find_leak(alias, own_values((value,))) in _REAL
