"""Lists the actions of the policies that are not about single tokens, and defines who decides on them and counts."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tokenizer.authorization.budget_rules import Window
from tokenizer.callers import Caller


class RouteAction(StrEnum):
    """Lists the actions that a route stands for.

    `ASK_REVEAL` is the right to ask at all; each token is then decided for itself. `LOOK_UP` is learning the consistent
    token of a value that one names. `ERASE_ORDER` erases an order that came without a customer, and
    `ERASE_VALUE` a value that one names, whoever uses it. `EDIT_LETTER` is a change of what is sensitive in a letter's record, and `APPROVE` is
    approving what somebody else asked for; both are the replay function's.
    """

    PLACE = "place"
    READ = "read"
    CHARGE = "charge"
    TOKENIZE = "tokenize"
    LOOK_UP = "look_up"
    ASK_REVEAL = "ask_reveal"
    ERASE = "erase"
    ERASE_ORDER = "erase_order"
    ERASE_VALUE = "erase_value"
    EDIT_LETTER = "edit_letter"
    APPROVE = "approve"


# The actions that depend on the category of a value; the others are about all orders, customers or tokens at once.
OF_VALUES = frozenset({RouteAction.TOKENIZE, RouteAction.LOOK_UP})
# The actions of the replay function, which no route of the API stands for.
OF_LETTERS = frozenset({RouteAction.EDIT_LETTER, RouteAction.APPROVE})


class RoutePolicies(Protocol):
    """Decides who may do what."""

    def permits(
        self, caller: Caller, action: RouteAction, purpose: str = "", *, approved: bool = False
    ) -> bool:
        """Returns True if the caller may do this. If it depends on the value: if there is any kind of value to do it with.

        Args:
            caller: the caller.
            action: the action.
            purpose: the purpose that the caller gave.
            approved: True if somebody else has approved exactly this.
        """
        ...

    def permitted_categories(self, caller: Caller, action: RouteAction, purpose: str = "") -> frozenset[str]:
        """Returns the categories of values with which the caller may do this."""
        ...


class Counters(Protocol):
    """Stores counters."""

    def add(
        self, caller: str, window: Window, moment: datetime, amounts: Mapping[str, int]
    ) -> Mapping[str, int]:
        """Adds to a caller's counters of the window that holds a moment, all at once.

        Returns:
            The new total of each counter.

        Raises:
            PipelineError: it is not known whether the counters were changed.
        """
        ...
