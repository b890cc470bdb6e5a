"""Defines what a reveal asks for, and what revealing needs from outside."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tokenizer.authorization.ports import RoutePolicies
from tokenizer.callers import Caller
from tokenizer.time_budget import Budget


class Action(StrEnum):
    """Lists the actions that a caller may ask for."""

    REVEAL = "reveal"
    MASKED = "revealMasked"


@dataclass(frozen=True, slots=True)
class RevealRequest:
    """Holds a request.

    Args:
        tokens: what is to be revealed: tokens, or the sensitive fields of a letter's record.
        purpose: the purpose that the caller gave.
        action: whether values are wanted in full or masked.
        approved: True if somebody else has approved exactly this.
    """

    tokens: tuple[str, ...]
    purpose: str
    action: Action
    approved: bool = False


class Policies(RoutePolicies, Protocol):
    """Decides who may reveal what."""

    def permitted(self, caller: Caller, request: RevealRequest, hour: int) -> Mapping[Action, frozenset[str]]:
        """Returns the categories of values that a caller may reveal, by action.

        Args:
            caller: the caller.
            request: the request, with its purpose.
            hour: the hour of the day, in UTC.
        """
        ...


class Honey(Protocol):
    """Knows the honey tokens, which nobody has a reason to reveal."""

    def among(self, tokens: Collection[str], budget: Budget) -> frozenset[str]:
        """Returns those tokens that are honey tokens.

        Raises:
            PipelineError: the honey tokens can't be read.
        """
        ...
