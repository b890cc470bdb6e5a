"""Describes how the replay function was invoked: by which alias, with how much time, and who signs in by a token."""

from collections.abc import Callable
from dataclasses import dataclass

from tokenizer.callers import APPROVE, DIRECT, Caller
from tokenizer.errors import Refused
from tokenizer.time_budget import Budget

_BY_ALIAS = {
    APPROVE: frozenset({"approve", "approvals", "show"}),
    DIRECT: frozenset({"reveal"}),
}
_BY_ALIAS_ALONE = "approve"


@dataclass(frozen=True, slots=True)
class Invocation:
    """Holds how the function was invoked.

    Args:
        alias: the alias; empty without one.
        caller: returns who an ID token stands for, or the administrator by the alias for those.
        budget: the time that is left.
    """

    alias: str
    caller: Callable[[str | None], Caller]
    budget: Budget

    def check(self, action: str) -> None:
        """Checks that the alias leads to an action.

        Raises:
            Refused: it does not.
        """
        of_alias = _BY_ALIAS.get(self.alias)
        if action not in of_alias if of_alias else action == _BY_ALIAS_ALONE:
            raise Refused("denied", "the alias by which the function was invoked does not lead there")
