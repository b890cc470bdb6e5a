"""Keeps the latest sanitized order in the orders table, as a consumer of the bus.

A queue stands between the bus and this function, so that a burst of orders fills batches instead of starting one
function per order.
"""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from handlers.own_sources import refusals_counted
from handlers.runtime import logger, redact_errors
from schemas.sanitized import SOURCE, SanitizedEvent
from tokenizer import json_text
from tokenizer.aws.api.orders_table import OrdersWriter
from tokenizer.aws.compose.invocation import invocation_time
from tokenizer.aws.compose.orders import orders_queue, orders_writer
from tokenizer.aws.platform.settings import OrdersSettings
from tokenizer.errors import Configuration, PipelineError
from tokenizer.pipeline.own_sources import OwnSource

_ACCOUNT = 4  # where an ARN has the account


@cache
def _settings() -> OrdersSettings:
    return OrdersSettings.load(os.environ)


@cache
def _orders() -> OrdersWriter:
    return orders_writer(_settings())


@redact_errors
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 -- Lambda's signature
    """Stores a batch of events from the bus. Each event may come twice, late, or out of order.

    Returns:
        The partial batch response: each message that has to be delivered again.
    """
    queue = orders_queue(_settings())
    with refusals_counted():
        for record in event["Records"]:
            _check(record, queue, invocation_time())
    failed = [
        record["messageId"] for record in event["Records"] if not _kept(record["body"], _account(queue))
    ]
    logger.info("orders", extra={"received": len(event["Records"]), "failed": len(failed)})
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _check(record: Mapping[str, Any], queue: OwnSource, now: datetime) -> None:
    """Checks that a message can come from the function's own queue.

    Raises:
        Configuration: it can't.
    """
    try:
        arn, sent = record["eventSourceARN"], int(record["attributes"]["SentTimestamp"]) / 1000
        arrived = datetime.fromtimestamp(sent, UTC)
    except (ArithmeticError, LookupError, OSError, TypeError, ValueError):
        raise Configuration("a message is not as SQS delivers them") from None
    if arn != queue.name:
        raise Configuration("a message names another queue than the function reads")
    queue.check_arrival(arrived, now)


def _account(queue: OwnSource) -> str:
    return queue.name.split(":")[_ACCOUNT]


def _event(event: Mapping[str, Any], account: str) -> SanitizedEvent:
    """Returns the sanitized event in a message of the bus.

    Raises:
        ValueError: it is no event of the stack's own bus.
    """
    if (event["source"], event["account"]) != (SOURCE, account):
        raise ValueError("no event of the stack's own bus")
    return SanitizedEvent.model_validate(event["detail"])


def _kept(body: str, account: str) -> bool:
    try:
        _orders().keep(_event(json_text.parse(body.encode()), account))
    except (PipelineError, LookupError, TypeError, ValueError) as error:
        logger.warning("not kept", extra={"error": type(error).__name__})
        return False
    return True
