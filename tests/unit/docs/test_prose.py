"""Pages are written in lines that fit a screen, without phrases that a reader has to translate."""

import re
from pathlib import Path

import pytest

PAGES = sorted([*Path().glob("*.md"), *Path("docs").rglob("*.md"), Path("consumer/README.md")])
WIDEST = 120
# A table's row, a heading and a picture each have to stand on one line.
_ONE_LINE = re.compile(r"\s*(\||#|!\[|<!--)")
# Addresses can't be broken, and nobody reads them.
_ADDRESS = re.compile(r"\]\(https?:[^)]*\)")
# Literal or archaic turns that these pages once had.
ODD = re.compile(
    r"\b(apart by|whoever|whosoever|gave (him|them)self away|of then|it has none|nobody's|the mend|mend(ed|s)?|till|"
    r"be told apart|bad weather|good weather|lest|thereof|hence)\b",
    re.IGNORECASE,
)


def prose(text: str) -> list[str]:
    """Returns the lines outside of code blocks, tables, headings and pictures."""
    lines, in_code = [], False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code and not _ONE_LINE.match(line):
            lines.append(line)
    return lines


def too_wide(text: str) -> list[str]:
    return [line for line in prose(text) if len(_ADDRESS.sub("]", line)) > WIDEST]


def odd(text: str) -> list[str]:
    """Returns the odd phrases of a page, tables included, code left out."""
    return [found[0] for found in ODD.finditer(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL))]


def test_the_pages_are_found() -> None:
    assert {Path("README.md"), Path("docs/README.md"), Path("docs/decisions/0018-traces.md")} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_line_of_prose_is_wider_than_a_screen(page: Path) -> None:
    assert too_wide(page.read_text(encoding="utf-8")) == []


def wide_outputs(text: str) -> list[str]:
    """Returns the wide lines of what commands print: JSON, and what stands behind `#>` or begins with a file's name."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [
        line
        for language, block in blocks
        for line in block.splitlines()
        if len(line) > WIDEST and (language == "json" or re.match(r"#> |[\w.]+: ", line))
    ]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_line_of_output_is_wider_than_a_screen(page: Path) -> None:
    assert wide_outputs(page.read_text(encoding="utf-8")) == []


def test_a_wide_line_of_output_is_found_and_a_wide_command_is_left() -> None:
    wide = "word " * 30
    text = f"```json\n{wide}\n```\n```\na.jsonl: {wide}\naws {wide}\n```\n```sh\n#> {wide}\naws {wide}\n```\n"
    assert wide_outputs(text) == [wide, f"a.jsonl: {wide}", f"#> {wide}"]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_page_has_an_odd_phrase(page: Path) -> None:
    assert odd(page.read_text(encoding="utf-8")) == []


def test_a_wide_line_is_found_and_a_wide_row_is_left() -> None:
    wide = "word " * 30
    assert too_wide(f"{wide}\n| {wide} |\n## {wide}\n```\n{wide}\n```\n") == [wide]


def test_an_odd_phrase_is_found_in_a_table_and_not_in_code() -> None:
    assert odd("| Whoever reads |\n`whoever`\n") == ["Whoever"]


def broken_spans(text: str) -> list[str]:
    """Returns the lines that begin or end within a code span: a command in it would be checked by no test."""
    return [line for line in prose(text) if line.count("`") % 2]


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_no_code_span_is_broken_over_two_lines(page: Path) -> None:
    assert broken_spans(page.read_text(encoding="utf-8")) == []


def test_a_broken_span_is_found() -> None:
    assert broken_spans("run `make\ntest` and `make lint`\n") == ["run `make", "test` and `make lint`"]
