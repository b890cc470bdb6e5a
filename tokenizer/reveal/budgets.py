"""Reveal budgets: how much of what a caller asks for is shown, in full, masked, or not at all.

What is asked is counted before anything is answered, and each count comes back with what it has grown to: requests at the same time get
different places in one row, so together they never get more than a budget has. A request that fails afterwards has spent what it asked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tokenizer.reveal.budget_rules import BudgetRules, Window

MISSES = "misses"


class Counters(Protocol):
    """Keeps counters."""

    def add(
        self, caller: str, window: Window, moment: datetime, amounts: Mapping[str, int]
    ) -> Mapping[str, int]:
        """Add to a caller's counters of the window that a moment falls into, to all at once.

        Returns:
            What each of them has grown to by that.

        Raises:
            PipelineError: it can't be told whether they were added.
        """
        ...


@dataclass(frozen=True, slots=True)
class Granted:
    """What is shown of what was asked.

    Args:
        full: by category, how many values in full.
        shown: by category, how many in full or masked.
        blocked: too many tokens led nowhere, so nothing is shown, and nothing is told of any token.
        crossed: the steps that this request was the first to go beyond.
    """

    full: Mapping[str, int]
    shown: Mapping[str, int]
    blocked: bool
    crossed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RevealBudgets:
    """Counts what is asked, and grants what there is room for."""

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
        """Count a request.

        One call for each window, whatever is asked, so that what a request costs tells nothing of its tokens.

        Args:
            caller: whose budgets these are.
            groups: the caller's.
            purpose: as it was told.
            moment: now, in UTC.
            wanted: values by category that the policies permit.
            misses: tokens that lead nowhere or are not permitted.
            in_full: whether the values are wanted in full.

        Raises:
            PipelineError: the counters can't be reached; nothing may be shown then.
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
        room = {MISSES: self.limits.most_misses(window)}
        for category, name in named.items():
            steps = self.limits.steps(window, groups, purpose, category)
            room |= {_full(name): steps.full, _shown(name): steps.shown}
        return room


def _full(name: str) -> str:
    return f"{name}/full"


def _shown(name: str) -> str:
    return f"{name}/shown"
