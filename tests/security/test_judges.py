"""Tests that each property of each type of resource has a judge: whatever else it is set to, and without it, some test here fails.

A property that nobody judges is a weakness that nobody would see. So each is changed in the stack as it is deployed, resource by resource,
and the tests of this folder that look at one stack are asked. What they don't see is in a table, with who sees it, or why nobody has to.
"""

import copy
import inspect
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from local.emulator.package import ROOT
from tests.support.security.deployed import FULLEST, Stack, stacks

Judge = Callable[[Stack], None]

# Take long: most read the graph of all modules, and judge `DependsOn`, which is no property.
SLOW = {
    "test_every_function_is_told_of_what_it_may_use_and_may_use_what_it_is_told_of",
    "test_every_function_waits_for_its_policies",
    "test_everything_that_works_with_a_role_waits_for_its_policies",
    "test_no_function_seals_or_opens_before_the_vault_keys_are_held",
}
# What a single stack does not show: who sees it, or why nobody has to.
_SHOWN = "a text for people"
_TAGS = "a label that no policy asks for"
_REFUSED = "AWS refuses a stack that has another, or none"
_OF_TYPES = "tests/security/test_parameters.py::test_a_value_comes_to_all_resources_of_a_type"
_OF_VALUES = (
    "tests/security/test_parameters.py::test_a_value_comes_to_each_place_that_it_is_for_and_to_no_other"
)
_OF_ADDRESS = "tests/security/test_alarms.py::test_an_address_gets_both_kinds_and_alarms_alone_may_send_them"
_OUTPUT = "tests/security/test_types.py::test_every_output_names_what_the_contract_promises"
_BUILT = "SAM puts the address of what was built there; tests/artifacts runs it"
_ZONES = "tests/security/test_network.py::test_zones_are_the_deployers_to_choose"
_PUBLISHED = "tests/unit/schemas/test_published.py"
_LOGS = "tests/security/test_on_aws.py::what_is_kept_keeps_its_role"
ELSEWHERE: dict[str, str] = {
    "AWS::ApiGateway::Account CloudWatchRoleArn": _LOGS,
    "AWS::ApiGateway::ApiKey Description": _SHOWN,
    "AWS::ApiGateway::ApiKey Name": _SHOWN,
    "AWS::ApiGateway::Deployment Description": _SHOWN,
    "AWS::ApiGateway::RestApi Name": "a dimension of metrics, which the dashboard has by the same name",
    "AWS::ApiGateway::RestApi Parameters": "SAM repeats there what EndpointConfiguration says",
    "AWS::ApiGateway::Stage Tags": _TAGS,
    "AWS::ApiGateway::UsagePlan Description": _SHOWN,
    "AWS::Athena::NamedQuery Description": _SHOWN,
    "AWS::Athena::NamedQuery Name": _SHOWN,
    "AWS::Athena::NamedQuery QueryString": "tests/unit/ops/lake/test_columns.py",
    "AWS::Athena::WorkGroup Description": _SHOWN,
    "AWS::Athena::WorkGroup Name": _OUTPUT,
    "AWS::Athena::WorkGroup RecursiveDeleteOption": "the group goes with the lake, and its history of queries with it",
    "AWS::CloudWatch::Alarm AlarmActions": "tests/security/test_alarms.py::test_every_alarm_tells_the_topic_that_is_given",
    "AWS::CloudWatch::Alarm AlarmDescription": _SHOWN,
    "AWS::CloudWatch::Dashboard DashboardBody": "tests/unit/docs/test_dashboard.py",
    "AWS::Cognito::UserPoolDomain UserPoolId": _REFUSED,
    "AWS::Cognito::UserPoolGroup UserPoolId": _REFUSED,
    "AWS::Cognito::UserPoolResourceServer Name": _SHOWN,
    "AWS::Cognito::UserPoolResourceServer UserPoolId": _REFUSED,
    "AWS::DynamoDB::Table AttributeDefinitions": _REFUSED,
    "AWS::EC2::RouteTable Tags": _TAGS,
    "AWS::EC2::SecurityGroup GroupDescription": _SHOWN,
    "AWS::EC2::Subnet AvailabilityZone": _ZONES,
    "AWS::EC2::Subnet CidrBlock": "part of the VPC's addresses, or AWS refuses it",
    "AWS::EC2::Subnet Tags": _TAGS,
    "AWS::EC2::VPC CidrBlock": _OF_VALUES,
    "AWS::EC2::VPC Tags": _TAGS,
    "AWS::EventSchemas::Registry Description": _SHOWN,
    "AWS::EventSchemas::Schema Content": _PUBLISHED,
    "AWS::EventSchemas::Schema SchemaName": _PUBLISHED,
    "AWS::EventSchemas::Schema Type": _PUBLISHED,
    "AWS::Events::Archive Description": _SHOWN,
    "AWS::Events::EventBusPolicy StatementId": "the bus has one statement, so no other is replaced by it",
    "AWS::Events::Rule Description": _SHOWN,
    "AWS::Events::Rule Name": "tests/security/test_roles.py::test_every_role_is_for_people_of_the_account_or_for_one_service",
    "AWS::IAM::ManagedPolicy Description": _SHOWN,
    "AWS::IAM::Policy PolicyName": "tests/security/test_roles.py::test_no_two_policies_of_a_role_have_one_name",
    "AWS::IAM::Role Description": _SHOWN,
    "AWS::KMS::Key Description": _SHOWN,
    "AWS::Kinesis::Stream MaxRecordSizeInKiB": _OF_VALUES,
    "AWS::Kinesis::Stream Name": _OUTPUT,
    "AWS::Kinesis::Stream ShardCount": _OF_VALUES,
    "AWS::Lambda::EventSourceMapping Enabled": _OF_VALUES,
    "AWS::Lambda::Function Code": _BUILT,
    "AWS::Lambda::Function Description": _SHOWN,
    "AWS::Lambda::Function Tags": _TAGS,
    "AWS::Lambda::Function TracingConfig": _OF_TYPES,
    "AWS::Lambda::LayerVersion Content": _BUILT,
    "AWS::Lambda::LayerVersion Description": "tests/unit/house/test_versions.py",
    "AWS::Lambda::LayerVersion LayerName": "functions name the version by its ARN, which AWS gives",
    "AWS::SNS::Subscription Endpoint": _OF_ADDRESS,
    "AWS::SNS::Subscription Protocol": _OF_ADDRESS,
    "AWS::SNS::Subscription TopicArn": _OF_ADDRESS,
    "AWS::SNS::Topic DisplayName": _SHOWN,
    "AWS::SNS::Topic TopicName": _OF_ADDRESS,
    "AWS::SQS::Queue VisibilityTimeout": "longer than it must be is no fault; shorter is seen",
    "AWS::WAFv2::WebACL Description": _SHOWN,
    "AWS::WAFv2::WebACL Name": _SHOWN,
}


