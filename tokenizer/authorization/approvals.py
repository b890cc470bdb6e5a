"""Decides when one person's approval lets another one do something: once, for exactly that, within a day.

Two people are two identities that the user pool signed for, whatever roles, sessions and names they use. An approval
binds to a digest of what is approved and to its purpose.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hmac import compare_digest
from typing import Any, Protocol

from tokenizer.audit.lines import guarded
from tokenizer.audit.port import Audit
from tokenizer.authorization.ports import RouteAction, RoutePolicies
from tokenizer.callers import IAM, Caller
from tokenizer.errors import Refused

VALID_SECONDS = 86_400  # a day, so that the next shift may approve and the one after may act
APPROVAL_REFUSED = "approval_refused"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Describes what somebody wants to do.

    Args:
        action: what the policies call it.
        digest: stands for all of it: the letter with its record, and the patch.
        purpose: the reason that was given.
    """

    action: RouteAction
    digest: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Holds what one person asked another one to approve.

    Args:
        approval_id: its name.
        action: what the policies call it.
        digest: stands for all of it.
        purpose: the reason that was given, guarded.
        letter: the letter's id, as the one who asked gave it, guarded; to find it, and to prove nothing.
        paths: the fields that it is about, in a form for the audit trail.
        proposer: the identity of the one who asked.
        valid_until: the second since 1970 from which on it can't be approved or used.
        approver: the identity of the one who approved; None if nobody has yet.
        used: True if it has served.
    """

    approval_id: str
    action: str
    digest: str
    purpose: str
    letter: str
    paths: tuple[str, ...]
    proposer: str
    valid_until: int
    approver: str | None = None
    used: bool = False

    def facts(self) -> dict[str, Any]:
        """Returns what the audit trail keeps."""
        return {"approval": self.approval_id, "proposer": self.proposer, "approver": self.approver}

    def to_dict(self) -> dict[str, Any]:
        """Returns what people may see."""
        return self.facts() | {
            "action": self.action,
            "purpose": self.purpose,
            "letter": self.letter,
            "paths": list(self.paths),
            "valid_until": self.valid_until,
            "used": self.used,
        }


class ApprovalStore(Protocol):
    """Stores approvals. Each method raises a PipelineError if the store can't be reached."""

    def add(self, approval: Approval) -> None:
        """Stores a new one."""
        ...

    def get(self, approval_id: str) -> Approval | None:
        """Returns one as it is now, or None if there is none of that name."""
        ...

    def every(self) -> Sequence[Approval]:
        """Returns those that are kept."""
        ...

    def approve(self, approval_id: str, approver: str) -> bool:
        """Notes who approved; returns False if somebody has approved already."""
        ...

    def use(self, approval_id: str) -> bool:
        """Notes that it has served; returns False if it had, or if nobody has approved it. Only one caller gets True."""
        ...


