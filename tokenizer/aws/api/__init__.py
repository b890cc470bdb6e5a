"""Serves the API: orders, idempotency, and tokenizing while a caller waits."""
