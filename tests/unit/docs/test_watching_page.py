"""docs/watching.md says what the dashboard shows and what the logs print."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.dashboard import WIDGETS

PAGE = Path("docs/watching.md")
TEXT = PAGE.read_text(encoding="utf-8")


def test_each_widget_is_explained_and_nothing_else_is() -> None:
    table = TEXT.partition("| widget |")[2].partition("\n\n")[0]
    explained = re.findall(r"^\| (?!---)(.*?) \|", table, re.MULTILINE)
    assert explained == [each["properties"]["title"] for each in WIDGETS if each["type"] != "text"]


@pytest.mark.parametrize("page", [PAGE, Path("docs/decisions/0018-traces.md")], ids=str)
def test_each_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert all((page.parent / link).exists() for link in links)


def test_the_queries_of_the_page_ask_for_what_is_printed(lines: list[dict[str, Any]]) -> None:
    printed = {
        name if parent is None else f"{parent}.{name}"
        for line in lines
        if "message" in line
        for parent, fields in [(None, line), *((k, v) for k, v in line.items() if isinstance(v, dict))]
        for name in fields
    }
    queries = re.findall(r"^```\n(filter.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    asked = {
        word
        for query in queries
        for word in re.findall(r"(?<![@\w.])[a-z_]+(?:\.[a-z_]+)?\b(?!\()", re.sub(r'"[^"]*"', "", query))
    } - {"filter", "and", "like", "fields", "stats", "by", "m"}
    assert len(queries) == 2
    assert {"message", "xray_trace_id", "milliseconds.vault"} <= asked
    assert asked <= printed


def test_the_page_names_the_stages_that_are_timed() -> None:
    root = Path("tokenizer/aws/compose/tokenize.py").read_text(encoding="utf-8")
    timed = set(re.findall(r'\w+="(\w+)"', "".join(re.findall(r"timed\([^)]*\)", root))))
    (told,) = re.findall(r"the stages are (.*?): ", " ".join(TEXT.split()))
    assert set(re.findall(r"`(\w+)`", told)) == timed
