"""docs/threats.md has every function of the template with those who may invoke it, and only tests that exist."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from tests.support.security.deployed import FULLEST, Stack, stacks
from tools.lint.rendered import ACCOUNT

PAGE = Path("docs/threats.md").read_text(encoding="utf-8")
FUNCTIONS = PAGE.partition("## Who may invoke a function\n")[2]
INVOKES = "lambda:InvokeFunction"


@pytest.fixture(scope="module")
def stack() -> Stack:
    return stacks()[FULLEST]


def rows() -> dict[str, list[str]]:
    """Returns the table's cells by function."""
    found = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in FUNCTIONS.splitlines()
        if line.startswith("| `")
    ]
    return {cells[0].strip("`"): cells[1:] for cells in found}


def _invoking(stack: Stack) -> Iterator[tuple[str, str]]:
    """Yields each function with each of those whom the template lets invoke it: roles, sources, services, resources."""
    functions = stack.functions()
    for each in stack.grants():
        if each.effect == "Allow" and each.action == INVOKES:
            function, _, alias = each.resource.partition(":")
            assert function in functions, each
            yield function, f"`{each.role}:{alias}`" if alias else f"`{each.role}`"
    named = {properties["FunctionName"]: name for name, properties in functions.items()}
    for mapping in stack.of("AWS::Lambda::EventSourceMapping").values():
        yield named[mapping["FunctionName"]], f"`{stack.named(mapping['EventSourceArn'])}`"
    for permission in stack.of("AWS::Lambda::Permission").values():
        assert permission["Action"] == INVOKES
        assert permission["Principal"].endswith(".amazonaws.com"), "another account"
        yield named[permission["FunctionName"]], permission["Principal"]
    for name, resource in stack.resources.items():
        if token := resource.get("Properties", {}).get("ServiceToken"):
            yield stack.named(token), f"`{name}`"


def test_the_page_has_every_function_with_those_who_may_invoke_it(stack: Stack) -> None:
    wanted: dict[str, set[str]] = {name: set() for name in stack.functions()}
    for function, who in _invoking(stack):
        wanted[function].add(who)
    shown = {name: set(cells[0].split(", ")) for name, cells in rows().items()}
    assert shown == wanted
    assert all(len(cells) == 3 and all(cells) for cells in rows().values())


def test_every_way_to_invoke_a_function_is_one_that_the_page_counts(stack: Stack) -> None:
    """A function URL, a schedule with a role of its own or a state machine would be another."""
    others = {"AWS::Lambda::Url", "AWS::Scheduler::Schedule", "AWS::StepFunctions::StateMachine"}
    assert not others & {each["Type"] for each in stack.resources.values()}


def test_the_denial_of_the_page_lets_in_all_roles_of_the_stack_and_no_other(stack: Stack) -> None:
    (text,) = re.findall(r"```json\n(.*?)```", FUNCTIONS, re.DOTALL)
    (statement,) = json.loads(text.replace("STACK", "orders"))["Statement"]
    assert statement["Effect"] == "Deny"
    assert INVOKES in statement["Action"]
    (patterns,) = statement["Condition"]["ArnNotLike"].values()
    invokers = {each.role for each in stack.grants() if each.action == INVOKES}
    for role in invokers:
        assert any(fnmatchcase(stack.arns[role], pattern) for pattern in patterns), role
    assert not any(fnmatchcase(f"arn:aws:iam::{ACCOUNT}:role/developer", each) for each in patterns)
    for name, properties in stack.functions().items():
        arn = f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:{properties['FunctionName']}"
        assert fnmatchcase(arn, statement["Resource"]), name


def test_each_test_that_the_page_names_exists() -> None:
    named: set[Any] = set(re.findall(r"`(tests/[\w/.]+)`", PAGE))
    assert named
    assert {each for each in named if not Path(each).exists()} == set()
