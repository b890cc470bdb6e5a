"""Tests the processes that xdist's workers are: forks that have the modules, and each its own pipes, signals and end."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source import ROOT

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere xdist starts its workers by itself"
)

CONFTEST = """
from tests.support import workers

def pytest_xdist_setupnodes(config, specs):
    workers.begin(config, specs)
"""
# Notes the process that imports it, and the one that runs its test.
MODULE = """
import os
from pathlib import Path

def note(what):
    with open("notes", "a") as notes:
        notes.write(f"{what} {os.getpid()}\\n")

note("imported")

def test_it():
    note("ran")
    NEXT
"""
_SECONDS = 120


def started(folder: Path, *modules: str) -> "subprocess.Popen[str]":
    """Starts pytest with two workers on such modules, in a process group of its own."""
    (folder / "conftest.py").write_text(CONFTEST)
    for number, each in enumerate(modules):
        (folder / f"test_{number}.py").write_text(MODULE.replace("NEXT", each))
    command = [sys.executable, "-m", "pytest", "-p", "xdist", "-n", "2"]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def noted(folder: Path, what: str) -> list[int]:
    """Returns the processes that noted it."""
    return [int(pid) for pid in re.findall(rf"^{what} (\d+)$", (folder / "notes").read_text(), re.MULTILINE)]


def test_modules_are_imported_once_and_run_by_two_workers(tmp_path: Path) -> None:
    run = started(tmp_path, "assert True", "assert len('abc') == 4")
    told, _ = run.communicate(timeout=_SECONDS)
    assert "1 failed, 1 passed" in told
    assert "assert 3 == 4" in told  # pytest's own words, which it writes into a module that it imports
    imported, ran = noted(tmp_path, "imported"), noted(tmp_path, "ran")
    assert len(imported) == 2
    assert len(set(imported)) == 1
    assert len(set(ran)) == 2
    assert not set(ran) & {run.pid, *imported}


def test_a_module_that_cannot_be_imported_is_told(tmp_path: Path) -> None:
    run = started(tmp_path, "pass\n\n1 / 0")
    told, _ = run.communicate(timeout=_SECONDS)
    assert "ZeroDivisionError" in told
    assert run.returncode == pytest.ExitCode.TESTS_FAILED


def test_another_worker_takes_the_place_of_one_that_died(tmp_path: Path) -> None:
    told, _ = started(tmp_path, "os._exit(3)", "assert True", "assert True").communicate(timeout=_SECONDS)
    assert "crashed while running 'test_0.py::test_it'" in told
    assert "1 failed, 2 passed" in told


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_run(tmp_path: Path, how: signal.Signals) -> None:
    waits = "import time; Path('waits').touch(); time.sleep(600)"
    run = started(tmp_path, waits, waits.replace("waits", "waits too"))
    while not ((tmp_path / "waits").exists() and (tmp_path / "waits too").exists()):
        assert run.poll() is None, run.communicate()[0]
    if how == signal.SIGINT:  # as a terminal sends it, to all of them
        os.killpg(run.pid, how)
    else:
        run.kill()
    run.communicate(timeout=_SECONDS)  # until nobody has its output open
