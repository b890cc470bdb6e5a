"""Who asks: a person or a machine that the API names, or whoever IAM let invoke a function."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

IAM = "iam"  # the group of callers whom only IAM has let through


@dataclass(frozen=True, slots=True)
class Caller:
    """Describes the caller.

    Args:
        name: the name for the audit trail.
        groups: the groups by which the policies decide.
        mfa: True if the caller signed in with a second factor.
    """

    # For messages that name a caller: no other fields, and no value in an error.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str
    groups: tuple[str, ...] = ()
    mfa: Annotated[bool, Field(strict=True)] = False


def caller_of(told: Caller | None) -> Caller:
    """Returns the caller whom a request names; without one, whoever IAM let invoke the function.

    Nobody gets into IAM's group by naming it.
    """
    if told is None:
        return Caller("invoked directly", (IAM,))
    return Caller(told.name, tuple(each for each in told.groups if each != IAM), told.mfa)
