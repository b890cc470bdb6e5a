"""Defines the lines of the audit trail."""
