"""Tests the template with every combination of the modules' switches, and every pair of values of what else decides a condition.

With each, every stack that a deployment makes refers only to what it has, and nothing names what was left out. What AWS documents is in
`test_on_aws.py`, and cfn-lint looks at the same stacks in `make lint`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from local.emulator.switches import Module, parameters
from tests.support.security.deployed import FULLEST, Stack, deployed, listed, stacks
from tools.lint.combinations import Given, choices, combinations, named, pairs, pairs_of, sets
from tools.lint.rendered import PSEUDO, STACK
from tools.lint.settled import ROOT_STACK, Template, deployed_stacks

SETS = pytest.mark.parametrize("given", sets(), ids=named)
_NAMED = re.compile(r"\$\{([^!}]+)\}")
_PSEUDO = PSEUDO.keys() | {"AWS::NoValue"}


@cache
def whole_stack() -> dict[str, Template]:
    """Returns the stacks of a deployment that leaves nothing out."""
    return deployed_stacks({"Rekeying": "true"})


def test_every_module_is_tried_alone_and_left_out_and_every_choice_with_every_other() -> None:
    assert len(combinations()) == 2 ** len(Module)
    for module in Module:
        assert parameters([module]) | {module.parameter: "false"} == parameters(())
        assert _off(parameters([module])) in sets()
        assert {module.parameter: "false"} in sets()
    assert set().union(*map(pairs_of, sets())) == pairs()
    assert len(sets()) < 40


def _off(given: Mapping[str, str]) -> Given:
    return {name: value for name, value in given.items() if value == "false"}


def test_every_parameter_that_decides_a_condition_is_a_choice() -> None:
    """By what the template does: a parameter is one if another value of it leaves something out or adds something."""
    tried = {name for _, other in choices() for name in other}
    assert {f"{module.parameter}" for module in Module} <= tried
    assert {"Rekeying", "VpcId", "VaultKeySlot", "WebAclEnabled", "AlarmEmail"} <= tried


def references(node: Any) -> Iterator[tuple[str, str]]:
    """Yields the resource that each reference names, with its attribute."""
    if isinstance(node, list):
        for each in node:
            yield from references(each)
    if not isinstance(node, dict):
        return
    if "Ref" in node:
        yield node["Ref"], ""
    if "Fn::GetAtt" in node:
        yield node["Fn::GetAtt"][0], ".".join(node["Fn::GetAtt"][1:])
    if "Fn::Sub" in node:
        text, own = node["Fn::Sub"] if isinstance(node["Fn::Sub"], list) else (node["Fn::Sub"], {})
        for each in set(_NAMED.findall(text)) - own.keys():
            name, _, attribute = each.partition(".")
            yield name, attribute
    for each in node.values():
        yield from references(each)


def dangling(made: Mapping[str, Template]) -> list[str]:
    """Returns each reference of a deployment's stacks that leads nowhere: to no resource, or to no output of a module."""
    wrong = []
    for stack, template in made.items():
        resources = template["Resources"]
        waits = [other for each in resources.values() for other in listed(each.get("DependsOn", []))]
        for name, attribute in [*references(template), *((other, "") for other in waits)]:
            if name in _PSEUDO:
                continue
            if name not in resources:
                wrong.append(f"{stack}: {name}")
            elif attribute.startswith("Outputs.") and not _gives(made, name, attribute):
                wrong.append(f"{stack}: {name}.{attribute}")
    return wrong


def _gives(made: Mapping[str, Template], application: str, attribute: str) -> bool:
    module = application.removesuffix("Module").lower()
    return attribute.removeprefix("Outputs.") in made[module]["Outputs"]


@SETS
def test_every_stack_refers_only_to_what_it_has(given: Given) -> None:
    assert dangling(deployed_stacks(given)) == []


@SETS
def test_every_output_is_there_whose_module_is(given: Given) -> None:
    """All that the whole stack puts out, unless it is of a module, or of a role, that is left out."""
    made, whole = deployed_stacks(given), whole_stack()
    expected = {
        name
        for name, each in whole[ROOT_STACK]["Outputs"].items()
        if all(
            other in made[ROOT_STACK]["Resources"] and _gives(made, other, attribute)
            for other, attribute in references(each)
            if attribute.startswith("Outputs.")
        )
    }
    assert made[ROOT_STACK]["Outputs"].keys() == expected


@SETS
def test_nothing_names_what_is_left_out(given: Given) -> None:
    """No alarm, dashboard, policy or variable has the name or the ARN of a resource that another combination has."""
    stack = deployed(given)
    there = set(names(stack).values())
    absent = {
        name: (each, re.compile(rf"(?<![\w-]){re.escape(each)}(?![\w-])"))
        for name, each in names(stacks()[FULLEST]).items()
        if name not in stack.resources and each not in there
    }
    texts = {resource: json.dumps(each) for resource, each in stack.resources.items()}
    found = {
        f"{resource} names {name}"
        for resource, text in texts.items()
        for name, (each, wanted) in absent.items()
        if each in text and wanted.search(text)
    }
    assert found == set()


def names(stack: Stack) -> dict[str, str]:
    """Returns what a resource is called by others: the ARN's last part, or the name that begins with the stack's."""
    found = {name: re.split("[:/]", arn)[-1] for name, arn in stack.arns.items()}
    for name, each in stack.resources.items():
        for key in ("LogGroupName", "Name"):
            if f"{STACK}-" in str(text := each.get("Properties", {}).get(key)):
                found.setdefault(name, str(text))
    return found


KEPT = {"Retain", "RetainExceptOnCreate"}


def test_a_module_that_is_switched_off_and_on_again_meets_no_name_of_before() -> None:
    """No resource that outlives its module has a name that a second one would take: all that holds data has no switch."""
    made = whole_stack()
    off = {name: deployed_stacks({f"{name.capitalize()}Enabled": "false"}) for name in map(str, Module)}
    kept = {
        resource: each
        for less in off.values()
        for stack, template in made.items()
        for resource, each in template["Resources"].items()
        if each.get("DeletionPolicy") in KEPT
        and resource not in less.get(stack, {"Resources": {}})["Resources"]
    }
    assert kept.keys() >= {"ApiGatewayAccount", "ApiGatewayLogsRole", "FingerprintKey"}
    assert {name for name, each in kept.items() if STACK in own_names(each)} == set()


def own_names(resource: Mapping[str, Any]) -> str:
    """Returns the texts of a resource's properties that end in `Name`, and of its aliases."""
    stated = resource["Properties"].items()
    return json.dumps([value for key, value in stated if key.endswith(("Name", "Alias"))])
