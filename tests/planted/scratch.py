"""Runs tests in a scratch copy of the tree, with a bug planted in it or without.

A process for each copy imports what is not ours once, and makes a copy of itself for each run: importing takes longer
than most of these tests.
"""

import compileall
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from py_compile import PycInvalidationMode

from local.emulator.package import ROOT
from tests.planted.bugs import Bug, Unusable, place
from tests.planted.templates import holders, rewrite, templates

TIMEOUT = 300  # seconds; a bug that makes a test wait for longer is noticed by whoever waits
_OUTPUT = shutil.ignore_patterns(".*", "*.egg-info", "__pycache__")
_LIBRARIES = (
    "ahocorasick", "aws_lambda_powertools", "boto3", "cedarpy", "cryptography.x509", "dynamodb_encryption_sdk", "faker",
    "hypothesis.stateful", "jsonschema", "moto", "phonenumbers", "pydantic", "samtranslator", "simplejson",
    "stdnum", "yaml",
)  # fmt: skip
# Runs in the copy: whatever is installed, the packages under test have to be the copy's, and none of them may be there
# before a bug is planted. Reads runs, one a line; answers each with its process id, and its exit code once it has ended.
_INSIDE = """
import importlib, json, os, sys
from importlib.util import find_spec
from pathlib import Path
here = Path.cwd()
ours = sys.argv[1].split()
for name in ours:
    origin = find_spec(name).origin
    assert Path(origin).is_relative_to(here), f"{name} comes from {origin}"
import pytest
for name in sys.argv[2:]:
    importlib.import_module(name)
assert not {name.partition(".")[0] for name in sys.modules} & {*ours, "tests"}
print("ready", flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        for number, path in enumerate((os.devnull, asked["output"], asked["output"])):
            os.dup2(os.open(path, os.O_RDWR | os.O_APPEND), number)
        code = pytest.main(asked["options"])
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    print(pid, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
_FAILED_TESTS = 1  # pytest's exit code; others say that it could not run them


class Outcome(StrEnum):
    """Names the possible results of a run of tests."""

    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"  # the tests could not be run


@contextmanager
def copy(tree: Path) -> Iterator[Path]:
    """Gives a scratch copy of the tree, at this path."""
    shutil.copytree(ROOT, tree, ignore=_not_source)
    # A hash tells the interpreter of a planted bug; the time and the size of a file may not.
    compileall.compile_dir(tree, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    try:
        yield tree
    finally:
        shutil.rmtree(tree)


@contextmanager
def planted(bug: Bug, tree: Path) -> Iterator[None]:
    """Plants a bug into a scratch copy, and takes it out again."""
    file = tree / place(bug, tree)
    files = holders(bug.at, tree) if bug.at else [file]
    texts = {each: each.read_text(encoding="utf-8") for each in files}
    try:
        if bug.at:
            _weaken(bug, files)
        else:
            file.write_text(texts[file].replace(bug.old, bug.new), encoding="utf-8")
        yield
    finally:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")


def _weaken(bug: Bug, files: Sequence[Path]) -> None:
    try:
        for each in files:
            rewrite(each, bug.at, bug.value)
    except LookupError as error:
        raise Unusable(f"{bug.name}: {error}") from None


@contextmanager
def rewritten(tree: Path) -> Iterator[None]:
    """Writes all templates of a scratch copy anew as they are, as weaknesses are planted, and puts them back."""
    texts = {path: path.read_text(encoding="utf-8") for path in templates(tree)}
    for path in texts:
        rewrite(path)
    try:
        yield
    finally:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")


class Tree:
    """A scratch copy in which tests can be run."""

    def __init__(self, path: Path) -> None:
        """Starts the process that runs them; it is ready once the first run is asked for, or has said why not."""
        self.path = path
        paths = os.pathsep.join([str(path), str(path / "consumer")])
        # Loading all of pytest's plugins takes longer than most of these tests; tests/conftest.py needs Hypothesis' own.
        fast = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        self._output = tempfile.NamedTemporaryFile()  # noqa: SIM115 -- closed by close()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _INSIDE, " ".join(_packages(path)), *_LIBRARIES],
            cwd=path,
            env=os.environ | fast | {"PYTHONPATH": paths},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._output,
        )
        self._ready = self._line() == b"ready\n"

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()
        self._output.close()

    def run(self, selections: Sequence[str], *, limit: float | None = None) -> tuple[Outcome, str]:
        """Runs tests up to the first failure; returns what they said, and pytest's output.

        Whoever still runs after the limit, in seconds, has failed; it is TIMEOUT if none is given.
        """
        limit = TIMEOUT if limit is None else limit
        if not self._ready:
            return Outcome.BROKEN, self._said()
        self._output.truncate(0)
        options = ["-p", "hypothesispytest", "-x", "-q", "--no-header", "--tb=line", *selections]
        assert self._process.stdin
        self._process.stdin.write(
            json.dumps({"output": self._output.name, "options": options}).encode() + b"\n"
        )
        self._process.stdin.flush()
        pid = int(self._line())
        assert self._process.stdout
        if late := not select.select([self._process.stdout], [], [], limit)[0]:
            os.killpg(pid, signal.SIGKILL)
        code = int(self._line())
        if late:
            return Outcome.FAILED, f"waited for {limit} s"
        outcome = {0: Outcome.PASSED, _FAILED_TESTS: Outcome.FAILED}.get(code, Outcome.BROKEN)
        return outcome, self._said()

    def _line(self) -> bytes:
        assert self._process.stdout
        return self._process.stdout.readline()

    def _said(self) -> str:
        return Path(self._output.name).read_text(encoding="utf-8", errors="replace")


@contextmanager
def ready(path: Path) -> Iterator[Tree]:
    """Gives a scratch copy that is there already, to run tests in."""
    tree = Tree(path)
    try:
        yield tree
    finally:
        tree.close()


def _not_source(folder: str, names: list[str]) -> set[str]:
    return _OUTPUT(folder, names) | ({"build"} if Path(folder) == ROOT else set())


def _packages(tree: Path) -> list[str]:
    return sorted(path.parent.name for path in tree.glob("*/__init__.py"))
