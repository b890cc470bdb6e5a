"""Makes tokens, and decides what the vault keeps and for how long."""
