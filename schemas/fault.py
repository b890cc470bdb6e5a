"""Defines what is wrong with an event. No finding repeats a value."""

from schemas.dead_letter import ErrorCode

_PLACES = ("/", "attribute:")  # how the places begin that a finding names


class Fault(Exception):
    """Means that an event is wrong.

    Args:
        code: the code that its dead letter would have.
        details: the findings. Each begins with its place and a colon, if it has one: a JSON Pointer, or an attribute of
            the message.
    """

    def __init__(self, code: ErrorCode, *details: str) -> None:
        super().__init__("; ".join(details))
        self.code = code
        self.details = details

    @property
    def paths(self) -> tuple[str, ...]:
        """Returns the places that the findings name."""
        return tuple(each.partition(": ")[0] for each in self.details if each.startswith(_PLACES))
