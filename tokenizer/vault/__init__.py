"""Tokens, and what the vault keeps."""
