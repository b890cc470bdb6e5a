"""Every cell of docs/access.md, tried on the local stack with IAM and key policies in force: with all modules, and the core alone."""

import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache

import pytest
from botocore.exceptions import ClientError

from local.emulator.deploy import made
from local.emulator.lifecycle import running
from local.emulator.package import ROOT
from local.emulator.stack import Stack
from local.emulator.switches import parameters
from local.emulator.template import load
from tests.support.security.deployed import deployed
from tests.support.security.walls import ACTIONS, FUNCTIONS, PEOPLE, ROLES, Action

pytestmark = pytest.mark.e2e

DENIED = {"AccessDenied", "AccessDeniedException"}
# Makes calls with the role it was created with, and tells AWS's error code of each.
PROBE = """
from functools import cache

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

@cache
def client(service):
    return boto3.client(service, config=Config(retries={"total_max_attempts": 1}))

def handler(event, context):
    return [code(**each) for each in event]

def code(service, call, arguments):
    try:
        getattr(client(service), call)(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "allowed"
"""


# The roles that belong to a module with a switch, and the actions on what is there with the module alone.
OF_MODULES = {"pay", "API", "honey", "honey keeper", "analyst", "sign-in keys"}
ON_MODULES = {
    "fingerprint a request",
    "check a fingerprint",
    "store a payment",
    "claim an idempotency key",
    "call the payment function",
    "call the payment function as an administrator",
    "call the honey function",
    "remove what reports changes to keys",
    "read what did not get into the lake",
    "store a query's result",
    "lift the bounds of queries",
    "read sanitized events in the lake",
    "list the lake",
    "write into the lake",
    "delete a file of the lake",
    "query the lake",
    "read the lake's tables",
    "drop a table of the lake",
    "put events into the lake past the bus",
}
TEMPLATE = load(ROOT / "template.yaml")["Resources"]
# The logical name of each column's role.
COLUMNS = {role: TEMPLATE[name]["Properties"]["Role"]["Fn::GetAtt"][0] for role, name in FUNCTIONS.items()}
COLUMNS |= {role: output.removesuffix("Arn") for role, output in PEOPLE.items()}
WALKS = [("whole", role) for role in ROLES] + [("core", role) for role in ROLES if role not in OF_MODULES]


@dataclass(frozen=True)
class Walls:
    """Holds a stack whose walls are tried.

    Args:
        on: the stack.
        names: what the actions need: outputs, and the settings in the functions' environments.
        tried: the actions on what the stack has.
    """

    on: Stack
    names: dict[str, str]
    tried: tuple[Action, ...]

    def physical(self, logical_id: str) -> str:
        """Returns the name of a resource."""
        return made(self.on.client("cloudformation"))[logical_id]


@pytest.fixture(scope="module")
def walls_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Walls]]:
    """Yields what gives a stack of these tests alone: what is wrongly allowed would harm it."""
    with ExitStack() as stacks:

        @cache
        def started(which: str) -> Walls:
            # With the roles that are there while the vault moves, as they must not do more than theirs either.
            given = {"Rekeying": "true"} | (parameters(()) if which == "core" else {})
            folder = tmp_path_factory.mktemp("walls") / "stack"
            known = _names(stack := stacks.enter_context(running(folder, parameters=given)))
            return Walls(stack, known, tuple(each for each in ACTIONS if _has(known, each)))

        yield started


@pytest.fixture
def walls(walls_of: Callable[[str], Walls], which: str) -> Walls:
    return walls_of(which)


def _names(on: Stack) -> dict[str, str]:
    functions, known = on.client("lambda"), dict(on.outputs)
    for each in functions.list_functions()["Functions"]:
        known |= each["Environment"]["Variables"]
    return known


def _has(known: dict[str, str], action: Action) -> bool:
    try:
        action.arguments(known)
    except KeyError:
        return False
    return True


def of(which: str, roles: Iterable[str]) -> pytest.MarkDecorator:
    """Lets a test try the walls of those among some roles that a stack has."""
    return pytest.mark.parametrize(
        ("which", "role"), [(stack, role) for stack, role in WALKS if stack == which and role in roles]
    )


