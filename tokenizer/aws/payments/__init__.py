"""The adapters of payments."""
