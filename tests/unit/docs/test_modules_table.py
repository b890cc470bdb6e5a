"""The table of modules in docs/deploy.md is that of the template."""

from pathlib import Path

import pytest

from tools.docs.__main__ import DEPLOY
from tools.docs.modules import idle_costs, tabled
from tools.docs.reference_page import TEMPLATE
from tools.lint.settled import PARAMETER_SETS

PAGE = DEPLOY.read_text(encoding="utf-8")


def test_the_table_is_that_of_the_template_of_now() -> None:
    assert tabled(PAGE, TEMPLATE) == PAGE, "run `make docs`"


def test_a_page_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        tabled("# Deploying\n", TEMPLATE)


def test_the_core_alone_costs_what_the_core_costs_with_all() -> None:
    """Nothing of a module that is left out is billed, but for the key that the API alone uses."""
    whole, core = idle_costs(TEMPLATE, {}), idle_costs(TEMPLATE, PARAMETER_SETS["core alone"])
    assert whole.keys() - core.keys() == {"api", "lake", "honeytokens", "monitoring"}
    assert {name: whole[name] - cost for name, cost in core.items() if cost != whole[name]} == {"keys": 1.0}


def test_every_module_has_its_file_and_every_file_is_a_module() -> None:
    rows = {
        line.split("](../stacks/")[1].partition(".yaml")[0]
        for line in PAGE.splitlines()
        if "](../stacks/" in line
    }
    assert rows == {path.stem for path in Path("stacks").glob("*.yaml")}
