"""Puts a run into the docs: its tables into their pages, its JSON and charts beside them."""

import json
import re
from pathlib import Path
from typing import Any

from bench.report.charts import charts
from bench.report.tables import tables

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (DOCS / "performance.md", DOCS / "capacity.md")
KEPT = DOCS / "performance"
_PLACE = "<!-- {0} -->\n{1}\n<!-- /{0} -->"


def keep(results: dict[str, Any]) -> None:
    """Makes a run the one that the docs quote."""
    KEPT.mkdir(exist_ok=True)
    (KEPT / "run.json").write_text(json.dumps(results, indent=1) + "\n")
    for name, drawing in charts(results).items():
        (KEPT / f"{name}.svg").write_text(drawing)
    for page in PAGES:
        page.write_text(filled(page.read_text(), results))


def filled(page: str, results: dict[str, Any]) -> str:
    """Returns the page with a run's tables in their places."""
    for table in tables(results):
        place = re.compile(rf"<!-- {table.name} -->\n.*?<!-- /{table.name} -->", re.DOTALL)
        written = _PLACE.format(table.name, table.markdown())
        page = place.sub(lambda _, written=written: written, page)  # type: ignore[misc]
    return page
