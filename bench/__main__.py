"""Runs every benchmark (`python -m bench`); prints tables and writes results to `bench/results/*.json`.

Each suite runs in a process of its own, one after the other. `--keep` makes this run the one that the docs quote.
Exit 1 if a suite failed or something grows faster than linear; a missed target is shown, and no failure.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.report import page
from bench.report.table import ResultTable
from bench.report.tables import tables
from bench.suite import SUITES

RESULTS = Path(__file__).parent / "results"
_WIDE = 130  # columns in a log


def main(arguments: list[str] | None = None) -> int:
    """Measures, writes and prints."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="What tokenizing costs.")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"of {', '.join(SUITES)}; all")
    parser.add_argument("--keep", action="store_true", help="quote this run in docs/performance.md")
    options = parser.parse_args(arguments)
    unknown = set(options.suites) - set(SUITES)
    if unknown:
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")
    console = Console(width=None if sys.stdout.isatty() else _WIDE)
    failed = [name for name in options.suites or SUITES if not _measured(name, console)]
    results = _results()
    for table in tables(results):
        console.print(_shown(table))
    if options.keep:
        page.keep(results)
    steep = [name for name, curve in results.get("growth", {}).items() if not curve.get("linear", True)]
    for name in failed:
        console.print(f"error: {name} failed")
    for name in steep:
        console.print(f"error: {name}: the cost grows faster than linear")
    return 1 if failed or steep else 0


def _measured(name: str, console: Console) -> bool:
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{name}.json"
    file.unlink(missing_ok=True)
    with console.status(f"measuring: {name}"):
        command = [sys.executable, "-W", "ignore", "-m", "bench.suite", name, str(file)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if done.returncode == 0:
        console.print(f"{name}: {json.loads(file.read_text())['run']['seconds']} s")
    return done.returncode == 0


def _results() -> dict[str, Any]:
    files = (RESULTS / f"{name}.json" for name in SUITES)
    return {file.stem: json.loads(file.read_text()) for file in files if file.exists()}


def _shown(table: ResultTable) -> Table:
    shown = Table(title=table.title, title_justify="left")
    for at, column in enumerate(table.head):
        shown.add_column(column, justify="right" if at else "left")
    for row in table.rows:
        shown.add_row(*(cell.replace("**", "") for cell in row))
    return shown


if __name__ == "__main__":
    sys.exit(main())
