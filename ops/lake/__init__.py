"""Sanitized events at rest: the tables over the bucket's files, the analyst's questions, and the command `order-tokenizer lake`."""
