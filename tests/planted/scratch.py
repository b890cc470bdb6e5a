"""Runs tests in a scratch copy of the tree, with a bug planted in it or without."""

import compileall
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from py_compile import PycInvalidationMode

from local.emulator.package import ROOT
from tests.planted.bugs import Bug, Unusable, place
from tests.planted.templates import holders, rewrite, templates
from tests.support.preloaded import Preloaded, UnusableCopy

TIMEOUT = 300  # seconds; a bug that makes a test wait for longer is noticed by whoever waits
_OUTPUT = shutil.ignore_patterns(".*", "*.egg-info", "__pycache__")
_LIBRARIES = (
    "ahocorasick", "aws_lambda_powertools", "boto3", "cedarpy", "cryptography.x509", "dynamodb_encryption_sdk", "faker",
    "hypothesis.stateful", "jsonschema", "moto", "phonenumbers", "pydantic", "samtranslator", "simplejson",
    "stdnum", "yaml",
)  # fmt: skip
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
        # Loading all of pytest's plugins takes longer than most of these tests; tests/conftest.py needs Hypothesis' own.
        self._process = Preloaded(path, ("pytest", *_LIBRARIES), {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})

    def close(self) -> None:
        """Ends the process."""
        self._process.close()

    def run(self, selections: Sequence[str], *, limit: float | None = None) -> tuple[Outcome, str]:
        """Runs tests up to the first failure; returns what they said, and pytest's output.

        Whoever still runs after the limit, in seconds, has failed; it is TIMEOUT if none is given.
        """
        limit = TIMEOUT if limit is None else limit
        options = ["-p", "hypothesispytest", "-x", "-q", "--no-header", "--tb=line", *selections]
        try:
            done = self._process.run("pytest", options, limit=limit)
        except UnusableCopy as error:
            return Outcome.BROKEN, str(error)
        except subprocess.TimeoutExpired:
            return Outcome.FAILED, f"waited for {limit} s"
        outcome = {0: Outcome.PASSED, _FAILED_TESTS: Outcome.FAILED}.get(done.returncode, Outcome.BROKEN)
        return outcome, done.stdout + done.stderr


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
