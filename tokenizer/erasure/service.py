"""Decides whether a caller may erase, and writes the audit trail of every request and sweep."""

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
from tokenizer.vault.tokens import Pointer, value_name

DENIED = "denied"
OF_CUSTOMER = "has_customer"
UNKNOWN_VALUE = "unknown_value"
MARKED = "marked"  # the result in the line of an erasure that is begun
_REFUSALS = {
    DENIED: "the policies do not let the caller erase for this purpose",
    NOBODY: "the id stands for nobody: what came under it has no owner, and nothing is erased",
    OF_CUSTOMER: "the order has a customer: erase the customer, whose orders are erased with them",
    UNKNOWN_VALUE: "no event has held this value, or it is erased",
}


@dataclass(frozen=True, slots=True)
class ErasureService:
    """Erases customers and orders for callers whom the policies permit."""

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
        refusal = self._refusal(caller, RouteAction.ERASE, purpose) or (
            NOBODY if names_nobody(customer_id) else ""
        )
        subject = self.eraser.subjects(customer_id)[0]
        erasure_id = self._noted(caller, RouteAction.ERASE, purpose, subject, refusal)
        certificate = self.eraser.erase(customer_id, caller.name, as_code(purpose), erasure_id, budget)
        return certificate.shown(customer_id)

    def erase_order(
        self, caller: Caller, order_id: str, purpose: str, budget: Budget, *, of_customer: bool
    ) -> dict[str, Any]:
        """Erases what came under an order without a customer; returns the certificate.

        Args:
            caller: the caller.
            order_id: the order.
            purpose: the caller's reason.
            budget: the time that is left.
            of_customer: True if the order is known to have a customer. It is erased with the customer, since what came
                with one belongs to them.

        Raises:
            Refused: as `erase`; or the order has a customer.
            PipelineError: as `erase`.
        """
        refusal = self._refusal(caller, RouteAction.ERASE_ORDER, purpose) or (
            NOBODY if names_nobody(order_id) else OF_CUSTOMER if of_customer else ""
        )
        subject = self.eraser.orders(order_id)[0]
        erasure_id = self._noted(caller, RouteAction.ERASE_ORDER, purpose, subject, refusal)
        certificate = self.eraser.erase_order(order_id, caller.name, as_code(purpose), erasure_id, budget)
        return certificate.shown(order_id)

    def erase_value(
        self, caller: Caller, token: str | None, owner: str, purpose: str, budget: Budget
    ) -> dict[str, Any]:
        """Erases a consistent value that the caller named; returns the certificate.

        Args:
            caller: the caller.
            token: the value's token; None if no event has held the value.
            owner: the vault's name for who owns its index entry; empty for nobody.
            purpose: the caller's reason.
            budget: the time that is left.

        Raises:
            Refused: the policies don't permit it, or there is no such value; the audit trail records the attempt.
            PipelineError: as `erase`.
        """
        refusal = self._refusal(caller, RouteAction.ERASE_VALUE, purpose) or ("" if token else UNKNOWN_VALUE)
        name = value_name(Pointer.parse(token).record_id) if token else ""
        erasure_id = self._noted(caller, RouteAction.ERASE_VALUE, purpose, name, refusal)
        certificate = self.eraser.erase_value(
            str(token), owner, caller.name, as_code(purpose), erasure_id, budget
        )
        return certificate.shown(str(token))

    def _refusal(self, caller: Caller, action: RouteAction, purpose: str) -> str:
        """Returns the code of the refusal by the policies; empty if there is none.

        Other refusals come after it, so that nobody without the right learns which ids stand for nobody.
        """
        return "" if self.policies.permits(caller, action, purpose) else DENIED

    def _noted(self, caller: Caller, action: RouteAction, purpose: str, subject: str, refusal: str) -> str:
        """Writes the audit line of a request; returns the id of the erasure.

        Raises:
            Refused: there is a refusal.
        """
        erasure_id = f"era_{uuid.uuid4().hex}"
        self.audit.write(
            action,
            caller.name,
            groups=list(caller.groups),
            purpose=as_code(purpose),
            subject=subject,
            erasure_id=erasure_id,
            result=refusal or MARKED,
        )
        if refusal:
            raise Refused(refusal, _REFUSALS[refusal])
        return erasure_id

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
            "swept": sum(not each.failed for each in swept),
            "failed": sum(each.failed for each in swept),
            "unproven": sum(each.unproven for each in swept),
        }
