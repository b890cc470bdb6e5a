"""Takes raw records through the pipeline: read, sanitize, store in the vault, publish."""
