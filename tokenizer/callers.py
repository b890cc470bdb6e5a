"""Describes callers: a person or machine that the API identifies, or anybody whom IAM lets invoke a function."""

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
        scopes: the scopes of a machine's token, by which the policies decide in the place of groups; empty for people.
    """

    # For messages that hold a caller: no other fields, and no value in an error.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str
    groups: tuple[str, ...] = ()
    mfa: Annotated[bool, Field(strict=True)] = False
    scopes: tuple[str, ...] = ()


def caller_of(named: Caller | None) -> Caller:
    """Returns the caller that a request names, or the caller whom IAM let invoke the function.

    Naming IAM's group doesn't make anybody its member.
    """
    if named is None:
        return Caller("invoked directly", (IAM,))
    return Caller(named.name, tuple(each for each in named.groups if each != IAM), named.mfa, named.scopes)
