"""Defines what is wrong with an event. No finding repeats a value."""

from schemas.dead_letter import ErrorCode


class Fault(Exception):
    """Means that an event is wrong.

    Args:
        code: the code that its dead letter would have.
        details: the findings, each with a field path if there is one.
    """

    def __init__(self, code: ErrorCode, *details: str) -> None:
        super().__init__("; ".join(details))
        self.code = code
        self.details = details
