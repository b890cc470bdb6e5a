"""What somebody is to be alarmed of; the names of metrics."""

HONEY_ASKED = "HoneyTokenAsked"
BUDGET_EXCEEDED = "BudgetExceeded"
