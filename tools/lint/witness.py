"""Holds what checks of foreign tools share: a missing tool is a reason to skip, but a failure under CI."""

import os


class Unavailable(Exception):
    """Says that a tool that a check needs is not on this machine.

    Args:
        reason: what is missing.
        hint: how to get it.
    """

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(f"{reason}; {hint}")


def may_skip() -> bool:
    """Returns whether a check may be left out here; continuous integration sets `CI`, and leaves none out."""
    return os.environ.get("CI", "").lower() not in {"1", "true"}
