"""A consumer: keeps the latest sanitized order in the orders table."""

import os
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.shell import logger, sealed_exit
from schemas.sanitized import SanitizedEvent
from tokenizer.aws.clients import client
from tokenizer.aws.orders_table import OrdersTable
from tokenizer.aws.settings import OrdersSettings


@cache
def _orders() -> OrdersTable:
    return OrdersTable(client("dynamodb"), OrdersSettings.load(os.environ).orders_table)


@sealed_exit
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001 -- Lambda's signature
    """Keep one event from the bus; EventBridge may deliver it twice, late, or out of order."""
    sanitized = SanitizedEvent.model_validate(event["detail"])
    kept = _orders().keep(sanitized)
    logger.info("order", ingest_id=sanitized.metadata.ingest_id, kept=kept)
