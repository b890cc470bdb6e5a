"""Tests the environments that make sets up: complete, or made again. A small project stands for ours."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support import terminal
from tools.lint import locks

pytestmark = [pytest.mark.e2e, pytest.mark.build]

OURS = ("Makefile", "requirements/environment.py", "requirements/uv.lock")
PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "{0}"
version = "1"
[tool.setuptools]
packages = []
"""
DEMO = {"setuptools", "uv", "six"}
LOCKS = {"demo": DEMO, "dev": DEMO | {"iniconfig"}, "scan": {"six"}, "validate": {"iniconfig"}}
INSTALLED = (
    "from importlib.metadata import distributions; print(*sorted(each.name for each in distributions()))"
)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Returns a project with locks of a few small packages."""
    for name in OURS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(name, tmp_path / name)
    for folder, name in ((tmp_path, "project"), (tmp_path / "consumer", "kit")):
        folder.mkdir(exist_ok=True)
        (folder / "pyproject.toml").write_text(PROJECT.format(name))
    for name, packages in LOCKS.items():
        (tmp_path / f"requirements/{name}.lock").write_text(_locked(packages))
    return tmp_path


def _locked(packages: set[str]) -> str:
    lines = locks.lines(Path("requirements/dev.lock"))
    return "".join(f"{line}\n" for line in lines if line.partition("==")[0] in packages)


def _command(words: Sequence[str]) -> list[str]:
    return [shutil.which("make") or "", *words]


def _environment(**more: str) -> dict[str, str]:
    given = {key: value for key, value in os.environ.items() if not key.startswith(("MAKE", "MFLAGS"))}
    return given | {"PYTHON": sys.executable} | more


def start(tree: Path, *words: str, **more: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        _command(words),
        cwd=tree,
        env=_environment(**more),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def make(tree: Path, *words: str, expect: int = 0, **more: str) -> str:
    child = start(tree, *words, **more)
    text, _ = child.communicate(timeout=1_200)
    assert child.returncode == expect, text
    return text


def installed(tree: Path, folder: str = ".venv") -> set[str]:
    done = subprocess.run([tree / folder / "bin/python", "-c", INSTALLED], capture_output=True, text=True, check=True)  # fmt: skip
    return set(done.stdout.split())


@pytest.mark.big
def test_the_rest_comes_on_top_of_the_demos_packages_and_both_say_what_they_do(tree: Path) -> None:
    first = make(tree, ".venv/.demo")
    assert first.startswith("setting up .venv from requirements/demo.lock")
    assert "Installed" in first
    assert ".venv is ready: " in first.splitlines()[-1]
    assert installed(tree) == DEMO | {"project", "kit", "pip"}

    assert "Installed 1 package " in make(tree, "setup")
    assert installed(tree) == DEMO | {"project", "kit", "pip", "iniconfig"}
    assert make(tree, "setup") == "make: Nothing to be done for 'setup'.\n"

    assert "Installed 2 packages " in make(tree, ".venv-scan/.ready")
    assert installed(tree, ".venv-scan") == {"six", "iniconfig"}

    # A system's upgrade took the Python away.
    (tree / ".venv/bin/python").unlink()
    (tree / ".venv/bin/python").symlink_to(tree / "gone")
    make(tree, "setup")
    assert installed(tree) == DEMO | {"project", "kit", "pip", "iniconfig"}


@pytest.mark.big
def test_a_set_up_that_was_killed_anywhere_is_repaired_by_two_at_once_that_wait_for_each_other(
    tree: Path,
) -> None:
    for point in ("Resolved", "Installed"):
        child = start(tree, "setup")
        assert child.stdout
        assert any(point in line for line in child.stdout), point
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        assert not (tree / ".venv/.ready").exists(), point
    both = [start(tree, "setup"), start(tree, ".venv/.demo")]
    texts = [child.communicate(timeout=1_200)[0] for child in both]
    assert [child.returncode for child in both] == [0, 0], texts
    assert len([text for text in texts if "waiting for another set-up" in text]) == 1
    assert installed(tree) == DEMO | {"project", "kit", "pip", "iniconfig"}


def test_ctrl_c_at_a_terminal_ends_it_in_a_sentence(tree: Path) -> None:
    shown = terminal.run(_command(["setup"]), cwd=tree, environment=_environment(), interrupt_at="setting up")
    assert shown.code != 0
    assert "error: interrupted\nhint: " in shown.text
    assert "Traceback" not in shown.text
    assert not (tree / ".venv/.ready").exists()


@pytest.mark.big
def test_what_is_not_what_was_locked_is_not_installed_with_an_old_pip_either(tree: Path) -> None:
    # This Python's pip can't fill another environment, so its own wheel of pip fetches uv.
    (tree / "old/pip-21.0.dist-info").mkdir(parents=True)
    (tree / "old/pip-21.0.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: pip\nVersion: 21.0\n")
    lock = tree / "requirements/demo.lock"
    lock.write_text(lock.read_text().replace("six==1.17.0", "six==1.16.0"))
    text = make(tree, ".venv/.demo", expect=2, PYTHONPATH=str(tree / "old"))
    assert "hint: " in text
    assert not (tree / ".venv/.demo").exists()
    assert {"uv", "pip"} <= installed(tree)
    assert "six" not in installed(tree)


@pytest.mark.big
def test_where_uv_finds_no_index_pip_installs_the_same(tree: Path) -> None:
    text = make(tree, ".venv/.demo", UV_OFFLINE="1", UV_CACHE_DIR=str(tree / "empty"))
    assert "with pip it takes a minute or two" in text
    assert installed(tree) == DEMO | {"project", "kit", "pip"}


OLD = "import sys; sys.version_info = (3, 10, 14, 'final', 0); exec(sys.argv[1])"


@pytest.mark.parametrize("python", ["nosuch", "old"])
def test_a_python_that_is_missing_or_too_old_is_one_sentence_and_a_hint(tree: Path, python: str) -> None:
    old = tree / "old"
    old.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{OLD}" "$2"\n')
    old.chmod(0o755)
    name = str(tree / python)
    text = make(tree, ".venv/.demo", expect=2, PYTHON=name)
    assert text.splitlines()[:2] == [
        f"error: {name} is not a Python 3.11 or newer",
        "hint: install one, or name another: make PYTHON=python3.13 ...",
    ]
    assert not (tree / ".venv").exists()


def test_a_python_without_ensurepip_is_one_sentence_and_a_hint(tree: Path) -> None:
    (tree / "less").mkdir()
    (tree / "less/ensurepip.py").write_text("raise ImportError")
    text = make(tree, ".venv/.demo", expect=2, PYTHONPATH=str(tree / "less"))
    assert "its module ensurepip is missing\nhint: apt install python3." in text
    assert not (tree / ".venv").exists()
