"""The adapters of erasure."""
