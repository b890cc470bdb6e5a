"""Queries sanitized events in the lake: tables over the bucket's files, saved questions, and `order-tokenizer lake`."""
