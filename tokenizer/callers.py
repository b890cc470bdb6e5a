"""Describes callers: people and machines that signed in, or whom IAM lets invoke a function."""

from dataclasses import dataclass

IAM = "iam"  # the group of callers whom only IAM has let through
# Aliases of functions. IAM decides by the ARN with the alias who may invoke it: administrators this one, and no role of the
# stack; the approvers' role the other one.
DIRECT = "direct"
APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Caller:
    """Describes the caller.

    Args:
        name: the name for the audit trail.
        groups: the groups by which the policies decide.
        mfa: True if the caller signed in with a second factor, and lately.
        scopes: the scopes of a machine's token, by which the policies decide in the place of groups; empty for people.
    """

    name: str
    groups: tuple[str, ...] = ()
    mfa: bool = False
    scopes: tuple[str, ...] = ()


def administrator() -> Caller:
    """Returns the caller of a function whom IAM alone has let through. Who that is, only CloudTrail can say."""
    return Caller("invoked directly", (IAM,))
