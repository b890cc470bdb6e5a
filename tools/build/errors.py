"""Defines what can go wrong with a build, with the next thing to do."""


class BuildError(Exception):
    """Says that nothing was built, or that the build is not fit to be deployed."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
