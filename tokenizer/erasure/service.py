"""Who may erase, and a line in the audit trail of what was asked and done."""

import uuid
from dataclasses import dataclass
from typing import Any, Protocol

from tokenizer.audit.lines import as_code
from tokenizer.erasure.eraser import Eraser
from tokenizer.reveal.service import Audit, Caller
from tokenizer.time_budget import Budget

ERASE = "erase"


class NotPermitted(Exception):
    """The policies say no."""


class ErasurePolicies(Protocol):
    """Decides."""

    def permits_erasure(self, caller: Caller, purpose: str) -> bool:
        """Whether a customer may be erased."""
        ...


@dataclass(frozen=True, slots=True)
class ErasureService:
    """Erases for whom the policies let."""

    eraser: Eraser
    policies: ErasurePolicies
    audit: Audit

    def erase(self, caller: Caller, customer_id: str, purpose: str, budget: Budget) -> dict[str, Any]:
        """Erase a customer; answers with the certificate.

        The audit line comes first, and names the customer as the vault does.

        Raises:
            NotPermitted: the policies say no; that is in the audit trail, too.
            PipelineError: nothing is promised; trying again is safe.
        """
        erasure_id = f"era_{uuid.uuid4().hex}"
        allowed = self.policies.permits_erasure(caller, purpose)
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
            raise NotPermitted
        certificate = self.eraser.erase(customer_id, caller.name, as_code(purpose), erasure_id, budget)
        return certificate.shown(customer_id)

    def sweep(self, budget: Budget) -> dict[str, int]:
        """Sweep what is due; answers with counts.

        Raises:
            PipelineError: the store or the audit trail failed; the next sweep makes up for it.
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
                result="failed" if each.failed else "swept",
            )
        return {"swept": len(swept), "failed": sum(each.failed for each in swept)}
