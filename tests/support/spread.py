"""Decides in which order the tests are spread over the workers of xdist, module by module (`--dist loadfile`).

A module runs in one worker, so what its tests share is made once. The local stack's modules come first, so that a worker's
stack can end with the last of them; among them, and among the others, long ones come first, so that no worker is left with one
at the end. One worker begins with the others: a stack's tests wait a lot, and leave it a core. (`--dist loadgroup` has no effect
with pytest 9.2: xdist 3.8 writes the group where pytest no longer reads it.)
"""

from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

TESTS = Path(__file__).parents[1]

# Modules that take more than some seconds, the longest first.
LONGEST = (
    "e2e/test_replay.py",
    "e2e/test_make.py",
    "e2e/test_canaries.py",
    "e2e/test_openapi.py",
    "e2e/test_runbook.py",
    "e2e/test_faults.py",
    "e2e/test_live_page.py",
    "e2e/test_audit.py",
    "e2e/test_setup.py",
    "e2e/test_recovery.py",
    "e2e/test_rekey.py",
    "e2e/test_lake.py",
    "e2e/test_pages.py",
    "e2e/test_load.py",
    "e2e/test_api_page.py",
    "e2e/test_consumer_kit.py",
    "e2e/test_walls.py",
    "e2e/test_budgets.py",
    "security/test_walls.py",
    "security/attacks/test_guessing.py",
    "security/attacks/test_rights.py",
    "e2e/test_api.py",
    "e2e/test_erase.py",
    "unit/docs/test_new_event_type_page.py",
    "artifacts/test_artifacts.py",
    "unit/tools/schemas/test_drafts.py",
    "unit/ops/test_screens.py",
    "security/test_witnesses.py",
    "faults/test_state_machine.py",
    "faults/test_crash_points.py",
    "faults/test_outages.py",
    "faults/test_deaths.py",
    "integration/test_erase_between_writes.py",
    "integration/test_erase.py",
    "integration/test_call_counts.py",
    "planted/test_bugs.py",
    "security/test_simulated.py",
    "unit/bench/test_regression.py",
    "unit/bench/test_guard_rates.py",
    "faults/test_aggregates.py",
    "integration/test_formats.py",
    "unit/bench/test_write_units.py",
    "faults/test_poisonous_orders.py",
    "property/test_nothing_leaks.py",
)
_RANKS = {name: rank for rank, name in enumerate(LONGEST)}


def arrange(items: list[pytest.Item]) -> None:
    """Puts the local stack's modules first, the longest of them before the others; the same in every worker."""
    items.sort(key=_rank)


def needs_stack(item: pytest.Item) -> bool:
    """Returns whether a test may use the local stack that its worker has."""
    return item.get_closest_marker("e2e") is not None


class Scheduler(LoadFileScheduling):
    """Gives the last of several workers the modules that need no stack, as long as there are any."""

    def _assign_work_unit(self, node: WorkerController) -> None:
        if len(self.nodes) > 1 and node is self.nodes[-1]:
            without = (module for module in self.workqueue if not module_needs_stack(module))
            self.workqueue.move_to_end(next(without, next(iter(self.workqueue))), last=False)
        super()._assign_work_unit(node)


@cache
def module_needs_stack(module: str) -> bool:
    """Returns whether a module has tests that may use the stack. The process that spreads tests has not collected them."""
    return "pytest.mark.e2e" in (TESTS.parent / module).read_text(encoding="utf-8")


def _module(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).as_posix()


def _rank(item: pytest.Item) -> tuple[bool, int, str]:
    module = _module(item)
    return not needs_stack(item), _RANKS.get(module, len(_RANKS)), module
