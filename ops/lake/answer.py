"""What a query answers: names of columns, and rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows in the query's order; values as the engine gives them."""

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]

    def shown(self) -> list[list[str]]:
        """The rows for people."""
        return [["" if value is None else shown(value) for value in row] for row in self.rows]

    def records(self) -> list[dict[str, str | None]]:
        """The rows for programs, by name; every value is text or null."""
        texts = [[None if value is None else shown(value) for value in row] for row in self.rows]
        return [dict(zip(self.columns, row, strict=True)) for row in texts]


def shown(value: Any) -> str:
    """A value as text: money with two decimals or more, as exact as it is; other fractions with two."""
    if isinstance(value, Decimal):
        whole, _, fraction = f"{value:f}".partition(".")
        return f"{whole}.{fraction.rstrip('0'):0<2}"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
