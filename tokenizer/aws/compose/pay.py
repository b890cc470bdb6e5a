"""Wires the payment function."""

from datetime import UTC, datetime

from tokenizer.authorization.budget_rules import BudgetRules
from tokenizer.aws.api.orders_table import OrdersReader
from tokenizer.aws.authorization.budget_counters import DynamoCounters
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.aws.compose.audit import audit_trail
from tokenizer.aws.compose.vault import aliases, unerased_vault
from tokenizer.aws.honeytokens.reader import HoneyReader
from tokenizer.aws.payments.fake_gateway import FakeGateway
from tokenizer.aws.payments.table import PaymentsTable
from tokenizer.aws.platform import clients, counters, package_files
from tokenizer.aws.platform.settings import PaySettings
from tokenizer.payments.cashier import Cashier, NoGateway
from tokenizer.payments.declines import DeclineBudget


def cashier(settings: PaySettings) -> Cashier:
    """Returns the cashier who charges the cards of orders.

    Raises:
        Configuration: the shipped policies or budgets don't have the right form.
    """
    dynamodb = clients.client("dynamodb")
    gateway = FakeGateway(lambda: datetime.now(UTC)) if settings.payment_gateway == "fake" else NoGateway()
    return Cashier(
        OrdersReader(dynamodb, settings.orders_table),
        CedarPolicies(),
        unerased_vault(settings),
        aliases(settings),
        gateway,
        PaymentsTable(dynamodb, settings.payments_table),
        DeclineBudget(
            BudgetRules.parse(package_files.text("budgets.toml")),
            DynamoCounters(dynamodb, settings.budgets_table),
            counters.count,
        ),
        audit_trail(settings),
        HoneyReader(clients.client("dynamodb", attempts=1), settings.honey_table),
        counters.count,
        lambda: datetime.now(UTC),
    )
