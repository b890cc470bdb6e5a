"""Serves what takes two people: asking for an approval, approving, and using one for an edit or a reveal of a letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tokenizer.authorization.approvals import Approval, Approvals, Wanted
from tokenizer.authorization.ports import RouteAction
from tokenizer.aws.replay.edits import attempted
from tokenizer.aws.replay.letters import Opened
from tokenizer.callers import Caller
from tokenizer.errors import InvalidRequest, Refused
from tokenizer.replay.edit_rules import named_paths
from tokenizer.replay.messages import APPROVAL_NEEDED, approval_digest


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Has a second person look at what one alone may not do with a letter."""

    approvals: Approvals

    def not_to_be_asked(self, opened: Opened, patch: Sequence[Any]) -> Refused | None:
        """Returns why nobody is asked to approve an edit: it is never allowed, or needs no approval; None if it does."""
        result = attempted(opened, patch).result
        if not isinstance(result, Refused):
            return InvalidRequest("patch: one person may make this edit; no approval is needed")
        return None if result.code == APPROVAL_NEEDED else result

    def ask(
        self, caller: Caller, opened: Opened, letter: str, patch: Sequence[Any] | None, purpose: str
    ) -> Approval:
        """Stores a request for approval of an edit, or without a patch of a reveal.

        Raises:
            Refused: the caller may not ask for it.
            PipelineError: the audit trail or the store can't be reached.
        """
        paths = () if patch is None else named_paths(patch)
        return self.approvals.ask(caller, _wanted(opened, patch, purpose), letter, paths)

    def approve(
        self, caller: Caller, approval_id: str, opened: Opened, patch: Sequence[Any] | None
    ) -> Approval:
        """Approves what somebody else asked for, if the letter and the patch are the same.

        Raises:
            Refused: there is nothing like it to approve, or it is not for this caller to approve.
            PipelineError: the audit trail or the store can't be reached.
        """
        return self.approvals.approve(caller, approval_id, _wanted(opened, patch, "").digest)

    def take(
        self, caller: Caller, approval_id: str, opened: Opened, patch: Sequence[Any] | None, purpose: str
    ) -> Approval:
        """Uses up an approval, if it is for just this.

        Raises:
            Refused: it is not, or it can't be used any more, or the policies don't permit the edit.
            PipelineError: the audit trail or the store can't be reached.
        """
        return self.approvals.take(caller, approval_id, _wanted(opened, patch, purpose))

    def listed(self) -> list[dict[str, Any]]:
        """Returns all requests for approval that are kept."""
        return [each.to_dict() for each in self.approvals.every()]


def _wanted(opened: Opened, patch: Sequence[Any] | None, purpose: str) -> Wanted:
    action = RouteAction.ASK_REVEAL if patch is None else RouteAction.EDIT_LETTER
    return Wanted(action, approval_digest(opened.source, opened.data, str(action), patch), purpose)
