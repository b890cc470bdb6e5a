"""Decides whether a caller may erase a customer, and writes the audit trail of every request and sweep."""

import uuid
from dataclasses import dataclass
from typing import Any

from tokenizer.audit.lines import as_code
from tokenizer.audit.port import Audit
from tokenizer.authorization.ports import RouteAction, RoutePolicies
from tokenizer.callers import Caller
from tokenizer.erasure.eraser import Eraser
from tokenizer.errors import Refused
from tokenizer.subjects import NOBODY, names_nobody
from tokenizer.time_budget import Budget

ERASE = "erase"
DENIED = "denied"
_REFUSALS = {
    DENIED: "the policies do not let the caller erase for this purpose",
    NOBODY: "the id stands for nobody: what came under it has no owner, and nothing is erased",
}


@dataclass(frozen=True, slots=True)
class ErasureService:
    """Erases customers for callers whom the policies permit."""

    eraser: Eraser
    policies: RoutePolicies
    audit: Audit

    def erase(self, caller: Caller, customer_id: str, purpose: str, budget: Budget) -> dict[str, Any]:
        """Erases a customer; returns the certificate.

        The audit line is written first. It holds the vault's name for the customer, not the customer id.

        Raises:
            Refused: the policies don't permit it, or the id stands for nobody; the audit trail records the attempt.
            PipelineError: an AWS service failed. Nothing is promised then; trying again is safe.
        """
        erasure_id = f"era_{uuid.uuid4().hex}"
        refusal = self._refusal(caller, customer_id, purpose)
        subject = self.eraser.subjects(customer_id)[0]
        self.audit.write(
            ERASE,
            caller.name,
            groups=list(caller.groups),
            purpose=as_code(purpose),
            subject=subject,
            erasure_id=erasure_id,
            result=refusal or "marked",
        )
        if refusal:
            raise Refused(refusal, _REFUSALS[refusal])
        certificate = self.eraser.erase(customer_id, caller.name, as_code(purpose), erasure_id, budget)
        return certificate.shown(customer_id)

    def _refusal(self, caller: Caller, customer_id: str, purpose: str) -> str:
        """Returns the code of the refusal; empty if there is none.

        Values that came under an id such as `guest` belong to nobody. So no certificate may say that they are erased.
        """
        if not self.policies.permits(caller, RouteAction.ERASE, purpose):
            return DENIED
        return NOBODY if names_nobody(customer_id) else ""

    def sweep(self, budget: Budget) -> dict[str, int]:
        """Runs the sweeps that are due; returns how many succeeded and failed, and how many values are unproven.

        Raises:
            PipelineError: the store or the audit trail failed; the next call repeats the sweep.
        """
        swept = self.eraser.sweep(budget)
        for each in swept:
            self.audit.write(
                "sweep",
                "schedule",
                erasure_id=each.erasure_id,
                subject=each.subject,
                records=each.records,
                kept_for_others=each.kept_for_others,
                pending=len(each.pending),
                unproven=each.unproven,
                result="failed" if each.failed else "swept",
            )
        return {
            "swept": len(swept),
            "failed": sum(each.failed for each in swept),
            "unproven": sum(each.unproven for each in swept),
        }
