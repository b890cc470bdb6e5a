"""Defines the analyst's questions. Each has one SQL text for Athena's saved queries and for DuckDB.

The texts use only what both dialects have; `ops.lake.database` defines what DuckDB lacks. Those about orders use
`orders.sql`, which selects each order once, in its newest event.
"""

from enum import StrEnum
from pathlib import Path

_FOLDER = Path(__file__).parent / "sql"


class Question(StrEnum):
    """Names the saved questions."""

    REVENUE = "revenue"
    REPEAT = "repeat"
    BASKET = "basket"
    REFUSALS = "refusals"

    @property
    def asks(self) -> str:
        """Returns the question in words."""
        return _WORDS[self]

    @property
    def sql(self) -> str:
        """Returns the whole query, which needs nothing else."""
        if self not in ABOUT_ORDERS:
            return _text(self)
        return f"WITH orders AS (\n{_indented(orders())}\n)\n{_text(self)}"


_WORDS = {
    Question.REVENUE: "revenue by card brand and region",
    Question.REPEAT: "repeat customers by email token",
    Question.BASKET: "average basket by month",
    Question.REFUSALS: "refused records by week, code and field",
}
ABOUT_ORDERS = (Question.REVENUE, Question.REPEAT, Question.BASKET)


def orders() -> str:
    """Returns the query for the present orders, over the table of `order.placed`."""
    return _text("orders")


def _text(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").strip()


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
