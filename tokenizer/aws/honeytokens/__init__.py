"""The adapters of honey tokens."""