@dataclass(frozen=True, slots=True)
class Approvals:
    """Takes requests for approval, approves them, and lets each serve once.

    Args:
        store: keeps them.
        policies: decide who may ask and who may approve.
        audit: gets a line of each attempt.
        now: returns the present moment, in UTC.
        new_id: returns a name that nobody can guess.
    """

    store: ApprovalStore
    policies: RoutePolicies
    audit: Audit
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def ask(self, caller: Caller, wanted: Wanted, letter: str, paths: Sequence[str]) -> Approval:
        """Stores a request for approval, after its audit line.

        Raises:
            Refused: the caller has no identity, or might not do this with an approval either.
            PipelineError: the audit trail or the store can't be reached.
        """
        approval = Approval(
            self.new_id(),
            str(wanted.action),
            wanted.digest,
            guarded(wanted.purpose),
            guarded(letter),
            tuple(paths),
            _identity(caller),
            self._seconds() + VALID_SECONDS,
        )
        permitted = self.policies.permits(caller, wanted.action, wanted.purpose, approved=True)
        self._write("ask approval", caller, approval, "" if permitted else "denied")
        if not permitted:
            raise _denied()
        self.store.add(approval)
        return approval

    def approve(self, caller: Caller, approval_id: str, digest: str) -> Approval:
        """Approves what somebody else asked for, after the audit line.

        Args:
            caller: the one who approves.
            approval_id: names what is approved.
            digest: stands for what the caller has before them: the letter, and the patch.

        Raises:
            Refused: there is nothing like it to approve, or it is not for this caller to approve.
            PipelineError: the audit trail or the store can't be reached.
        """
        approver, approval = _identity(caller), self._found(approval_id)
        why = self._why_not(approval, digest) or _why_not_by(approver, approval)
        permitted = self.policies.permits(caller, RouteAction.APPROVE, approval.purpose)
        approved = replace(approval, approver=approver)
        self._write("approve", caller, approved, why or ("" if permitted else "denied"))
        if why:
            raise _refused(why)
        if not permitted:
            raise _denied()
        if not self.store.approve(approval_id, approver):
            raise _refused("somebody has approved this already")
        return approved

    def take(self, caller: Caller, approval_id: str, wanted: Wanted) -> Approval:
        """Uses up an approval; of several callers at once, one gets it. The caller writes the audit line of what is done.

        Raises:
            Refused: it doesn't let this caller do this now. The audit trail has a line of it.
            PipelineError: the store or the audit trail can't be reached. It may be used up then.
        """
        proposer, approval = _identity(caller), self._found(approval_id)
        why = self._why_not(approval, wanted.digest)
        if not self.policies.permits(caller, wanted.action, wanted.purpose, approved=True):
            why = why or "the policies don't permit this to the one who asked"
        if approval.proposer != proposer or (approval.action, approval.purpose) != (
            str(wanted.action),
            guarded(wanted.purpose),
        ):
            why = why or "it was given to somebody else, or for something else"
        elif approval.approver is None:
            why = why or "nobody has approved this yet"
        elif approval.approver == proposer:
            why = why or "nobody approves what they asked for themselves"
        if not why and not self.store.use(approval_id):
            why = "it was used already"
        if why:
            self._write("use approval", caller, approval, why)
            raise _refused(why)
        return replace(approval, used=True)

    def every(self) -> list[Approval]:
        """Returns all that are kept, the one that ends first at the end."""
        return sorted(self.store.every(), key=lambda each: -each.valid_until)

    def _found(self, approval_id: str) -> Approval:
        found = self.store.get(approval_id)
        if found is None:
            raise _refused("there is no such request for approval")
        return found

    def _why_not(self, approval: Approval, digest: str) -> str:
        """Returns why nothing can be done with an approval; empty if it can serve."""
        if approval.used:
            return "it was used already"
        if self._seconds() >= approval.valid_until:
            return "it has ended"
        if not compare_digest(approval.digest, digest):
            return "it is for another letter, another record or another patch"
        return ""

    def _seconds(self) -> int:
        return int(self.now().timestamp())

    def _write(self, action: str, caller: Caller, approval: Approval, refused: str) -> None:
        self.audit.write(
            action,
            caller.name,
            groups=list(caller.groups),
            of=approval.action,
            purpose=approval.purpose,
            paths=list(approval.paths),
            ids=[approval.letter],
            **approval.facts(),
            **({"refused": refused} if refused else {}),
        )


def _why_not_by(approver: str, approval: Approval) -> str:
    if approval.approver is not None:
        return "somebody has approved this already"
    return "nobody approves what they asked for themselves" if approver == approval.proposer else ""


def _identity(caller: Caller) -> str:
    """Returns who a caller is.

    Raises:
        Refused: the caller is a machine, or an administrator of whom only CloudTrail knows who that is.
    """
    if caller.scopes or IAM in caller.groups:
        raise Refused("unauthorized", "an approval is between people who signed in")
    return caller.name


def _refused(why: str) -> Refused:
    return Refused(APPROVAL_REFUSED, f"the approval does not count: {why}")


def _denied() -> Refused:
    return Refused("denied", "the policies don't let the caller do this")
