"""The vault's adapters: the encrypted table and its keys."""
