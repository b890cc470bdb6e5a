"""Decides how the tests are spread over the workers of xdist (`--dist loadgroup`): groups, and their order.

A group runs in one worker, so what its tests share is made once. A module is a group unless it names others by
`pytest.mark.xdist_group`. Long groups come first, so that no worker is left with one at the end.
"""

from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

# Modules that take more than some seconds, the longest first. All others come after them, the stack's before the rest.
LONGEST = (
    "e2e/test_replay.py",
    "e2e/test_faults.py",
    "e2e/test_canaries.py",
    "e2e/test_make.py",
    "e2e/test_audit.py",
    "e2e/test_openapi.py",
    "e2e/test_lake.py",
    "e2e/test_setup.py",
    "e2e/test_load.py",
    "e2e/test_pages.py",
    "e2e/test_budgets.py",
    "e2e/test_rekey.py",
    "e2e/test_walls.py",
    "security/test_walls.py",
    "e2e/test_api.py",
    "e2e/test_erase.py",
    "artifacts/test_artifacts.py",
    "security/test_witnesses.py",
    "security/test_simulated.py",
    "faults/test_outages.py",
    "faults/test_state_machine.py",
    "faults/test_crash_points.py",
    "integration/test_call_counts.py",
    "unit/bench/test_regression.py",
    "property/test_nothing_leaks.py",
)
_RANKS = {name: rank for rank, name in enumerate(LONGEST)}


def arrange(items: list[pytest.Item]) -> None:
    """Groups the tests by module where they name no group, and puts the longest first."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_module(item)))
    items.sort(key=_rank)


def _module(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).as_posix()


def _rank(item: pytest.Item) -> tuple[int, bool]:
    return _RANKS.get(_module(item), len(_RANKS)), item.get_closest_marker("e2e") is None
