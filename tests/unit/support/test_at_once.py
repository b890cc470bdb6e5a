"""Tests that a failure is shown when it happens, with and without workers, and not only when all tests are done."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.source import ROOT

MODULE = """
import pytest

def test_first():
    assert 1 == 2, "the reason"

@pytest.fixture
def broken():
    raise ValueError("no such thing")

def test_second(broken):
    pass

def test_third():
    pass
"""


@pytest.mark.parametrize("options", [[], ["-p", "xdist", "-n", "1"]], ids=["alone", "a worker"])
def test_each_failure_is_shown_before_the_summary_begins(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "test_it.py").write_text(MODULE, encoding="utf-8")
    # What the suite's own conftest registers, without what else it needs.
    (tmp_path / "conftest.py").write_text(
        "from tests.support import at_once\n\ndef pytest_sessionstart(session):\n    at_once.shown(session.config)\n",
        encoding="utf-8",
    )
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--no-header",
        "-p",
        "no:cacheprovider",
        *options,
        "test_it.py",
    ]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    so_far = done.stdout.partition("= ERRORS =")[0].partition("= FAILURES =")[0]
    assert re.findall(r"^FAILED.*$", so_far, re.MULTILINE) == [
        "FAILED test_it.py::test_first - AssertionError: the reason",
        "FAILED at setup test_it.py::test_second - ValueError: no such thing",
    ], done.stdout + done.stderr


def test_the_suite_shows_its_failures_so() -> None:
    assert (
        "    at_once.shown(session.config)"
        in (ROOT / "tests/conftest.py").read_text(encoding="utf-8").splitlines()
    )
