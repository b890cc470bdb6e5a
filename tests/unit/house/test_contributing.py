"""CONTRIBUTING.md tells the truth: the folders are there, and each example's file defines what is named beside it."""

import ast
import re
from pathlib import Path

import pytest

from tests.support.source import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| [^|]+\? \| `([\w/]+\.py)` \| `([\w.]+)` \|$", TEXT, re.MULTILINE)
FOLDERS = re.findall(r"^\| ((?:`[\w/]+/`(?:, )?)+) \|", TEXT, re.MULTILINE)


def defined(body: list[ast.stmt]) -> set[str]:
    """Returns the names that a module defines, with the methods of its classes."""
    names: set[str] = set()
    for node in body:
        match node:
            case ast.FunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name, body=inner):
                names |= {name, *(f"{name}.{each}" for each in defined(inner))}
            case ast.Assign(targets=[ast.Name(id=name)]):
                names.add(name)
    return names


def test_all_five_examples_are_read() -> None:
    assert len(EXAMPLES) == 5


@pytest.mark.parametrize(("file", "name"), EXAMPLES)
def test_the_file_of_an_example_defines_what_is_named(file: str, name: str) -> None:
    assert name in defined(ast.parse((ROOT / file).read_text(encoding="utf-8")).body)


def test_a_name_that_is_only_imported_or_used_is_not_defined() -> None:
    source = "from a import b\nclass C:\n    def d(self): e()\nF = 1\n"
    assert defined(ast.parse(source).body) == {"C", "C.d", "F"}


def test_every_folder_with_code_is_in_the_table() -> None:
    listed = {name for row in FOLDERS for name in re.findall(r"`([\w/]+)/`", row)}
    assert [each for each in listed if not (ROOT / each).is_dir()] == []
    with_code = {each.parent.name for each in ROOT.glob("*/__init__.py")}
    assert with_code - listed - {"tests"} == set()


def test_the_suites_that_are_named_are_there() -> None:
    named = set(re.findall(r"`(tests/\w+)`", TEXT))
    assert len(named) > 4
    assert [each for each in named if not Path(ROOT, each).is_dir()] == []
