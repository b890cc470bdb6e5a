"""Who asks: a person or a machine that the API names, or whoever IAM let invoke a function."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

IAM = "iam"  # the group of callers whom only IAM has let through


class NotACaller(ValueError):
    """What a request names as its caller is none; the text may be told to whoever asked."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Describes the caller.

    Args:
        name: the name for the audit trail.
        groups: the groups by which the policies decide.
        mfa: True if the caller signed in with a second factor.
    """

    name: str
    groups: tuple[str, ...]
    mfa: bool = False


def caller_of(told: Mapping[str, Any] | None) -> Caller:
    """The caller that a request names; without one, whoever IAM let invoke the function.

    Raises:
        NotACaller: what it names is none.
    """
    if told is None:
        return Caller("invoked directly", (IAM,))
    name, groups, mfa = told.get("name"), told.get("groups"), told.get("mfa", False)
    if not isinstance(name, str) or not isinstance(groups, list) or not isinstance(mfa, bool):
        raise NotACaller("caller: name, groups and mfa")
    return Caller(name, tuple(str(each) for each in groups if each != IAM), mfa)
