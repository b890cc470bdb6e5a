"""The gates that every reveal passes, of tokens or of a letter: honey tokens, policies, budgets."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from tokenizer.alarm_metrics import BUDGET_EXCEEDED, HONEY_ASKED
from tokenizer.authorization.ports import RouteAction
from tokenizer.callers import Caller
from tokenizer.reveal.budgets import Granted, RevealBudgets
from tokenizer.reveal.ports import Action, Honey, Policies, RevealRequest
from tokenizer.time_budget import Budget


@dataclass(frozen=True, slots=True)
class GateDecision:
    """Holds a request that the policies have decided on.

    Args:
        moment: when it was asked, in UTC.
        honey: the honey tokens in it.
        may_ask: False if the caller may not ask for reveals at all.
        permitted: the categories of values that may be revealed, by action.
    """

    moment: datetime
    honey: frozenset[str]
    may_ask: bool
    permitted: Mapping[Action, frozenset[str]]


@dataclass(frozen=True, slots=True)
class RevealGates:
    """Decides whether and how much is revealed.

    Args:
        policies: decides who may ask, and who may reveal what.
        budgets: decides how much may be revealed.
        honey: knows the tokens that raise an alarm.
        signal: adds to the alarm metric of the given name.
        now: returns the present moment, in UTC.
    """

    policies: Policies
    budgets: RevealBudgets
    honey: Honey
    signal: Callable[[str, int], None]
    now: Callable[[], datetime]

    def asked(
        self, caller: Caller, request: RevealRequest, tokens: Collection[str], budget: Budget
    ) -> GateDecision:
        """Looks for honey tokens and asks the policies.

        Args:
            caller: the caller.
            request: the request.
            tokens: all texts of the request that may be tokens.
            budget: the time that is left.

        Raises:
            PipelineError: the honey tokens can't be read.
        """
        moment = self.now()
        honey = self.honey.among(tokens, budget)
        if honey:
            self.signal(HONEY_ASKED, len(honey))
        may_ask = self.policies.permits(
            caller, RouteAction.ASK_REVEAL, request.purpose, approved=request.approved
        )
        return GateDecision(moment, honey, may_ask, self.policies.permitted(caller, request, moment.hour))

    def granted(
        self,
        caller: Caller,
        request: RevealRequest,
        moment: datetime,
        wanted: Mapping[str, int],
        misses: int,
    ) -> Granted:
        """Counts a request, and returns how much of it is shown.

        Args:
            caller: the caller.
            request: the request.
            moment: when it was asked, in UTC.
            wanted: the number of values that the policies permit, by category.
            misses: the number of values that lead nowhere or are not permitted.

        Raises:
            PipelineError: the counters can't be reached. Nothing may be shown then.
        """
        granted = self.budgets.take(
            caller.name,
            caller.groups,
            request.purpose,
            moment,
            wanted=wanted,
            misses=misses,
            in_full=request.action is Action.REVEAL,
        )
        if granted.crossed:
            self.signal(BUDGET_EXCEEDED, len(granted.crossed))
        return granted
