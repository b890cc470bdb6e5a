"""The docs quote the run that is kept beside them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bench.report.page import KEPT, PAGES, filled
from bench.report.tables import tables
from bench.suite import SUITES

RUN: dict[str, Any] = json.loads((KEPT / "run.json").read_text())


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_page_has_the_tables_of_the_kept_run(page: Path) -> None:
    assert filled(page.read_text(), RUN) == page.read_text()


def test_every_section_was_run_and_each_of_its_tables_has_its_place() -> None:
    assert RUN.keys() == SUITES.keys()
    pages = "".join(page.read_text() for page in PAGES)
    assert all(f"<!-- {table.name} -->\n| " in pages for table in tables(RUN))


def test_another_run_would_change_the_page() -> None:
    page = PAGES[0].read_text()
    other = {**RUN, "memory": {"peak_mib": 12_345.0}}
    assert "12,345" in filled(page, other)
    assert "12,345" not in page


def test_nothing_in_the_kept_run_grows_faster_than_linear_and_the_model_holds() -> None:
    assert all(curve["linear"] for name, curve in RUN["growth"].items() if name != "run")
    assert all(each["agree"] for each in RUN["simulation"]["scenarios"].values())


def test_the_readme_quotes_ratios_of_the_kept_run() -> None:
    row = next(
        line for line in Path("README.md").read_text().splitlines() if line.endswith("| `make bench` |")
    )
    baseline, kinder = (int(each.replace(",", "")) for each in re.findall(r"([0-9,]+) times", row))
    assert round(RUN["engine"]["batches"]["100"]["five fields to baseline"]) == baseline
    assert RUN["peers"]["ways"]["the same, one botocore session"]["times ours"] >= kinder
