"""Defines every way in which the kit can fail.

    KitError
    ├── Unreadable      no event of the tokenizer, or known fields have other types: it will fail every time
    ├── InProgress      another handler works on the event: leave it, and it will be delivered again
    └── LeaseLost       handling took longer than the claim: another handler may have begun

No message holds a value of an event.
"""


class KitError(Exception):
    """Is the base of all the kit's errors."""


class Unreadable(KitError):
    """Means that a body is no sanitized event.

    Args:
        path: the JSON Pointer of what is wrong; "" for the whole.
        why: says what is wrong, without any value.
    """

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path or '/'}: {why}")
        self.path = path
        self.why = why


class InProgress(KitError):
    """Means that another handler works on this event. Acknowledging it now could lose it."""


class LeaseLost(KitError):
    """Means that the claim ended before the work was done, and that another handler has it."""
