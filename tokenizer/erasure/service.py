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
from tokenizer.time_budget import Budget

ERASE = "erase"


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
            Refused: the policies don't permit it; the audit trail records the attempt.
            PipelineError: an AWS service failed. Nothing is promised then; trying again is safe.
        """
        erasure_id = f"era_{uuid.uuid4().hex}"
        allowed = self.policies.permits(caller, RouteAction.ERASE, purpose)
        subject = self.eraser.subjects(customer_id)[0]
        self.audit.write(
            ERASE,
            caller.name,
            groups=list(caller.groups),
            purpose=as_code(purpose),
            subject=subject,
            erasure_id=erasure_id,
            result="marked" if allowed else "denied",
        )
        if not allowed:
            raise Refused("denied", "the policies do not let the caller erase for this purpose")
        certificate = self.eraser.erase(customer_id, caller.name, as_code(purpose), erasure_id, budget)
        return certificate.shown(customer_id)

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
