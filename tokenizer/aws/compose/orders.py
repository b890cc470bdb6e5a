"""Wires the consumer that keeps the latest sanitized order."""

from tokenizer.aws.api.orders_table import OrdersWriter
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import OrdersSettings


def orders_writer(settings: OrdersSettings) -> OrdersWriter:
    """Returns the writer of the orders table."""
    return OrdersWriter(clients.client("dynamodb"), settings.orders_table)
