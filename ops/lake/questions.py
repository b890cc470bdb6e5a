"""The analyst's questions: one text each, for Athena's saved queries and for DuckDB alike.

The files keep to what both dialects have; what DuckDB lacks, `ops.lake.database` defines. `orders.sql` is what they have in
common: each order once, in its newest event.
"""

from enum import StrEnum
from pathlib import Path

_FOLDER = Path(__file__).parent / "sql"


class Question(StrEnum):
    """A question by its name."""

    REVENUE = "revenue"
    REPEAT = "repeat"
    BASKET = "basket"

    @property
    def asks(self) -> str:
        """What it asks, in words."""
        return _WORDS[self]

    @property
    def sql(self) -> str:
        """The whole query, as it stands for itself."""
        return f"WITH orders AS (\n{_indented(orders())}\n)\n{_text(self)}"


_WORDS = {
    Question.REVENUE: "revenue by card brand and region",
    Question.REPEAT: "repeat customers by email token",
    Question.BASKET: "average basket by month",
}


def orders() -> str:
    """The query for the orders as they stand, over the table of `order.placed`."""
    return _text("orders")


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").strip()


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
