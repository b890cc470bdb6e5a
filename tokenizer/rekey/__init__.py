"""Moves the vault to another KMS key."""
