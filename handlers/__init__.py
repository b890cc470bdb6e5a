"""Lambda entry points: thin shells that turn events into values, call one use case, and answer."""
