"""Holds a table of results: the same rows on a terminal and in the docs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Results: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class ResultTable:
    """Holds a table.

    Args:
        name: by which the docs find its place.
        title: above it.
        head: of the columns; the first is text, the others figures.
    """

    name: str
    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def markdown(self) -> str:
        """Returns the table as it stands in the docs."""
        lines = [self.head, ("---", *("---:" for _ in self.head[1:])), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float) -> str:
    """Returns a figure with three digits that count."""
    if value == 0:
        return "0"
    if abs(value) >= 100:  # noqa: PLR2004 -- three digits before the point
        return f"{value:,.0f}"
    return f"{value:.3g}"
