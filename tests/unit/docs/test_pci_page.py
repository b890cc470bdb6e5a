"""docs/pci.md names tests, files and resources, each by the file that has it; each of them is there."""

import ast
import re
from pathlib import Path

import pytest

from local.emulator.package import ROOT
from local.emulator.template import load, read

PAGE = (ROOT / "docs/pci.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([^`\s]+)`", PAGE)))
TESTS = [each for each in NAMED if "::" in each]
RESOURCES = [each for each in NAMED if ".yaml#" in each]
FILES = [each for each in NAMED if re.fullmatch(r"[\w/.-]+/[\w.-]+\.[a-z]+", each)]
PARAMETERS = [each for each in NAMED if re.fullmatch(r"(?:[A-Z][a-z]+){2,}", each)]
ROWS = re.findall(r"^\| (?:\d|G\d).*$", PAGE.partition("## Shown by")[0], re.MULTILINE)
LINKS = sorted(set(re.findall(r"\]\(([^)]+)\)", PAGE)))


def named_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}


def test_the_page_names_something_of_each_kind() -> None:
    assert min(map(len, (TESTS, RESOURCES, FILES, PARAMETERS, LINKS))) > 3


@pytest.mark.parametrize("named", TESTS)
def test_each_test_is_there(named: str) -> None:
    path, _, name = named.partition("::")
    assert name in named_in(ROOT / path)


@pytest.mark.parametrize("named", [*FILES, *(f"docs/{each}" for each in LINKS)])
def test_each_file_is_there(named: str) -> None:
    assert (ROOT / named).is_file()


@pytest.mark.parametrize("named", RESOURCES)
def test_each_resource_is_in_the_file_that_is_named(named: str) -> None:
    path, _, name = named.partition("#")
    assert name in read(ROOT / path)["Resources"]


@pytest.mark.parametrize("named", PARAMETERS)
def test_each_parameter_is_in_the_template(named: str) -> None:
    assert named in load(ROOT / "template.yaml")["Parameters"]


@pytest.mark.parametrize("row", ROWS)
def test_each_row_says_whether_it_is_met(row: str) -> None:
    assert row.split(" | ")[2] in {"yes", "partly", "no", "operator"}
