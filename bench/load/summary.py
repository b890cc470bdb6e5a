"""Summarizes a run: a row for each kind of request, whether it met its target, and the same as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from bench.load.answers import LEAK


@dataclass(frozen=True)
class Row:
    """Requests of one kind. Times are in milliseconds, rates in requests per second."""

    name: str
    requests: int
    failures: int
    asked_rate: float | None
    rate: float
    p50: float
    p95: float
    p99: float
    longest: float


@dataclass(frozen=True)
class Summary:
    """Holds the figures of a run.

    Args:
        rows: one for each kind.
        errors: how often each fault was found.
        kinds: that must have been asked for.
        most_failures: the share of failures that is borne.
    """

    rows: Sequence[Row]
    errors: Mapping[str, int]
    kinds: Sequence[str]
    most_failures: float

    @property
    def leaked(self) -> int:
        """Returns how many answers had a raw value in them."""
        return sum(count for error, count in self.errors.items() if LEAK in error)

    @property
    def failure_ratio(self) -> float:
        """Returns the share of requests that failed."""
        requests = sum(row.requests for row in self.rows)
        return sum(row.failures for row in self.rows) / requests if requests else 1.0

    def complaints(self) -> list[str]:
        """Returns why the run is not good enough; nothing if it is."""
        found = [f"{self.leaked} answers leaked"] if self.leaked else []
        made = {row.name for row in self.rows if row.requests}
        found += [f"no request of the kind {kind!r} was made" for kind in self.kinds if kind not in made]
        if self.failure_ratio > self.most_failures:
            found.append(
                f"{self.failure_ratio:.2%} of the requests failed, more than {self.most_failures:.2%}"
            )
        return found

    def as_json(self) -> dict[str, Any]:
        """Returns the summary for a program."""
        return {
            "requests": [asdict(row) for row in self.rows],
            "errors": dict(self.errors),
            "leaked": self.leaked,
            "failure_ratio": self.failure_ratio,
            "complaints": self.complaints(),
        }

    def table(self) -> Table:
        """Returns the summary for a person."""
        table = Table(
            "request", "count", "failed", "asked/s", "got/s", "p50 ms", "p95 ms", "p99 ms", "max ms"
        )
        for column in table.columns[1:]:
            column.justify = "right"
        for row in self.rows:
            asked = "" if row.asked_rate is None else f"{row.asked_rate:.1f}"
            times = (f"{each:.0f}" for each in (row.p50, row.p95, row.p99, row.longest))
            table.add_row(row.name, str(row.requests), str(row.failures), asked, f"{row.rate:.1f}", *times)
        return table
