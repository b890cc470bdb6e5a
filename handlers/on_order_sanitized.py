"""Keeps the latest sanitized order in the orders table, as a consumer of the bus.

A queue stands between the bus and this function, so that a burst of orders fills batches instead of starting one
function per order.
"""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.runtime import logger, redact_errors
from schemas.sanitized import SanitizedEvent
from tokenizer import json_text
from tokenizer.aws.api.orders_table import OrdersWriter
from tokenizer.aws.compose.orders import orders_writer
from tokenizer.aws.platform.settings import OrdersSettings
from tokenizer.errors import PipelineError


@cache
def _orders() -> OrdersWriter:
    return orders_writer(OrdersSettings.load(os.environ))


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 -- Lambda's signature
    """Stores a batch of events from the bus. Each event may come twice, late, or out of order.

    Returns:
        The partial batch response: each message that has to be delivered again.
    """
    failed = [record["messageId"] for record in event["Records"] if not _kept(record["body"])]
    logger.info("orders", extra={"received": len(event["Records"]), "failed": len(failed)})
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _kept(body: str) -> bool:
    try:
        _orders().keep(SanitizedEvent.model_validate(json_text.parse(body.encode())["detail"]))
    except (PipelineError, LookupError, TypeError, ValueError) as error:
        logger.warning("not kept", extra={"error": type(error).__name__})
        return False
    return True
