"""Prints the output of commands: tables and a progress bar on a terminal, plain lines elsewhere, JSON for programs."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
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


def as_json(value: Any) -> None:
    """Prints one JSON document for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")


def error(message: str, hint: str) -> None:
    """Prints what happened and what to type next, on standard error."""
    sys.stderr.write(f"error: {message}\nhint: {hint}\n")


def aside(text: str) -> None:
    """Prints a plain line on standard error, beside the real output."""
    sys.stderr.write(text + "\n")


def line(text: str) -> None:
    """Prints a plain line."""
    sys.stdout.write(text + "\n")


def number(value: int) -> str:
    """Returns a number with separators of thousands on a terminal, and without them for programs."""
    return f"{value:,}" if sys.stdout.isatty() else str(value)


def counted(value: int, thing: str, rest: str = "", rest_of_many: str | None = None) -> str:
    """Returns a number and what it counts, such as `1 letter is held` and `2 letters are held`.

    Args:
        value: the number.
        thing: one of them, such as `letter`.
        rest: what follows one of them, such as `is held`.
        rest_of_many: what follows several of them; None if it is the same.
    """
    one = value == 1
    said = rest if one or rest_of_many is None else rest_of_many
    return f"{number(value)} {thing}{'' if one else 's'}{' ' if said else ''}{said}"


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], whole: int = 0) -> None:
    """Prints a table on a terminal, and tab-separated lines elsewhere.

    Args:
        title: the title on a terminal.
        columns: the names of the columns.
        rows: the cells, as texts.
        whole: the number of leading columns that are never wrapped, so that they can be copied.
    """
    console = Console()
    if not console.is_terminal:
        line("\t".join(columns))
        for row in rows:
            line("\t".join(row))
        return
    made = Table(title=title, title_justify="left")
    for at, column in enumerate(columns):
        widest = max([len(column), *(len(row[at]) for row in rows)]) if at < whole else None
        made.add_column(escape(column), overflow="fold", min_width=widest, no_wrap=at < whole)
    for row in rows:
        made.add_row(*map(escape, row))
    console.print(made)


class _Speed(ProgressColumn):
    """Shows the average speed since the beginning, once something is done."""

    def render(self, task: Task) -> Text:
        """Returns the column's text."""
        seconds = task.finished_time or task.elapsed
        return Text(f"{task.completed / seconds:,.0f}/s" if task.completed and seconds else "")


@contextmanager
def progress(doing: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Shows a bar with speed and time left on a terminal, and nothing elsewhere.

    Yields the function to call with each advance.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with bar(console, doing, total) as tick:
        yield tick


@contextmanager
def bar(console: Console, doing: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Shows a bar with speed and time left; yields the function to call with each advance.

    Args:
        console: a terminal.
        doing: the work in a word or two.
        total: the number of items; None if it is not known.
    """
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), _Speed(), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, speed_estimate_period=5) as shown:
        task = shown.add_task(doing, total=total)
        yield lambda count: shown.advance(task, count)
