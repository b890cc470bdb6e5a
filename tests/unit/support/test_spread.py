"""Tests how tests are spread over workers: a module stays in one worker, and the longest modules come first."""

import os
import re
import subprocess
import sys

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
