"""Queries sanitized events in the lake: tables over the bucket's files, saved questions, the command `order-tokenizer lake`."""
