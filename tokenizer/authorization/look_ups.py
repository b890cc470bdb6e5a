"""Decides who sees consistent tokens: whoever may name a value and sees its token can test guesses.

Callers who may only read name no values, so they see every token. Everybody else needs the right to look up, which has a
budget on different values and a line in the audit trail, on every route alike. What they may not see is null.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tokenizer.alarm_metrics import BUDGET_EXCEEDED
from tokenizer.audit.lines import as_code
from tokenizer.audit.port import Audit
from tokenizer.authorization.budget_rules import BudgetRules, Window
from tokenizer.authorization.ports import RouteAction, RoutePolicies
from tokenizer.callers import Caller

_NAMING = (RouteAction.PLACE, RouteAction.TOKENIZE)  # the rights by which a caller can name a value


class SeenValues(Protocol):
    """Remembers which values a caller has looked up."""

    def add(self, caller: str, window: Window, moment: datetime, values: Collection[str], most: int) -> bool:
        """Adds values to those of a window; returns False if that makes more than `most` different ones.

        Raises:
            PipelineError: it is not known whether they were added.
        """
        ...


@dataclass(frozen=True, slots=True)
class LookUps:
    """Grants consistent tokens to callers.

    Args:
        policies: decide who may look up.
        limits: limit the different values.
        seen: remembers them.
        audit: gets a line before each answer.
        signal: adds to the alarm metric of the given name.
        now: returns the present moment, in UTC.
    """

    policies: RoutePolicies
    limits: BudgetRules
    seen: SeenValues
    audit: Audit
    signal: Callable[[str, int], None]
    now: Callable[[], datetime]

    def names_values(self, caller: Caller) -> bool:
        """Returns True if a caller can name values whose tokens they then see.

        That holds for every machine: its client can get tokens with different scopes, and use one to send and another
        to read.
        """
        return bool(caller.scopes) or any(self.policies.permits(caller, action) for action in _NAMING)

    def permitted(self, caller: Caller, purpose: str = "") -> frozenset[str]:
        """Returns the categories of values that a caller may look up."""
        return self.policies.permitted_categories(caller, RouteAction.LOOK_UP, purpose)

    def visible(
        self, caller: Caller, route: str, found: Sequence[tuple[str, str]], purpose: str = ""
    ) -> frozenset[str]:
        """Returns the tokens that a caller may see.

        Args:
            caller: the caller.
            route: names the route in the audit trail.
            found: the consistent tokens of the answer, each with the category of its value.
            purpose: the purpose that the caller gave.

        Raises:
            PipelineError: budget or audit trail can't be reached. Nothing may be shown then.
        """
        if not self.names_values(caller):
            return frozenset(token for _, token in found)
        permitted = self.permitted(caller, purpose)
        asked = sorted({token for category, token in found if category in permitted})
        if not asked:
            return frozenset()
        granted = self.count(caller, asked)
        self.note(caller, route, purpose, "shown" if granted else "budget", tokens=asked)
        return frozenset(asked) if granted else frozenset()

    def count(self, caller: Caller, values: Collection[str]) -> bool:
        """Counts values as looked up; returns False if the caller has no room for them.

        Args:
            caller: the caller.
            values: what identifies each value: its token, or a fingerprint where it has none.
        """
        moment = self.now()
        room = [
            self.seen.add(caller.name, window, moment, values, self.limits.look_ups.of(window))
            for window in Window
        ]
        if not all(room):
            self.signal(BUDGET_EXCEEDED, 1)
        return all(room)

    def note(self, caller: Caller, route: str, purpose: str, result: str, **facts: Any) -> None:
        """Writes the audit line of a look-up."""
        self.audit.write(
            "look_up",
            caller.name,
            groups=list(caller.groups),
            scopes=list(caller.scopes),
            route=route,
            purpose=as_code(purpose) if purpose else "",
            result=result,
            **facts,
        )
