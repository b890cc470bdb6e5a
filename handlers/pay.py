"""Charges the card behind an order's tokens, with a role of its own; the number goes to the gateway and nowhere else."""

import os
from dataclasses import asdict
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.runtime import logger, redact_errors
from tokenizer.aws.api.orders_table import OrdersReader
from tokenizer.aws.compose.invocation import budget as invocation_budget
from tokenizer.aws.compose.pay import cashier
from tokenizer.aws.platform.settings import PaySettings
from tokenizer.errors import PipelineError
from tokenizer.payments.cashier import Cashier, NotPayable


@cache
def _parts() -> tuple[OrdersReader, Cashier]:
    return cashier(PaySettings.load(os.environ))


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Pay an order.

    Args:
        event: `{"order_id", "key", "caller"}`.
        context: Lambda's.

    Returns:
        `{"payment": {...}}`, or `{"error": {"code", "message"}}`.
    """
    order_id, key, caller = (str(event.get(name) or "") for name in ("order_id", "key", "caller"))
    if not (order_id and key and caller):
        return _refused("invalid_request", "order_id, key and caller are required")
    try:
        shelf, cashier = _parts()
        found = shelf.order(order_id)
        if found is None:
            return _refused("not_found", "there is no such order")
        payment = cashier.pay(
            found["order"], key, caller, invocation_budget(context.get_remaining_time_in_millis)
        )
    except NotPayable as why:
        return _refused("not_payable", str(why))
    except PipelineError as error:
        logger.error("not paid", extra={"error": type(error).__name__, "reason": str(error)})
        return _refused("unavailable", "the payment was not made; try again with the same key")
    logger.info("payment", extra={"payment_id": payment.payment_id, "status": str(payment.status)})
    return {"payment": {name: value for name, value in asdict(payment).items() if value is not None}}


def _refused(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}
