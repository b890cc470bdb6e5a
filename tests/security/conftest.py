import pytest

from local.emulator.package import ROOT
from local.emulator.template import load
from tests.support.security.deployed import SETS, Stack, stacks
from tests.support.security.policies import Template


@pytest.fixture(scope="module")
def template() -> Template:
    """Returns the real template, loaded once for each module of tests."""
    return load(ROOT / "template.yaml")


@pytest.fixture(scope="session", params=SETS)
def stack(request: pytest.FixtureRequest) -> Stack:
    """Returns the stack as it is deployed, with each set of parameters in turn."""
    return stacks()[request.param]
