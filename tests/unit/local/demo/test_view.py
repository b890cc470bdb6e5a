"""Tests what the demo shows on a terminal and in a pipe."""

from io import StringIO

import pytest
from rich.console import Console

from local.demo.checks import Figure
from local.demo.view import View


@pytest.fixture
def out() -> StringIO:
    return StringIO()


@pytest.fixture
def view(out: StringIO) -> View:
    return View(Console(file=out))


def test_a_wrong_figure_is_named_with_a_hint(
    view: View, out: StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    view.closing([Figure("sent", 3, 3, "never shown"), Figure("leaked", 1, 0, "1 in [the] logs")], 12.3)
    shown = out.getvalue()
    assert capsys.readouterr().err.startswith("error: leaked: 1 instead of 0\nhint: 1 in [the] logs")
    assert "wrong: 1 of 2 figures, after 12 s" in shown
    assert "never shown" not in shown


def test_right_figures_end_in_one_sentence(view: View, out: StringIO) -> None:
    view.closing([Figure("sent", 1_043, 1_043, "never shown")], 1)
    assert "sent\t1043\t1043\tright\n" in out.getvalue()
    assert "│" not in out.getvalue()
    assert out.getvalue().endswith("\nevery figure is right, after 1 s\n")


def test_in_a_pipe_progress_is_one_plain_line(view: View, out: StringIO) -> None:
    with view.progress("sent", 1_000) as tick:
        tick(400)
        tick(600)
    assert out.getvalue() == "  sent: 1000 of 1000\n"


def test_on_a_terminal_the_closing_table_has_lines_and_thousands() -> None:
    out = StringIO()
    View(Console(file=out, force_terminal=True, width=80)).closing([Figure("sent", 1_043, 1_043, "")], 1)
    assert "│ sent" in out.getvalue()
    assert "1,043" in out.getvalue()


def test_on_a_terminal_progress_is_a_bar() -> None:
    out = StringIO()
    with View(Console(file=out, force_terminal=True, width=80)).progress("sent", 10) as tick:
        tick(10)
    assert "10/10" in out.getvalue()
    assert "━" in out.getvalue()


def test_an_order_is_shown_field_by_field(view: View, out: StringIO) -> None:
    raw = {"order_id": "SO-1", "items": [{"sku": "S"}], "card": {"number": "4111111111111111", "cvv": "737"}}
    view.beside(
        raw,
        {"order_id": "SO-1", "items": [{"sku": "S"}], "card": {"number": "tok_0", "number_last4": "1111"}},
    )
    lines = [line.split("\t") for line in out.getvalue().splitlines() if "\t" in line]
    assert lines == [
        ["field", "raw", "sanitized"],
        ["order_id", '"SO-1"', '"SO-1"'],
        ["items[0].sku", '"S"', '"S"'],
        ["card.number", '"4111111111111111"', '"tok_0"'],
        ["card.number_last4", "", '"1111"'],
        ["card.cvv", '"737"', "(removed)"],
    ]


def test_a_long_answer_says_how_long_it_is(view: View, out: StringIO) -> None:
    view.answer("average basket by month", ["month", "average"], [["2026-10", "1.50", "1.50"]], 18)
    shown = out.getvalue()
    assert "average basket by month, the first 1 of 18 rows" in shown
    assert "average, from raw" in shown
