"""Limits the charges of a caller that are declined: whoever tries out cards is stopped after a few.

A charge is counted as declined before it is made, and taken back if it was not. So charges at the same time together
never get more declines than the budget has.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tokenizer.alarm_metrics import BUDGET_EXCEEDED
from tokenizer.authorization.budget_rules import BudgetRules, Window
from tokenizer.authorization.ports import Counters

DECLINES = "declines"


@dataclass(frozen=True, slots=True)
class DeclineBudget:
    """Counts the declined charges of each caller."""

    limits: BudgetRules
    counters: Counters
    signal: Callable[[str, int], None]

    def take(self, caller: str, moment: datetime) -> bool:
        """Counts a charge as declined; returns False, and counts nothing, if the caller has no room for it.

        Raises:
            PipelineError: the counters can't be reached. Nothing may be charged then.
        """
        room = [self._add(caller, window, moment, 1) for window in Window]
        if all(room):
            return True
        self.give_back(caller, moment)
        self.signal(BUDGET_EXCEEDED, 1)
        return False

    def give_back(self, caller: str, moment: datetime) -> None:
        """Takes back a count of that moment, because the charge was not declined.

        Raises:
            PipelineError: the counters can't be reached. The caller has less room then than they should.
        """
        for window in Window:
            self._add(caller, window, moment, -1)

    def _add(self, caller: str, window: Window, moment: datetime, amount: int) -> bool:
        counted = self.counters.add(caller, window, moment, {DECLINES: amount})[DECLINES]
        return counted <= self.limits.declines.of(window)
