"""Tests how tests are spread over workers: a module stays in one worker, and the longest modules come first."""

import os
import re
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support import spread
from tests.support.source import ROOT

# Small modules with several tests each; the workers get one each.
MODULES = ("tests/unit/house/test_contributing.py", "tests/unit/house/test_ci.py")


def test_every_module_that_is_named_as_long_is_there() -> None:
    assert [each for each in spread.LONGEST if not (spread.TESTS / each).is_file()] == []


def test_the_stacks_modules_come_first_and_the_longest_before_the_others(
    request: pytest.FixtureRequest,
) -> None:
    def item(module: str, *marks: pytest.MarkDecorator) -> pytest.Item:
        found = pytest.Function.from_parent(
            request.node.parent, name="test_it", callobj=lambda: None, originalname="test_it"
        )
        found.path = spread.TESTS / module
        for each in marks:
            found.add_marker(each)
        return found

    items = [
        item("unit/docs/test_links.py"),
        item("e2e/test_watching.py", pytest.mark.e2e),
        item("faults/test_outages.py"),
        item(spread.LONGEST[1], pytest.mark.e2e),
        item("faults/test_state_machine.py"),
        item(spread.LONGEST[0], pytest.mark.e2e),
    ]
    spread.arrange(items)
    assert [each.path.relative_to(spread.TESTS).as_posix() for each in items] == [
        *spread.LONGEST[:2],
        "e2e/test_watching.py",
        "faults/test_state_machine.py",
        "faults/test_outages.py",
        "unit/docs/test_links.py",
    ]


class Node:
    """A worker, as the scheduler sees it."""

    gateway = SimpleNamespace(id="gw")
    shutting_down = False

    def __init__(self) -> None:
        self.indices: list[int] = []
        self.send_runtest_some = self.indices.extend

    def shutdown(self) -> None:
        self.shutting_down = True


def test_one_of_several_workers_begins_with_modules_that_need_no_stack() -> None:
    modules = ["tests/e2e/test_replay.py", "tests/e2e/test_audit.py", "tests/security/test_walls.py"]
    others = ["tests/faults/test_outages.py", "tests/faults/test_deaths.py", "tests/unit/docs/test_links.py"]
    collected = [f"{module}::test_{number}" for module in [*modules, *others] for number in range(3)]
    assert _given(collected, workers=1) == [[*modules, *others]]
    assert _given(collected, workers=2) == [modules, others]
    assert _given(collected, workers=3) == [modules[::2], [modules[1], others[1]], others[::2]]
    # Whoever has no others left helps with the stack's.
    assert _given(collected[:12], workers=2) == [modules[:2], [others[0], modules[2]]]


def _given(collected: list[str], workers: int) -> list[list[str]]:
    """Returns the modules that each worker gets, if they run one test after the other, and each takes as long."""
    options: Any = SimpleNamespace(
        getvalue=lambda _: ["popen"] * workers, option=SimpleNamespace(loadscopereorder=False)
    )
    scheduler = spread.Scheduler(options)
    nodes: list[Any] = [Node() for _ in range(workers)]
    for node in nodes:
        scheduler.add_node(node)
        scheduler.add_node_collection(node, collected)
    scheduler.schedule()
    done = 0
    while not scheduler.tests_finished or any(len(node.indices) > done for node in nodes):
        for node in nodes:
            for index in node.indices[done : done + 1]:
                scheduler.mark_test_complete(node, index)
        done += 1
    return [
        list(dict.fromkeys(collected[each].partition("::")[0] for each in node.indices)) for node in nodes
    ]


def test_a_module_of_the_stack_says_so_in_its_text(request: pytest.FixtureRequest) -> None:
    """The process that spreads the tests reads it there."""
    with_stack = {
        item.nodeid.partition("::")[0] for item in request.session.items if spread.needs_stack(item)
    }
    assert [module for module in with_stack if not spread.module_needs_stack(module)] == []
    assert [spread.module_needs_stack(each) for each in ("tests/e2e/test_api.py", *MODULES)] == [
        True,
        False,
        False,
    ]


def test_a_module_stays_in_one_worker_with_the_options_of_make_test() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (options,) = re.findall(r"^PYTEST = .* -n \$\(WORKERS\) (.*)$", makefile, re.MULTILINE)
    # The other plugins have no part in this, and take longer to load than the tests to run.
    plugins = ["-p", "xdist", "-p", "xdist.looponfail", "-p", "hypothesispytest"]
    command = [sys.executable, "-m", "pytest", *plugins, "-v", "-n", "2", *options.split(), *MODULES]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=1_200
    )
    workers: dict[str, set[str]] = {module: set() for module in MODULES}
    for worker, module in re.findall(r"^\[(gw\d)\].* (tests/\S+?\.py)::", done.stdout, re.MULTILINE):
        workers[module].add(worker)
    assert sorted(len(each) for each in workers.values()) == [1, 1], done.stdout
    assert len(set.union(*workers.values())) == 2
