"""Limits edits of letters: how many one person may try alone, how many in a time, and that one of a letter is published.

An edit answers a question. If an operator writes a guess of a sensitive value into a public field, it is refused if the
guess is right, and published or failed if it is wrong. So every attempt counts, whatever becomes of it: of the letter,
whoever tries, and of who tries, whatever the letter. A request for approval looks at the patch in the same way and counts
as well, until it is no longer looked at.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tokenizer.alarm_metrics import BUDGET_EXCEEDED
from tokenizer.authorization.budget_rules import BudgetRules, Window
from tokenizer.authorization.ports import Counters
from tokenizer.errors import Refused
from tokenizer.replay.messages import APPROVAL_NEEDED, EDIT_REFUSED

ALONE = 5  # attempts on a letter before each takes a second person; a wrong path or two, and the edit
TOO_MANY_EDITS = "too_many_edits"
NOBODY_SIGNED_IN = "operators"  # share one budget: a name that is only told can be another one each time
_EDITS = "edits"


class EditCounts(Protocol):
    """Counts edits by letter. Each method raises a PipelineError if the counts can't be reached."""

    def attempt(self, letter: str) -> int:
        """Counts an attempt; returns how many there were, this one included."""
        ...

    def claim(self, letter: str, revision: str) -> bool:
        """Notes the edit that is published of a letter; returns False if it is another one already."""
        ...

    def release(self, letter: str, revision: str) -> None:
        """Takes that note back, because the edited record failed for good."""
        ...


@dataclass(frozen=True, slots=True)
class EditLimits:
    """Decides whether an edit may be tried.

    Args:
        counts: counts edits by letter.
        limits: the budgets.
        counters: counts edits by caller.
        signal: counts an alarm metric.
        now: returns the present moment, in UTC.
    """

    counts: EditCounts
    limits: BudgetRules
    counters: Counters
    signal: Callable[[str, int], None]
    now: Callable[[], datetime]

    def begin(self, letter: str, caller: str, *, approved: bool = False) -> Refused | None:
        """Counts an attempt.

        Args:
            letter: the letter's id.
            caller: who signed in, or `NOBODY_SIGNED_IN`.
            approved: True if a second person has approved exactly this.

        Returns:
            Why it may not be made; None if it may.

        Raises:
            PipelineError: the counts can't be reached. Nothing may be answered then.
        """
        moment = self.now()
        room = [self._add(caller, window, moment) for window in Window]
        attempts = self.counts.attempt(letter)
        if not all(room):
            self.signal(BUDGET_EXCEEDED, 1)
            return Refused(TOO_MANY_EDITS, "edits were tried too often; wait until the budget has room again")
        if attempts > ALONE and not approved:
            return Refused(
                APPROVAL_NEEDED, f"after {ALONE} attempts a letter is edited only with a second person"
            )
        return None

    def claim(self, letter: str, revision: str) -> None:
        """Notes which edit of a letter is published; the same one may come again.

        Raises:
            Refused: another edit of the letter was published, or may have been.
            PipelineError: the counts can't be reached.
        """
        if not self.counts.claim(letter, revision):
            raise Refused(EDIT_REFUSED, "another edit of this letter was published; a letter has one")

    def release(self, letter: str, revision: str) -> None:
        """Lets another edit take the place of one that failed for good.

        Raises:
            PipelineError: the counts can't be reached. The letter has only that edit then.
        """
        self.counts.release(letter, revision)

    def _add(self, caller: str, window: Window, moment: datetime) -> bool:
        counted = self.counters.add(caller, window, moment, {_EDITS: 1})[_EDITS]
        return counted <= self.limits.edits.of(window)
