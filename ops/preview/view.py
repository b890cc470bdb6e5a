"""What a producer sees of a preview: tables on a terminal, tab-separated lines without one, JSON for programs."""

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from ops.preview.preview import Coverage


def as_json(coverage: "Coverage") -> None:
    """One JSON document."""
    told = {
        "events": coverage.events,
        "refused": [{"place": place, "code": code, "message": why} for place, code, why in coverage.refused],
        "fields": [
            {"path": each.path, "becomes": each.outcome, "seen": seen}
            for each, seen in sorted(coverage.fields.items())
        ],
        "coverage": coverage.outcomes(),
    }
    sys.stdout.write(json.dumps(told, indent=1) + "\n")


def as_tables(coverage: "Coverage") -> None:
    """Every path with what becomes of it, the share of each outcome, and what would be refused."""
    rows = [[each.path, each.outcome, f"{seen:,}"] for each, seen in sorted(coverage.fields.items())]
    _table("fields", ["path", "becomes", "seen"], rows)
    outcomes = coverage.outcomes()
    total = sum(outcomes.values())
    paths = {outcome: sum(each.outcome is outcome for each in coverage.fields) for outcome in outcomes}
    shares = [
        [outcome, f"{paths[outcome]:,}", f"{seen:,}", f"{100 * seen / total:.1f} %"]
        for outcome, seen in outcomes.items()
    ]
    _table("coverage", ["becomes", "paths", "seen", "share"], shares)
    if coverage.refused:
        refused = [[place, code, why] for place, code, why in coverage.refused]
        _table("would be dead letters", ["place", "code", "message"], refused)
    sys.stdout.write(f"{coverage.events:,} events, {len(coverage.refused):,} would be dead letters\n")


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    console = Console()
    if not console.is_terminal:
        sys.stdout.write("".join("\t".join(row) + "\n" for row in [columns, *rows]) + "\n")
        return
    made = Table(title=title, title_justify="left")
    for column in columns:
        made.add_column(
            column, overflow="fold", justify="right" if column in {"seen", "paths", "share"} else "left"
        )
    for row in rows:
        made.add_row(*map(escape, row))
    console.print(made)
