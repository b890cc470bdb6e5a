"""Moves the vault to another KMS key while orders flow."""
