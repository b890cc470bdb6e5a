"""Reads the planted bugs and finds the places that they change. A bug is a TOML file `bugs/<kind>/<name>.toml`.

    what = "one sentence: what the product does wrong with the bug in it"
    old = '''text of the product, which stands in exactly one place'''
    new = '''what a tired developer would write there'''
    tests = ["test_module", "test_module::test_name"]  # who should bite, as few as is honest
    files = "**/*.py"   # where to look for `old`; left out: every Python file but the tests
    survives = "..."    # left out, unless no test can tell: why

A weakness of the template has, instead of `old` and `new`, a place in it and a value:

    at = "Resources/VaultTable/Properties/DeletionProtectionEnabled"   # tests/planted/templates.py says what a path is
    value = false       # left out: what is at that place goes

Neither a bug nor its tests are named by folder, so files and folders may move as they like; `security/test_api` tells two
modules of one name apart.
"""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from local.emulator.package import ROOT
from tests.planted.templates import GONE, fits, holders

BUGS = Path(__file__).parent / "bugs"
PYTHON = "**/*.py"
_NOT_PRODUCT = frozenset({"tests", "build"})  # at the top
_KEYS = frozenset({"what", "old", "new", "at", "value", "tests", "files", "survives"})


class Unusable(Exception):
    """A bug that can't be planted, or whose tests can't be found."""


@dataclass(frozen=True)
class Bug:
    """One planted bug. `kind` is its folder, `survives` the reason why no test can tell, if there is one."""

    name: str
    kind: str
    what: str
    tests: tuple[str, ...]
    old: str = ""
    new: str = ""
    at: str = ""
    value: Any = GONE
    files: str = PYTHON
    survives: str = ""


def bugs(names: Sequence[str] = (), folder: Path = BUGS) -> list[Bug]:
    """Returns the bugs of these names or kinds, or all.

    Raises:
        Unusable: a name is neither a bug's nor a kind's, or a file is not as it should be.
    """
    found = [_read(path) for path in sorted(folder.glob("*/*.toml"))]
    known = {bug.name for bug in found} | {bug.kind for bug in found}
    if unknown := [name for name in names if name not in known]:
        raise Unusable(f"no such bug or kind: {', '.join(unknown)}")
    return [bug for bug in found if not names or bug.name in names or bug.kind in names]


def place(bug: Bug, tree: Path = ROOT) -> Path:
    """Returns the file of a tree that the bug changes, relative to the tree.

    Raises:
        Unusable: the old text, or the template's resource, stands nowhere, or more than once.
    """
    if bug.at:
        found = holders(bug.at, tree)
        if not fits(bug.at, found):
            raise Unusable(f"{bug.name}: its resource is in {len(found)} templates")
        return found[0].relative_to(tree)
    counts = {path: text.count(bug.old) for path, text in _product(tree, bug.files).items()}
    places = [path for path, count in counts.items() for _ in range(count)]
    if len(places) != 1:
        raise Unusable(f"{bug.name}: its old text stands in {len(places)} places")
    return places[0].relative_to(tree)


def selections(bug: Bug, tree: Path = ROOT) -> list[str]:
    """Returns pytest's names of the tests that should bite, with the paths that they have today.

    Raises:
        Unusable: a test does not exist, or its name fits two files.
    """
    return [_selection(bug, test, tree) for test in bug.tests]


def _read(path: Path) -> Bug:
    held = tomllib.loads(path.read_text(encoding="utf-8"))
    if unknown := held.keys() - _KEYS:
        raise Unusable(f"{path.name}: unknown keys {sorted(unknown)}")
    edits = {"at"} if "at" in held else {"old", "new"}
    if missing := ({"what", "tests"} | edits) - held.keys():
        raise Unusable(f"{path.name}: lacks {sorted(missing)}")
    if not held["tests"] or ("old" in held and held["old"] == held["new"]):
        raise Unusable(f"{path.name}: names no tests, or changes nothing")
    return Bug(name=path.stem, kind=path.parent.name, **{**held, "tests": tuple(held["tests"])})


@cache
def _product(tree: Path, pattern: str) -> dict[Path, str]:
    """Returns the product's files in a tree without bugs: it is read once, and each bug is taken out before the next."""
    return {
        path: path.read_text(encoding="utf-8")
        for path in sorted(tree.glob(pattern))
        if _of_product(path, tree)
    }


@cache
def _tests(tree: Path) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted((tree / "tests").rglob("*.py"))}


def _of_product(path: Path, tree: Path) -> bool:
    folders = path.relative_to(tree).parts[:-1]
    hidden = any(folder.startswith(".") for folder in folders)
    return not hidden and not _NOT_PRODUCT.intersection(folders[:1])


def _selection(bug: Bug, test: str, tree: Path) -> str:
    module, _, function = test.partition("::")
    name = function.partition("[")[0]
    modules = [
        path
        for path, text in _tests(tree).items()
        if path.match(f"{module}.py")
        and (not name or re.search(rf"^(?:async )?def {re.escape(name)}\(", text, re.MULTILINE))
    ]
    if len(modules) != 1:
        raise Unusable(f"{bug.name}: {test} is in {len(modules)} files")
    return "::".join([modules[0].relative_to(tree).as_posix(), *([function] if function else [])])
