"""What an operator sees: tables and a progress bar on a terminal, plain lines without one, JSON for programs."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from replay.letters import Letter

_AGES = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def as_json(value: Any) -> None:
    """For programs: one JSON document on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def error(message: str, hint: str) -> None:
    """What happened and what to type next, on standard error."""
    sys.stderr.write(f"error: {message}\nhint: {hint}\n")


def aside(text: str) -> None:
    """One plain line beside what is asked for, on standard error."""
    sys.stderr.write(text + "\n")


def line(text: str) -> None:
    """One plain line."""
    sys.stdout.write(text + "\n")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table on a terminal, tab-separated lines without one."""
    console = Console()
    if not console.is_terminal:
        line("\t".join(columns))
        for row in rows:
            line("\t".join(row))
        return
    made = Table(title=title, title_justify="left")
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*row)
    console.print(made)


def groups(counted: Counter[tuple[str, str, str]]) -> None:
    """Letters by code, source and age."""
    rows = [[code, source, age, f"{number:,}"] for (code, source, age), number in sorted(counted.items())]
    table("dead letters", ["code", "source", "age", "letters"], rows)


def letters(found: Sequence[Letter]) -> None:
    """A line for each letter."""
    rows = [
        [each.letter_id, each.code, each.source, age(each.arrived_at), str(each.records), each.message]
        for each in found
    ]
    table("letters", ["id", "code", "source", "age", "records", "message"], rows)


def age(moment: datetime | None) -> str:
    """How long ago, in the largest unit that fits."""
    if moment is None:
        return "unknown"
    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    return next((f"{seconds // size}{unit}" for size, unit in _AGES if seconds >= size), "0s")


def age_class(moment: datetime | None) -> str:
    """For grouping: younger than an hour, a day, a week, or older."""
    if moment is None:
        return "unknown"
    seconds = (datetime.now(UTC) - moment).total_seconds()
    bounds = ((3600, "under 1h"), (86_400, "under 1d"), (7 * 86_400, "under 7d"))
    return next((name for bound, name in bounds if seconds < bound), "over 7d")


class _Speed(ProgressColumn):
    """Shows how many were done a second, from the beginning on; nothing before the first."""

    def render(self, task: Task) -> Text:
        """Render the column."""
        seconds = task.finished_time or task.elapsed
        return Text(f"{task.completed / seconds:,.0f}/s" if task.completed and seconds else "")


@contextmanager
def progress(doing: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Shows a bar with rate and time left on a terminal; nothing without one."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with bar(console, doing, total) as tick:
        yield tick


@contextmanager
def bar(console: Console, doing: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Shows a bar with rate and time left; yields the function to call with each advance.

    Args:
        console: a terminal.
        doing: what is done, in a word or two.
        total: how many there will be; None where nobody knows.
    """
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), _Speed(), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, speed_estimate_period=5) as shown:
        task = shown.add_task(doing, total=total)
        yield lambda count: shown.advance(task, count)
