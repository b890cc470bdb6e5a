"""Erases a customer for whoever may invoke this function and is let by the policies; swept again on a schedule."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.runtime import logger, metrics, redact_errors
from tokenizer.aws.compose.erase import erasure_service
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.platform.expiring_cache import ExpiringCache
from tokenizer.aws.platform.settings import EraseSettings
from tokenizer.callers import NotACaller, caller_of
from tokenizer.erasure.service import ErasureService, NotPermitted
from tokenizer.errors import PipelineError


@cache
def _kept() -> ExpiringCache[ErasureService]:
    return ExpiringCache(lambda: erasure_service(EraseSettings.load(os.environ)))


def _service() -> ErasureService:
    return _kept().current()


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Erase a customer, or sweep what earlier erasures left to be swept.

    Args:
        event: `{"customer_id", "purpose"}` and `caller` for whom the API asks; or `{"sweep": true}`, as the schedule sends it.
        context: Lambda's.

    Returns:
        `{"certificate": {...}}`, `{"swept", "failed"}`, or `{"error": {"code", "message"}}`.
    """
    budget = invocation_budget(context.get_remaining_time_in_millis)
    if event.get("sweep") is True:
        counts = _service().sweep(budget)
        metrics.add_metric("Swept", MetricUnit.Count, counts["swept"])
        metrics.add_metric("SweepsFailed", MetricUnit.Count, counts["failed"])
        metrics.flush_metrics()
        logger.info("sweep", extra=counts)
        return dict(counts)
    customer_id, purpose = event.get("customer_id"), event.get("purpose")
    if not isinstance(customer_id, str) or not customer_id or not isinstance(purpose, str) or not purpose:
        return _refused("invalid_request", "customer_id and purpose are required")
    try:
        certificate = _service().erase(caller_of(event.get("caller")), customer_id, purpose, budget)
    except NotACaller as why:
        return _refused("invalid_request", str(why))
    except NotPermitted:
        return _refused("denied", "the policies do not let the caller erase for this purpose")
    except PipelineError as error:
        logger.error("not erased", extra={"error": type(error).__name__, "reason": str(error)})
        return _refused("unavailable", "the erasure was not begun; try again")
    logger.info("erasure", extra={name: certificate[name] for name in ("erasure_id", "records", "complete")})
    return {"certificate": certificate}


def _refused(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}