def unexpected(told: dict[Action, str], role: str) -> list[str]:
    return [
        f"{action.does}: {code}"
        for action, code in told.items()
        if action.emulated(role) and (code not in DENIED) is not (role in action.allowed)
    ]


def done_by_a_function(walls: Walls, role: str) -> dict[Action, str]:
    """Returns what each action told a function with the role of ours."""
    functions = walls.on.client("lambda")
    configuration = functions.get_function_configuration(FunctionName=walls.physical(FUNCTIONS[role]))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("probe.py", PROBE)
    name = f"walls-{FUNCTIONS[role]}"
    functions.create_function(
        FunctionName=name,
        Role=configuration["Role"],
        Runtime="python3.13",
        Handler="probe.handler",
        Timeout=60,
        Code={"ZipFile": code.getvalue()},
    )
    calls = [
        {"service": each.service, "call": each.call, "arguments": each.arguments(walls.names)}
        for each in walls.tried
    ]
    answer = json.loads(
        functions.invoke(FunctionName=name, Payload=json.dumps(calls).encode())["Payload"].read()
    )
    assert isinstance(answer, list), answer
    return dict(zip(walls.tried, answer, strict=True))


def done_by_people(walls: Walls, role: str) -> dict[Action, str]:
    """Returns what each action told somebody with the role."""
    who = walls.on.assume(walls.on.outputs[PEOPLE[role]])

    def code(action: Action) -> str:
        try:
            getattr(walls.on.client(action.service, who), action.call)(**action.arguments(walls.names))
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "allowed"

    return {action: code(action) for action in walls.tried}


def untried(walls: Walls) -> set[str]:
    return {each.does for each in ACTIONS} - {each.does for each in walls.tried}


@of("whole", FUNCTIONS)
def test_a_function_may_do_its_part_and_no_more(walls: Walls, role: str) -> None:
    assert unexpected(done_by_a_function(walls, role), role) == []


@of("whole", PEOPLE)
def test_a_role_of_people_may_do_its_part_and_no_more(walls: Walls, role: str) -> None:
    assert unexpected(done_by_people(walls, role), role) == []


@pytest.mark.parametrize("which", ["whole"])
def test_every_action_is_tried(walls: Walls) -> None:
    assert untried(walls) == set()


@pytest.mark.big
@of("core", ROLES)
def test_in_the_core_a_role_may_do_its_part_and_no_more(walls: Walls, role: str) -> None:
    told = done_by_a_function(walls, role) if role in FUNCTIONS else done_by_people(walls, role)
    assert unexpected(told, role) == []


@pytest.mark.big
@pytest.mark.parametrize("which", ["core"])
def test_in_the_core_every_action_is_tried_but_those_on_what_a_module_alone_has(walls: Walls) -> None:
    assert untried(walls) == ON_MODULES


def test_every_role_is_walked_and_in_the_core_every_role_that_it_has() -> None:
    walked = {role for stack, role in WALKS if stack == "core"}
    roles = deployed({"Rekeying": "true", **parameters(())}).of("AWS::IAM::Role")
    assert {each for each, name in COLUMNS.items() if name in roles} == walked
    assert {role for stack, role in WALKS if stack == "whole"} == set(ROLES)


def test_every_role_of_the_template_has_a_column() -> None:
    roles = {name for name, each in TEMPLATE.items() if each["Type"] == "AWS::IAM::Role"}
    mine = set(COLUMNS.values())
    # API Gateway's own, for its logs, and EventBridge's and Firehose's for the lake; nobody else can assume them.
    assert roles - mine == {"ApiGatewayLogsRole", "LakeFeedRole", "LakeDeliveryRole"}
    assert mine <= roles


def test_the_table_tells_both_ways() -> None:
    """An action that nobody may do and one that everybody may would show nothing about the emulator."""
    assert any(not each.allowed for each in ACTIONS)
    assert all(len(each.allowed) < len(FUNCTIONS) for each in ACTIONS)
    assert len({each.does for each in ACTIONS}) == len(ACTIONS)
