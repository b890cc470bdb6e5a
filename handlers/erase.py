"""Erases customers, orders and values for callers who may invoke this function and whom the policies permit, and sweeps on a schedule."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.invoker import identified_caller
from handlers.runtime import answer_errors, logger, metrics, redact_errors
from tokenizer.aws.compose.erase import erasure_service
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.platform.expiring_cache import ExpiringCache
from tokenizer.aws.platform.settings import EraseSettings
from tokenizer.callers import Caller
from tokenizer.erasure.service import ErasureService
from tokenizer.messages.erasure import (
    ErasedMessage,
    EraseMessage,
    EraseOrderMessage,
    EraseValueMessage,
    ErasureCertificate,
    OrderErasedMessage,
    OrderErasureCertificate,
    ValueErasedMessage,
    ValueErasureCertificate,
    parse_erasure,
)
from tokenizer.time_budget import Budget


@cache
def _kept() -> ExpiringCache[ErasureService]:
    return ExpiringCache(lambda: erasure_service(EraseSettings.load(os.environ)))


def _service() -> ErasureService:
    return _kept().current()


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Erases a customer, an order that came without one, or a value; or runs the sweeps that are due.

    Args:
        event: `{"customer_id", "purpose", "id_token"}`, the token not if administrators invoke the alias `direct`;
            the same with `order_id` and `of_customer`, or with `token` and `owner`; or `{"sweep": true}`, as the schedule sends it.
        context: Lambda's.

    Returns:
        `{"certificate": {...}}`, `{"swept", "failed", "unproven"}`, or `{"error": {"code", "message"}}`.
    """
    budget = invocation_budget(context.get_remaining_time_in_millis)
    if event == {"sweep": True}:
        counts = _service().sweep(budget)
        metrics.add_metric("Swept", MetricUnit.Count, counts["swept"])
        metrics.add_metric("SweepsFailed", MetricUnit.Count, counts["failed"])
        metrics.add_metric("Tampered", MetricUnit.Count, counts["unproven"])
        metrics.flush_metrics()
        logger.info("sweep", extra=counts)
        return dict(counts)
    return _erased(event, budget, context)


@answer_errors("the erasure was not begun; try again")
def _erased(event: dict[str, Any], budget: Budget, context: LambdaContext) -> dict[str, Any]:
    asked = parse_erasure(event)
    certificate = _certificate(asked, identified_caller(asked.id_token, context), budget)
    if certificate["unproven"]:
        metrics.add_metric("Tampered", MetricUnit.Count, certificate["unproven"])
        metrics.flush_metrics()
    logger.info("erasure", extra={name: certificate[name] for name in ("erasure_id", "records", "complete")})
    if isinstance(asked, EraseValueMessage):
        return ValueErasedMessage(certificate=ValueErasureCertificate(**certificate)).model_dump()
    if isinstance(asked, EraseOrderMessage):
        return OrderErasedMessage(certificate=OrderErasureCertificate(**certificate)).model_dump()
    return ErasedMessage(certificate=ErasureCertificate(**certificate)).model_dump()


def _certificate(
    asked: EraseMessage | EraseOrderMessage | EraseValueMessage, caller: Caller, budget: Budget
) -> dict[str, Any]:
    match asked:
        case EraseValueMessage():
            return _service().erase_value(caller, asked.token, asked.owner, asked.purpose, budget)
        case EraseOrderMessage():
            of_customer = asked.of_customer
            return _service().erase_order(
                caller, asked.order_id, asked.purpose, budget, of_customer=of_customer
            )
        case _:
            return _service().erase(caller, asked.customer_id, asked.purpose, budget)
