"""Shows the demo's steps, a progress bar and tables; where the output is no terminal, plain lines, their cells by tabs."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from local.demo.checks import Figure
from local.demo.verifications import Attempt
from ops import console

_PLAIN_WIDTH = 120
_VALUE_WIDTH = 46

_ARN = re.compile(r"arn:aws:sts::\S+")

Row = tuple[str, str, str]


class View:
    """Prints the demo's output."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(highlight=False)
        if not self._console.is_terminal:
            self._console.width = _PLAIN_WIDTH

    def number(self, value: int) -> str:
        """Returns a number with separators of thousands on a terminal, and without them for programs."""
        return f"{value:,}" if self._console.is_terminal else str(value)

    def step(self, text: str) -> None:
        """Says what happens next."""
        self._console.print(f"[bold]>[/] {escape(text)}")

    @contextmanager
    def progress(self, label: str, total: int) -> Iterator[Callable[[int], None]]:
        """Shows how far a step is; yields the function to call with each advance."""
        if not self._console.is_terminal:
            done = 0

            def count(new: int) -> None:
                nonlocal done
                done += new

            yield count
            self._console.print(f"  {label}: {done} of {total}")
            return
        with console.bar(self._console, f"  {label}", total) as tick:
            yield tick

    def beside(self, raw: Mapping[str, Any], sanitized: Mapping[str, Any]) -> None:
        """Shows an order as it was sent beside what the consumer got."""
        rows = list(_rows(raw, sanitized, ""))
        self._table("one order: what was sent, what a consumer sees", ("field", "raw", "sanitized"), rows)

    def item(self, item: Mapping[str, str]) -> None:
        """Shows what a table holds under one key."""
        rows = [(name, _cut(value, _PLAIN_WIDTH - 30)) for name, value in item.items()]
        self._table(
            "one order in the orders table, as the consumer's role reads it", ("attribute", "value"), rows
        )

    def attempts(self, attempts: Sequence[Attempt]) -> None:
        """Shows what the consumer's role is refused, in the services' own words."""
        rows = [(each.what, _ARN.sub("(the consumer's role)", each.answer)) for each in attempts]
        self._table("what the consumer's role tried beyond its queue", ("it tried to", "and was told"), rows)

    def letters(self, body: str, found: Mapping[str, int], wanted: Mapping[str, int]) -> None:
        """Shows one dead letter and how many there are of each code."""
        letter = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
        self._console.print("\n[italic]one dead letter, as whoever reads the queue sees it[/]")
        for line in letter.splitlines():
            self._console.print(f"  {_cut(line, self._console.width - 4)}", markup=False)
        rows = [
            (code, f"{found.get(code, 0)}", f"{wanted.get(code, 0)}") for code in sorted({*found, *wanted})
        ]
        self._table("dead letters by code", ("code", "measured", "must be"), rows)

    def answer(self, asks: str, columns: Sequence[str], rows: Sequence[Sequence[str]], count: int) -> None:
        """Shows the beginning of an answer from tokens, its last column once more from the raw orders."""
        beginning = f", the first {len(rows)} of {count} rows" if count > len(rows) else ""
        self._table(f"{asks}{beginning}", (*columns, f"{columns[-1]}, from raw"), rows)

    def closing(self, figures: Sequence[Figure], seconds: float) -> None:
        """Shows every figure with what it must be, and what to do about the first wrong one."""
        number = self.number
        rows = [
            (each.name, number(each.measured), number(each.must_be), "right" if each.right else "WRONG")
            for each in figures
        ]
        self._table("the main job, measured", ("figure", "measured", "must be", ""), rows)
        wrong = [each for each in figures if not each.right]
        if wrong:  # the steps follow one another, so what is wrong first is the cause of the others, or the first cause
            first, others = wrong[0], len(wrong) - 1
            more = (
                f", and {console.counted(others, 'more figure', 'is', 'are')} wrong after it"
                if others
                else ""
            )
            console.error(
                f"{first.name.strip()}: {number(first.measured)} instead of {number(first.must_be)}{more}",
                f"{first.hint}; `make up` starts a stack to look at",
            )
        verdict = (
            "every figure is right"
            if not wrong
            else f"wrong: {len(wrong)} of {console.counted(len(figures), 'figure')}"
        )
        self._console.print(f"\n{verdict}, after {seconds:.0f} s")

    def complaints(self, complaints: Sequence[str]) -> None:
        """Shows the complaints in the functions' logs, for when a figure is wrong."""
        self.step("the functions' logs complain of: " + ("; ".join(complaints) or "nothing"))

    def _table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        if not self._console.is_terminal:
            self._console.print(f"\n{title}", markup=False)
            for row in (headings, *rows):
                self._console.file.write("\t".join(row) + "\n")  # rich makes spaces of tabs
            return
        table = Table()
        for heading in headings:
            number = heading in {"measured", "must be"}
            table.add_column(heading, justify="right" if number else "left", overflow="fold")
        for row in rows:
            table.add_row(*map(escape, row))
        self._console.print(f"\n[italic]{escape(title)}[/]")
        self._console.print(table)


def _rows(raw: Any, sanitized: Any, path: str) -> Iterator[Row]:
    """Yields, field by field, what was there and what is there now."""
    if isinstance(raw, dict) and isinstance(sanitized, dict):
        for key in {**sanitized, **raw}:
            inner = f"{path}.{key}".lstrip(".")
            if key not in sanitized:
                yield inner, _text(raw[key]), "(removed)"
            elif key not in raw:
                yield inner, "", _text(sanitized[key])
            else:
                yield from _rows(raw[key], sanitized[key], inner)
    elif isinstance(raw, list) and isinstance(sanitized, list):
        for at, (old, new) in enumerate(zip(raw, sanitized, strict=False)):
            yield from _rows(old, new, f"{path}[{at}]")
    else:
        yield path, _text(raw), _text(sanitized)


def _text(value: Any) -> str:
    return _cut(json.dumps(value, ensure_ascii=False), _VALUE_WIDTH)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."
