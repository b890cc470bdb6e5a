"""Holds the answer to a query: column names and rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Answer:
    """Holds rows in the order of the query, with values as the engine returns them."""

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]

    def shown(self) -> list[list[str]]:
        """Returns the rows as people read them."""
        return [["" if value is None else shown(value) for value in row] for row in self.rows]

    def records(self) -> list[dict[str, str | None]]:
        """Returns the rows as programs read them, by column name. Every value is a text or null."""
        texts = [[None if value is None else shown(value) for value in row] for row in self.rows]
        return [dict(zip(self.columns, row, strict=True)) for row in texts]


def shown(value: Any) -> str:
    """Returns a value as text. Money has at least two decimals and keeps all it has; other fractions have two."""
    if isinstance(value, Decimal):
        whole, _, fraction = f"{value:f}".partition(".")
        return f"{whole}.{fraction.rstrip('0'):0<2}"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
