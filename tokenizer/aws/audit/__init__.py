"""The adapters of the audit trail."""
