"""Wires the reveal function."""

from datetime import UTC, datetime

from tokenizer.authorization.budget_rules import BudgetRules
from tokenizer.aws.authorization.budget_counters import DynamoCounters
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.aws.compose.audit import audit_trail
from tokenizer.aws.compose.vault import aliases, unerased_vault
from tokenizer.aws.honeytokens.reader import HoneyReader
from tokenizer.aws.platform import clients, counters, package_files
from tokenizer.aws.platform.settings import RevealSettings
from tokenizer.reveal.budgets import RevealBudgets
from tokenizer.reveal.service import RevealService


def reveal_service(settings: RevealSettings) -> RevealService:
    """Returns the service that reveals values under the policies and the budgets.

    Raises:
        Configuration: the shipped policies or budgets don't have the right form.
    """
    return RevealService(
        unerased_vault(settings),
        aliases(settings),
        CedarPolicies(),
        RevealBudgets(
            BudgetRules.parse(package_files.text("budgets.toml")),
            DynamoCounters(clients.client("dynamodb"), settings.budgets_table),
        ),
        HoneyReader(clients.client("dynamodb", attempts=1), settings.honey_table),
        audit_trail(settings),
        counters.count,
        lambda: datetime.now(UTC),
    )