@cache
def judges() -> tuple[Judge, ...]:
    """Returns the tests of this folder that look at one stack, but the slow ones."""
    found: list[Judge] = []
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        module = import_module(f"tests.security.{path.stem}")
        found += [
            test
            for name, test in inspect.getmembers(module, inspect.isfunction)
            if name.startswith("test_") and [*inspect.signature(test).parameters] == ["stack"]
            if test.__module__ == module.__name__ and name not in SLOW
        ]
    names = import_module("tests.security.test_parameters")
    return (*found, *(partial(names.test_every_resource_keeps_its_name, key=key) for key in names.NAMES))


def fails(judge: Judge, stack: Stack) -> bool:
    try:
        judge(stack)
    except pytest.skip.Exception:
        return False
    except (AssertionError, AttributeError, LookupError, TypeError, ValueError):
        return True
    return False


def other(value: Any) -> Any:
    """Returns another value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return {"true": "false", "false": "true"}.get(value, f"{value}x")
        case list():
            return value[:-1]
    return {}


def changed(name: str, key: str) -> Iterator[Stack]:
    """Yields the stack with another value of a resource's property, and without it."""
    stack = stacks()[FULLEST]
    for gone in (False, True):
        resource = copy.deepcopy(stack.resources[name])
        value = resource["Properties"].pop(key)
        if not gone:
            resource["Properties"][key] = other(value)
        yield Stack(
            stack.given, {**stack.template, "Resources": {**stack.resources, name: resource}}, stack.arns
        )


def properties() -> dict[str, dict[str, list[str]]]:
    """Returns the properties of each type, each with the resources that have it."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, each in sorted(stacks()[FULLEST].resources.items()):
        for key in each.get("Properties", {}):
            found[each["Type"]][key].append(name)
    return found


def test_the_stack_as_it_is_has_no_judge_against_it() -> None:
    assert [judge for judge in judges() if fails(judge, stacks()[FULLEST])] == []


@pytest.mark.parametrize("kind", properties())
def test_every_property_has_a_judge(kind: str) -> None:
    asked = list(judges())
    unseen = set()
    for key, names in properties()[kind].items():
        for stack in changed(names[0], key):
            found = next((judge for judge in asked if fails(judge, stack)), None)
            if found is None:
                unseen.add(f"{kind} {key}")
            else:  # it is likely to see the next one, too
                asked.remove(found)
                asked.insert(0, found)
    assert unseen == {each for each in ELSEWHERE if each.startswith(f"{kind} ")}


def test_who_judges_elsewhere_is_there_and_every_type_is_known() -> None:
    assert {each.partition(" ")[0] for each in ELSEWHERE} <= properties().keys()
    for told in ELSEWHERE.values():
        if test := re.fullmatch(r"(tests/.+\.py)(?:::(\w+))?", told):
            assert f"def {test[2] or ''}" in (ROOT / test[1]).read_text(encoding="utf-8"), told
