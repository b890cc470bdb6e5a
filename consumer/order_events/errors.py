"""Every way the kit can fail.

    KitError
    ├── Unreadable      no event of the tokenizer's, or one whose known fields have other types: it will fail every time
    ├── InProgress      another handler works on the event: leave it to be delivered again
    └── LeaseLost       handling took longer than the claim: another handler may have begun

No message holds a value of an event.
"""


class KitError(Exception):
    """Is the base of all the kit's errors."""


class Unreadable(KitError):
    """A body that is no sanitized event.

    Args:
        path: JSON Pointer to what is wrong, "" for the whole.
        why: without any value.
    """

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path or '/'}: {why}")
        self.path = path
        self.why = why


class InProgress(KitError):
    """Somebody else claimed this event and has not finished; acknowledging it now could lose it."""


class LeaseLost(KitError):
    """The claim ran out before the work was done, and somebody else has it."""
