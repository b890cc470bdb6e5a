"""Tests the pages' own templates, which people copy: a service is let in for one account alone, as in the product's template."""

import copy
from pathlib import Path

import pytest

from local.emulator.package import ROOT
from local.emulator.template import load
from tests.support.security.policies import services_are_let_in_for_this_account_alone, statements_of

EXAMPLES = sorted((ROOT / "docs/examples").glob("*.yaml"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_a_service_is_let_in_for_one_account_alone(example: Path) -> None:
    assert services_are_let_in_for_this_account_alone(load(example)) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_a_service_that_is_let_in_for_any_is_found(example: Path) -> None:
    template = copy.deepcopy(load(example))
    conditional = [
        each for each in statements_of(template) if "aws:SourceAccount" in str(each.get("Condition"))
    ]
    for each in conditional:
        each.pop("Condition")
    assert len(services_are_let_in_for_this_account_alone(template)) == len(conditional)
