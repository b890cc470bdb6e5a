"""`python -m tests.security.simulated`: every request of the simulation, in each parameter set; part of `make lint`.

Exit 1 if a request is decided otherwise than the table of walls says. Without node it is skipped, and fails under CI.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from checks.settled import TEMPLATE, Template, settled_sets
from checks.witness import Unavailable, may_skip
from tests.security.cases import Case, Stack, happy_paths, requests_of, table
from tests.security.others import others
from tests.security.simulation import decide


def cases(stack: Stack, name: str) -> list[Case]:
    """Returns all cases of a parameter set."""
    return [*table(stack), *happy_paths(stack), *others(stack, name)]


def unexpected(template: Template, name: str) -> tuple[int, list[str]]:
    """Returns how many requests were decided, and what came out otherwise than expected."""
    stack = Stack(template)
    tried = cases(stack, name)
    decided = decide(stack.policies, requests_of(tried))
    return len(decided), wrongly_decided(tried, decided)


def wrongly_decided(tried: Sequence[Case], decided: Sequence[bool | None]) -> list[str]:
    """Returns the cases that came out otherwise than expected."""
    left = iter(decided)
    return [
        f"{case.what}: {'denied' if case.allowed else 'allowed'}"
        for case in tried
        if not case.as_expected([next(left) for _ in case.requests])
    ]


def main() -> int:
    """Decides all requests and prints a line for each parameter set; returns the exit code."""
    failed = False
    for name, template in settled_sets(Path.cwd() / TEMPLATE).items():
        began = time.monotonic()
        try:
            count, wrong = unexpected(template, name)
        except Unavailable as missing:
            print(f"simulated: skipped: {missing}")
            return 0 if may_skip() else 1
        for each in wrong:
            print(f"simulated ({name}): {each}")
        failed = failed or bool(wrong)
        print(
            f"simulated ({name}): {count:,} requests, {len(wrong)} unexpected ({time.monotonic() - began:.0f} s)"
        )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
