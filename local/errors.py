"""What can go wrong with the local stack, told to a person."""


class LocalStackError(Exception):
    """A failure with the next thing to try.

    Args:
        message: what is wrong.
        hint: what to do about it.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
