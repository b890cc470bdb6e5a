"""What somebody is to be alarmed of; the names of metrics."""

HONEY_ASKED = "HoneyTokenAsked"
BUDGET_EXCEEDED = "BudgetExceeded"
AUDIT_FAILED = "AuditFailed"

ALL = (HONEY_ASKED, BUDGET_EXCEEDED, AUDIT_FAILED)
