"""The API's adapters: orders, idempotency, tokenizing while a caller waits."""
