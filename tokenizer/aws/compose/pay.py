"""Wires the payment function."""

from datetime import UTC, datetime

from tokenizer.aws.api.orders_table import OrdersReader
from tokenizer.aws.compose.audit import audit_trail
from tokenizer.aws.compose.vault import aliases, unerased_vault
from tokenizer.aws.honeytokens.reader import HoneyReader
from tokenizer.aws.payments.fake_gateway import FakeGateway
from tokenizer.aws.payments.table import PaymentsTable
from tokenizer.aws.platform import clients, counters
from tokenizer.aws.platform.settings import PaySettings
from tokenizer.payments.cashier import Cashier, NoGateway


def cashier(settings: PaySettings) -> tuple[OrdersReader, Cashier]:
    """Returns the orders, and the cashier who charges their cards."""
    dynamodb = clients.client("dynamodb")
    gateway = FakeGateway(lambda: datetime.now(UTC)) if settings.payment_gateway == "fake" else NoGateway()
    return OrdersReader(dynamodb, settings.orders_table), Cashier(
        unerased_vault(settings),
        aliases(settings),
        gateway,
        PaymentsTable(dynamodb, settings.payments_table),
        audit_trail(settings),
        HoneyReader(clients.client("dynamodb", attempts=1), settings.honey_table),
        counters.count,
    )
