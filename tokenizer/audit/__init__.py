"""The lines of the audit trail."""
