"""The command `rekey`: moves the vault to another KMS key while orders flow."""
