"""Names of modules become the template's parameters."""

import pytest

from local.emulator.package import ROOT
from local.emulator.switches import Module, parameters, parsed
from local.emulator.template import load


def test_each_switch_is_a_parameter_of_the_template() -> None:
    stated = load(ROOT / "template.yaml")["Parameters"]
    assert {each.parameter for each in Module} == {
        name for name in stated if name.removesuffix("Enabled").lower() in {*Module}
    }


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("core", ()),
        ("", ()),
        ("core,lake", (Module.LAKE,)),
        ("api honeytokens", (Module.API, Module.HONEYTOKENS)),
    ],
)
def test_names_are_read_with_commas_or_spaces(text: str, chosen: tuple[Module, ...]) -> None:
    assert parsed(text) == chosen


def test_what_is_not_chosen_is_switched_off() -> None:
    assert parameters([Module.API]) == {
        "ApiEnabled": "true",
        "LakeEnabled": "false",
        "HoneytokensEnabled": "false",
        "MonitoringEnabled": "false",
    }


def test_a_name_of_no_module_is_refused() -> None:
    with pytest.raises(ValueError, match="vault"):
        parsed("core vault")
