"""Every cell of docs/access.md, tried on the local stack with IAM and key policies in force."""

import io
import json
import zipfile
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from local.emulator.deploy import STACK_NAME, made
from local.emulator.lifecycle import running
from local.emulator.package import ROOT
from local.emulator.stack import Stack
from local.emulator.template import load
from tests.support.security.walls import ACTIONS, FUNCTIONS, PEOPLE, Action

pytestmark = pytest.mark.e2e

DENIED = {"AccessDenied", "AccessDeniedException"}
TRIED = ACTIONS

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


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Yields a stack of these tests alone: what is wrongly allowed would harm it."""
    # With the roles that are there while the vault moves, as they must not do more than theirs either.
    rekeying = {"Rekeying": "true"}
    with running(tmp_path_factory.mktemp("walls") / "stack", parameters=rekeying) as stack:
        yield stack


@pytest.fixture(scope="module")
def names(own: Stack) -> dict[str, str]:
    """Returns the names that the actions need: outputs, and the settings in the functions' environments."""
    functions, known = own.client("lambda"), dict(own.outputs)
    for name in ("tokenize-stream", "payment", "api", "reveal", "erase", "vault-keys"):
        told = functions.get_function_configuration(FunctionName=f"{STACK_NAME}-{name}")
        known |= told["Environment"]["Variables"]
    return known


def physical(own: Stack, logical_id: str) -> str:
    return made(own.client("cloudformation"))[logical_id]


def unexpected(told: dict[Action, str], role: str) -> list[str]:
    return [
        f"{action.does}: {code}"
        for action, code in told.items()
        if action.emulated(role) and (code not in DENIED) is not (role in action.allowed)
    ]


@pytest.mark.parametrize("role", FUNCTIONS)
def test_a_function_may_do_its_part_and_no_more(own: Stack, names: dict[str, str], role: str) -> None:
    functions = own.client("lambda")
    configuration = functions.get_function_configuration(FunctionName=physical(own, FUNCTIONS[role]))
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
        {"service": each.service, "call": each.call, "arguments": each.arguments(names)} for each in TRIED
    ]
    answer = json.loads(
        functions.invoke(FunctionName=name, Payload=json.dumps(calls).encode())["Payload"].read()
    )
    assert isinstance(answer, list), answer
    assert unexpected(dict(zip(TRIED, answer, strict=True)), role) == []


@pytest.mark.parametrize("role", PEOPLE)
def test_a_role_of_people_may_do_its_part_and_no_more(own: Stack, names: dict[str, str], role: str) -> None:
    who = own.assume(own.outputs[PEOPLE[role]])

    def code(action: Action) -> str:
        try:
            getattr(own.client(action.service, who), action.call)(**action.arguments(names))
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "allowed"

    assert unexpected({action: code(action) for action in TRIED}, role) == []


def test_every_role_of_the_template_has_a_column() -> None:
    template = load(ROOT / "template.yaml")
    roles = {name for name, each in template["Resources"].items() if each["Type"] == "AWS::IAM::Role"}
    mine = {template["Resources"][each]["Properties"]["Role"]["Fn::GetAtt"][0] for each in FUNCTIONS.values()}
    mine |= {each.removesuffix("Arn") for each in PEOPLE.values()}
    # API Gateway's own, for its logs, and EventBridge's and Firehose's for the lake; nobody else can assume them.
    assert roles - mine == {"ApiGatewayLogsRole", "LakeFeedRole", "LakeDeliveryRole"}
    assert mine <= roles


def test_the_table_tells_both_ways() -> None:
    """An action that nobody may do and one that everybody may would show nothing about the emulator."""
    assert any(not each.allowed for each in ACTIONS)
    assert all(len(each.allowed) < len(FUNCTIONS) for each in ACTIONS)
    assert len({each.does for each in ACTIONS}) == len(ACTIONS)
