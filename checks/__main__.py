"""`python -m checks`: every check over the tree at hand; `python -m checks NAME ...` for some. Exit 1 for any problem."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from checks import cards, errors, licences, locks, logs, reprs, secrets, template

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "OrderTokenizer")  # handlers are imported

CHECKS: dict[str, Callable[[Path], list[str]]] = {
    "logs": logs.values_in_logs,
    "errors": lambda root: errors.foreign_texts(root) + errors.pydantic_errors_with_inputs(root),
    "reprs": lambda _: reprs.talkative(reprs.product_classes()),
    "locks": locks.unpinned,
    "licences": licences.check,
    "cards": cards.in_tree,
    "secrets": secrets.in_tree,
    "template": template.findings,
}


def main(names: list[str]) -> int:
    """Run checks and print their problems; returns the exit code."""
    unknown = set(names) - set(CHECKS)
    if unknown:
        print(
            f"error: no such check: {', '.join(sorted(unknown))}\nhint: {', '.join(CHECKS)}", file=sys.stderr
        )
        return 2
    found = {name: CHECKS[name](Path.cwd()) for name in names or CHECKS}
    for name, problems in found.items():
        for problem in problems:
            print(f"{name}: {problem}")
    counts = ", ".join(f"{name} {len(problems)}" for name, problems in found.items())
    print(f"checks: {counts}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
