"""The pipeline's adapters: bus, dead letters, blind index, aliases."""
