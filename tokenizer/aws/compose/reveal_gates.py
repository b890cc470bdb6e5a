"""Wires the gates that every reveal passes, for the functions that reveal tokens or letters."""

from datetime import UTC, datetime

from tokenizer.authorization.budget_rules import BudgetRules
from tokenizer.aws.authorization.budget_counters import DynamoCounters
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.aws.honeytokens.reader import HoneyReader
from tokenizer.aws.platform import clients, counters, package_files
from tokenizer.reveal.budgets import RevealBudgets
from tokenizer.reveal.gates import RevealGates


def reveal_gates(budgets_table: str, honey_table: str) -> RevealGates:
    """Returns the gates.

    Args:
        budgets_table: the table of the budgets' counters.
        honey_table: the table of honey tokens.

    Raises:
        Configuration: the shipped policies or budgets don't have the right form.
    """
    return RevealGates(
        CedarPolicies(),
        RevealBudgets(
            BudgetRules.parse(package_files.text("budgets.toml")),
            DynamoCounters(clients.client("dynamodb"), budgets_table),
        ),
        HoneyReader(clients.client("dynamodb", attempts=1), honey_table),
        counters.count,
        lambda: datetime.now(UTC),
    )
