"""Defines the port by which functions write the audit trail."""

from typing import Any, Protocol


class Audit(Protocol):
    """Writes the audit trail."""

    def write(self, action: str, operator: str, **facts: Any) -> None:
        """Adds a line; raises if it could not be stored."""
        ...
