import pytest

from local.emulator.package import ROOT
from local.emulator.template import load
from tests.support.security.template import Template


@pytest.fixture(scope="module")
def template() -> Template:
    """Returns the real template, loaded once for each module of tests."""
    return load(ROOT / "template.yaml")
