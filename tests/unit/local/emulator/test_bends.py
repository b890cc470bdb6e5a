"""Tests that each change of the emulator's template is in docs/local-stack.md, with a test that would see it on AWS."""

import copy
import importlib
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from local.emulator import template as adapting
from local.emulator.bends import BENDS, BY_CALLS
from local.emulator.package import ROOT
from local.emulator.template import for_emulator, load
from tests.support.security.deployed import Stack, deployed
from tools.lint.settled import PARAMETER_SETS, plain_template, settled, translated

pytestmark = pytest.mark.slow

Template = dict[str, Any]
PAGE = (ROOT / "docs/local-stack.md").read_text()
ROWS = {
    cells[0]: cells[2]
    for line in PAGE.splitlines()
    if len(cells := [each.strip() for each in line.strip("|").split(" | ")]) == 3 and "`tests/" in cells[2]
}
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@pytest.fixture(scope="module")
def real() -> Template:
    return load(ROOT / "template.yaml")


def witnesses(name: str) -> list[Callable[[Any], Any]]:
    """Returns the checks and tests that the page names for a bend."""
    return [
        getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), check)
        for path, check in NAMED.findall(ROWS[name])
        if path.startswith("tests/security/")
    ]


def faults(check: Callable[[Any], Any], plain: Template) -> Iterator[str]:
    """Yields what a check finds in a translated template; a test finds the sets in which it fails."""
    for name, given in PARAMETER_SETS.items():
        if not check.__name__.startswith("test_"):
            yield from check(settled(plain, given))
        elif fails(check, deployed(given, name, plain)):
            yield name


@cache
def faults_unbent(check: Callable[[Any], Any]) -> list[str]:
    """Returns what a check finds in the real template; many bends have the same checks."""
    return list(faults(check, plain_template(ROOT / "template.yaml")))


def fails(test: Callable[[Stack], None], stack: Stack) -> bool:
    try:
        test(stack)
    except (AssertionError, LookupError, ValueError):
        return True
    except (
        pytest.skip.Exception
    ):  # a set of parameters that has nothing of the kind; it must not skip the bend's test
        return False
    return False


def test_the_page_has_a_row_for_each_bend_and_no_other() -> None:
    assert ROWS.keys() == {each.name for each in BENDS} | set(BY_CALLS)


@pytest.mark.parametrize("bend", BENDS, ids=lambda bend: bend.name)
def test_each_bend_changes_the_template(real: Template, bend: Any) -> None:
    assert bend.apply(copy.deepcopy(real["Resources"])) != real["Resources"]


@pytest.mark.parametrize("bend", BENDS, ids=lambda bend: bend.name)
def test_each_witness_of_a_bend_fails_on_the_template_with_it(real: Template, bend: Any) -> None:
    bent = {**real, "Resources": bend.apply(copy.deepcopy(real["Resources"]))}
    first, *others = witnesses(bend.name)
    assert any(faults(first, translated(bent)))
    for check in (first, *others):
        assert not faults_unbent(check), check.__name__


@pytest.mark.parametrize("name", BY_CALLS)
def test_what_is_done_by_calls_has_a_witness_too(name: str) -> None:
    assert [check.__name__ for check in witnesses(name) if not faults_unbent(check)]


def test_nothing_else_changes_the_template(real: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adapting, "BENDS", ())
    unbent = for_emulator(real, "s3://code/functions", "s3://code/layer")
    packaged = {"AWS::Serverless::Function": "CodeUri", "AWS::Serverless::LayerVersion": "ContentUri"}
    for resource in unbent["Resources"].values():
        if place := packaged.get(resource["Type"]):
            resource["Properties"].pop(place)
    expected = copy.deepcopy(real)
    for resource in expected["Resources"].values():
        if place := packaged.get(resource["Type"]):
            resource["Properties"].pop(place, None)
    assert unbent == expected


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`(tests/[\w/]+(?:\.py)?)[:`]", PAGE))))
def test_each_file_that_the_page_names_is_there(path: str) -> None:
    assert Path(path).exists()
