"""Decides how much of a request is shown in full, masked, or not at all.

A request is counted before it is answered, and each counter returns its new total. So requests at the same time get
different parts of the room, and together never more than a budget has. A request that fails afterwards has still used
its part.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from tokenizer.authorization.budget_rules import BudgetRules, Window
from tokenizer.authorization.ports import Counters

MISSES = "misses"


@dataclass(frozen=True, slots=True)
class Granted:
    """Says how much of a request is shown.

    Args:
        full: the number of values shown in full, by category.
        shown: the number of values shown in full or masked, by category.
        blocked: True if too many tokens led nowhere. Then nothing is shown, and no token's status is answered.
        crossed: the limits that this request was the first to exceed.
    """

    full: Mapping[str, int]
    shown: Mapping[str, int]
    blocked: bool
    crossed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RevealBudgets:
    """Counts requests and grants what is left of the budgets."""

    limits: BudgetRules
    counters: Counters

    def take(
        self,
        caller: str,
        groups: Collection[str],
        purpose: str,
        moment: datetime,
        *,
        wanted: Mapping[str, int],
        misses: int,
        in_full: bool,
    ) -> Granted:
        """Counts a request.

        It makes one call for each window, whatever is asked, so that its timing reveals nothing about the tokens.

        Args:
            caller: the caller whose budgets are used.
            groups: the caller's groups.
            purpose: the purpose that the caller gave.
            moment: the present moment, in UTC.
            wanted: the number of values that the policies permit, by category.
            misses: the number of tokens that lead nowhere or are not permitted.
            in_full: True if the values are wanted in full.

        Raises:
            PipelineError: the counters can't be reached. Nothing may be shown then.
        """
        named = {each: f"{self.limits.purpose(purpose)}/{each}" for each in wanted}
        amounts = {MISSES: misses}
        for category, count in wanted.items():
            amounts |= {_full(named[category]): count if in_full else 0, _shown(named[category]): count}
        granted, crossed = dict(amounts), []
        blocked = False
        for window in Window:
            room = self._room(window, groups, purpose, named)
            grown = self.counters.add(caller, window, moment, amounts)
            before = {name: grown[name] - amount for name, amount in amounts.items()}
            granted = {name: min(most, max(0, room[name] - before[name])) for name, most in granted.items()}
            blocked = blocked or grown[MISSES] > room[MISSES]
            crossed += [f"{window} {name}" for name in amounts if before[name] <= room[name] < grown[name]]
        shown = {each: 0 if blocked else granted[_shown(name)] for each, name in named.items()}
        full = {each: min(shown[each], granted[_full(name)]) for each, name in named.items()}
        return Granted(full, shown, blocked, tuple(crossed))

    def _room(
        self, window: Window, groups: Collection[str], purpose: str, named: Mapping[str, str]
    ) -> dict[str, int]:
        room = {MISSES: self.limits.misses.of(window)}
        for category, name in named.items():
            steps = self.limits.steps(window, groups, purpose, category)
            room |= {_full(name): steps.full, _shown(name): steps.shown}
        return room


def _full(name: str) -> str:
    return f"{name}/full"


def _shown(name: str) -> str:
    return f"{name}/shown"
