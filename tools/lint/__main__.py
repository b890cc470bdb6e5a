"""Runs every check over the tree, or those that are named: `python -m tools.lint NAME ...`. Exit 1 for any problem."""

import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from tools.lint import cards, errors, licences, locks, logs, reprs, template, translated, validator
from tools.lint.witness import Unavailable, may_skip

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "OrderTokenizer")  # handlers are imported

CHECKS: dict[str, Callable[[Path], list[str]]] = {
    "logs": logs.values_in_logs,
    "errors": lambda root: errors.foreign_texts(root) + errors.pydantic_errors_with_inputs(root),
    "reprs": lambda _: reprs.talkative(reprs.product_classes()),
    "locks": locks.unpinned,
    "licences": licences.check,
    "cards": cards.in_tree,
    "template": template.findings,
    "translated": translated.findings,
    "validator": validator.findings,
}

# Those that start a program that takes its time.
PROGRAMS = frozenset({"template", "translated", "validator"})


def main(names: list[str]) -> int:
    """Runs checks and prints their problems; returns the exit code."""
    unknown = set(names) - set(CHECKS)
    if unknown:
        print(
            f"error: no such check: {', '.join(sorted(unknown))}\nhint: {', '.join(CHECKS)}", file=sys.stderr
        )
        return 2
    # Those that start a program first: the others run beside them.
    order = sorted(names or CHECKS, key=lambda name: name not in PROGRAMS)
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = list(pool.map(partial(_told, Path.cwd()), order))
    return 1 if any(found) else 0


def _told(root: Path, name: str) -> bool:
    """Runs a check and prints what it found; returns True if it failed."""
    began = time.monotonic()
    try:
        problems = CHECKS[name](root)
    except Unavailable as missing:
        failed, lines = not may_skip(), [f"skipped: {missing}"]
    else:
        failed, lines = bool(problems), problems
    verdict = "failed" if failed else "ok"
    closing = f"{name}: {verdict} ({time.monotonic() - began:.0f} s)"
    # In one call, so that what two checks print does not mix.
    print("\n".join([*(f"{name}: {each}" for each in lines), closing]), flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
