"""Defines the errors that keep a load test from starting, each with the next thing to do."""


class LoadError(Exception):
    """Says that there is nothing to put under load, or nobody to do it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
