"""Tests that settling decides the template as CloudFormation would, and leaves nothing open."""

import json
from typing import Any

import pytest

from local.emulator.package import ROOT
from local.emulator.template import load
from tools.lint.settled import (
    PARAMETER_SETS,
    ROOT_STACK,
    Template,
    all_resources,
    deployed_stacks,
    settled,
    settled_sets,
    translated,
)

TINY: Template = {
    "Parameters": {
        "Name": {"Type": "String", "Default": ""},
        "Days": {"Type": "Number", "Default": 7},
        "Zones": {"Type": "CommaDelimitedList", "Default": "a, b"},
    },
    "Conditions": {
        "Named": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
        "Week": {"Fn::Equals": [{"Ref": "Days"}, "7"]},
        "NamedWeek": {"Fn::And": [{"Condition": "Named"}, {"Condition": "Week"}]},
        "Either": {"Fn::Or": [{"Condition": "Named"}, {"Condition": "Week"}]},
    },
    "Resources": {
        "Always": {"Type": "T", "Properties": {}},
        "Sometimes": {"Type": "T", "Condition": "NamedWeek", "Properties": {}},
    },
}


def tiny(value: Any, **given: Any) -> Any:
    """Returns what a property becomes."""
    template = json.loads(json.dumps(TINY))
    template["Resources"]["Always"]["Properties"] = {"Value": value}
    return settled(template, given)["Resources"]["Always"]["Properties"].get("Value", "absent")


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        ({"Ref": "Days"}, 7),
        ({"Ref": "Zones"}, ["a", "b"]),
        ({"Ref": "Always"}, {"Ref": "Always"}),
        ({"Fn::If": ["Named", "yes", "no"]}, "no"),
        ({"Fn::If": ["Named", "yes", {"Ref": "AWS::NoValue"}]}, "absent"),
        ([{"Fn::If": ["Either", "yes", "no"]}, {"Fn::If": ["Named", 1, {"Ref": "AWS::NoValue"}]}], ["yes"]),
        ({"Fn::If": ["Week", {"Fn::If": ["Named", 1, {"Ref": "AWS::NoValue"}]}, 2]}, "absent"),
        ({"Fn::Sub": "${Days} days"}, "7 days"),
        ({"Fn::Sub": "${Days} of ${Always} in ${AWS::Region}"}, {"Fn::Sub": "7 of ${Always} in ${AWS::Region}"}),
        ({"Fn::Sub": ["${x}${y}", {"x": {"Ref": "Days"}, "y": {"Ref": "Always"}}]}, {"Fn::Sub": ["7${y}", {"y": {"Ref": "Always"}}]}),
        ({"Fn::Sub": "${!Literal}"}, "${Literal}"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Days"}]]}, "a-7"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Always"}]]}, {"Fn::Join": ["-", ["a", {"Ref": "Always"}]]}),
        ({"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
        ({"Fn::Select": [0, {"Fn::Split": [",", "x,y"]}]}, "x"),
    ],
)  # fmt: skip
def test_a_value_is_decided(value: Any, becomes: Any) -> None:
    assert tiny(value) == becomes


def test_what_stands_under_a_condition_is_there_only_if_it_holds() -> None:
    assert set(settled(TINY, {})["Resources"]) == {"Always"}
    assert set(settled(TINY, {"Name": "x"})["Resources"]) == {"Always", "Sometimes"}
    assert set(settled(TINY, {"Name": "x", "Days": 8})["Resources"]) == {"Always"}


def test_a_parameter_that_is_not_there_is_refused() -> None:
    with pytest.raises(KeyError, match="Nam"):
        settled(TINY, {"Nam": "x"})


def test_a_parameter_without_a_value_is_refused() -> None:
    with pytest.raises(KeyError, match="Must"):
        settled({**TINY, "Parameters": {"Must": {"Type": "String"}}, "Conditions": {}}, {})


@pytest.mark.parametrize("name", PARAMETER_SETS)
def test_nothing_of_the_template_stays_open(name: str) -> None:
    template = settled_sets(ROOT / "template.yaml")[name]
    assert not {"Parameters", "Conditions", "Transform"} & set(template)
    text = json.dumps(template)
    assert '"Fn::If"' not in text
    assert "AWS::NoValue" not in text
    assert not [
        each for each in template["Resources"].values() if each["Type"].startswith("AWS::Serverless::")
    ]


def test_each_condition_of_the_template_is_true_in_a_set_and_false_in_another() -> None:
    plain = translated(load(ROOT / "template.yaml"))
    outputs = {name: {"Value": "", "Condition": name} for name in plain["Conditions"]}
    stated = [
        set(settled({**plain, "Outputs": outputs}, given)["Outputs"]) for given in PARAMETER_SETS.values()
    ]
    always, never = set.intersection(*stated), set(outputs) - set.union(*stated)
    assert (always, never) == (set(), set())


def test_the_stacks_of_a_deployment_hold_all_resources_and_each_once() -> None:
    stacks = deployed_stacks()
    kinds = {each["Type"] for template in stacks.values() for each in template["Resources"].values()}
    kinds.discard("AWS::CloudFormation::Stack")
    listed = [name for template in stacks.values() for name in template["Resources"]]
    found = [name for kind in kinds for name in all_resources(kind)]
    # SAM names a deployment of an API by what it holds, and that is written otherwise in a module.
    assert {each for each in set(found) ^ set(listed) if "Deployment" not in each} == {
        each for each in stacks[ROOT_STACK]["Resources"] if each.endswith("Module")
    }
    assert len(listed) == len(set(listed))
    assert len(found) == len(set(found)) > 200


def test_the_resources_of_a_type_follow_the_parameters() -> None:
    assert "RekeyRole" not in all_resources("AWS::IAM::Role")
    assert "RekeyRole" in all_resources("AWS::IAM::Role", {"Rekeying": "true"})
