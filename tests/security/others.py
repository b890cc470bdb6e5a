"""Who has none of the stack's roles, and asks all the same: administrators, other accounts, services, and code with foreign keys."""

from collections.abc import Iterator

from tests.security.cases import Case, Stack


def others(stack: Stack, name: str) -> Iterator[Case]:
    """Returns the cases."""
    yield from ()
