"""Tests what commands print: tables, numbers, asides and progress, on a terminal and elsewhere."""

import ast
import re
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from rich.console import Console

from ops import console


@pytest.mark.parametrize("total", [None, 0, 2])
def test_a_bar_is_drawn_before_anything_is_counted_and_after(total: int | None) -> None:
    out = StringIO()
    with console.bar(Console(file=out, force_terminal=True, width=80), "moving [1/2]", total) as tick:
        assert "moving [1/2]" in out.getvalue()
        tick(1)
        tick(1)
    assert "/s" in out.getvalue()
    assert f"2/{'?' if total is None else total}" in out.getvalue()


class _Screen(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_table_is_lines_of_cells_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    console.table("letters", ["id", "code"], [["1", "too_large"], ["[b]", ""]])
    assert capsys.readouterr().out == "id\tcode\n1\ttoo_large\n[b]\t\n"


def test_a_table_on_a_terminal_shows_its_title_and_every_cell_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = _Screen()
    monkeypatch.setattr("sys.stdout", out)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "60")
    console.table("the title", ["[id]", "what"], [["[red]x[/red]", "y " * 40]], whole=1)
    shown = out.getvalue()
    assert "the title" in shown
    assert "[id]" in shown
    assert "[red]x[/red]" in shown
    assert shown.count("y") == 40


@pytest.mark.parametrize(
    ("value", "for_people"), [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")]
)
def test_a_number_has_separators_for_people_alone(
    value: int, for_people: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout", StringIO())
    assert console.number(value) == str(value)
    monkeypatch.setattr("sys.stdout", _Screen())
    assert console.number(value) == for_people


@pytest.mark.parametrize(("value", "told"), [(0, "0 letters"), (1, "1 letter"), (2, "2 letters")])
def test_one_thing_is_counted_in_the_singular(value: int, told: str) -> None:
    assert console.counted(value, "letter") == told


def test_each_kind_of_output_goes_where_it_belongs(capsys: pytest.CaptureFixture[str]) -> None:
    console.line("plain")
    console.as_json({"name": "Zoë"})
    console.aside("beside")
    console.error("it failed", "try this")
    told = capsys.readouterr()
    assert told.out == 'plain\n{"name": "Zoë"}\n'
    assert told.err == "beside\nerror: it failed\nhint: try this\n"


def test_no_bar_is_drawn_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    with console.progress("replaying", 2) as tick:
        tick(1)
    assert capsys.readouterr() == ("", "")


def _unmatched(path: Path) -> list[str]:
    """Returns the places where a number stands before a plural, whatever the number is."""
    texts = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.JoinedStr)]
    return [
        f"{path}:{first.lineno}"
        for text in texts
        for first, second in pairwise(text.values)
        if isinstance(first, ast.FormattedValue)
        and re.match(r"(console\.)?number\(", ast.unparse(first.value))
        and isinstance(second, ast.Constant)
        and re.match(r" (more )?[a-z]+[^s\W]s\b", str(second.value))
    ]


def test_one_thing_is_never_counted_in_the_plural() -> None:
    files = [path for folder in ("ops", "replay", "local") for path in sorted(Path(folder).rglob("*.py"))]
    assert len(files) > 50
    assert [place for path in files for place in _unmatched(path)] == []


@pytest.mark.parametrize(("value", "shown"), [(0, "0 events"), (1, "1 event"), (2, "2 events")])
def test_a_count_has_its_thing_in_the_right_number(value: int, shown: str) -> None:
    assert console.counted(value, "event") == shown
