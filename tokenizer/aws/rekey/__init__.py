"""The adapters of moving the vault to another key."""
