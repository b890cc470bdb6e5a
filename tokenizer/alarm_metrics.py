"""Names the metrics that raise an alarm. Thresholds and recipients stand in the template, not here."""

HONEY_ASKED = "HoneyTokenAsked"
BUDGET_EXCEEDED = "BudgetExceeded"
AUDIT_FAILED = "AuditFailed"
PAYMENT_DECLINED = "PaymentDeclined"
RECORDS_REFUSED = "RecordsRefused"

ALL = (HONEY_ASKED, BUDGET_EXCEEDED, AUDIT_FAILED, PAYMENT_DECLINED, RECORDS_REFUSED)
