"""Runs every request of the simulation in each parameter set: `python -m tests.support.security.simulated`.

Exit 1 if a request is decided otherwise than the table of walls says. Without node it is skipped, and fails under CI.
"""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.support.security.cases import Case, Stack, happy_paths, requests_of, table
from tests.support.security.others import others
from tests.support.security.simulation import decide_all
from tools.lint.settled import TEMPLATE, settled_sets
from tools.lint.witness import Unavailable, may_skip


def cases(stack: Stack, name: str) -> list[Case]:
    """Returns all cases of a parameter set."""
    return [*table(stack), *happy_paths(stack), *others(stack, name)]


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
    began = time.monotonic()
    # The table asks by names that the core alone does not have.
    whole = {
        name: each
        for name, each in settled_sets(Path.cwd() / TEMPLATE).items()
        if "ApiFunction" in each["Resources"]
    }
    stacks = {name: Stack(each) for name, each in whole.items()}
    tried = {name: cases(stack, name) for name, stack in stacks.items()}
    asked = [(stacks[name].policies, requests_of(some)) for name, some in tried.items()]
    try:
        decided = decide_all(asked)
    except Unavailable as missing:
        print(f"simulated: skipped: {missing}")
        return 0 if may_skip() else 1
    failed = False
    for (name, some), verdicts in zip(tried.items(), decided, strict=True):
        wrong = wrongly_decided(some, verdicts)
        failed = failed or bool(wrong)
        print("\n".join([f"simulated ({name}): {each}" for each in wrong] + [_told(name, some, wrong)]))
    print(f"simulated: {'failed' if failed else 'ok'} ({time.monotonic() - began:.0f} s)")
    return 1 if failed else 0


def _told(name: str, some: Sequence[Case], wrong: Sequence[str]) -> str:
    allowed = sum(each.allowed for each in some)
    return f"simulated ({name}): {allowed:,} cases allowed, {len(some) - allowed:,} denied, {len(wrong)} unexpected"


if __name__ == "__main__":
    sys.exit(main())
