"""Wires the consumer that keeps the latest sanitized order."""

from datetime import timedelta

from tokenizer.aws.api.orders_table import OrdersWriter
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import OrdersSettings
from tokenizer.pipeline.own_sources import OwnSource


def orders_writer(settings: OrdersSettings) -> OrdersWriter:
    """Returns the writer of the orders table."""
    return OrdersWriter(clients.client("dynamodb"), settings.orders_table)


def orders_queue(settings: OrdersSettings) -> OwnSource:
    """Returns what the consumer reads."""
    return OwnSource(settings.orders_queue_arn, timedelta(seconds=settings.orders_queue_seconds))
