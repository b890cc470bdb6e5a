"""The command that seeds honey tokens."""
