"""Tests the network that the template promises, by planting each weakness. No emulator routes packets."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.security.network import (
    VPC,
    endpoints_let_this_stack_through_alone,
    functions_run_in_private_subnets,
)
from tests.support.security.template import Template, key_statements, listed, of_type, weakened

BY_PEOPLE = {
    "Administration",
    "Recovery",
    "MakeTokenKeys",
    "CheckAuditLines",
}  # and when deploying, from outside
INTERNET = {
    "AWS::EC2::InternetGateway",
    "AWS::EC2::NatGateway",
    "AWS::EC2::EgressOnlyInternetGateway",
    "AWS::EC2::VPCGatewayAttachment",
    "AWS::EC2::Route",
}
ENDPOINTS = {
    "dynamodb": "Gateway",
    "s3": "Gateway",
    "events": "Interface",
    "kinesis-streams": "Interface",
    "kms": "Interface",
    "lambda": "Interface",
    "sqs": "Interface",
    "xray": "Interface",
}
NEEDS_ALL = {  # what Lambda needs to put interfaces into subnets; the Describe actions know no resources
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
}


def no_route_leads_to_the_internet(template: Template) -> list[str]:
    return [name for name, resource in template["Resources"].items() if resource["Type"] in INTERNET]


def subnets_lie_in_two_zones_and_are_private(template: Template) -> list[str]:
    subnets = dict(of_type(template, "AWS::EC2::Subnet"))
    zones = [str(each["AvailabilityZone"]) for each in subnets.values()]
    public = [name for name, each in subnets.items() if each.get("MapPublicIpOnLaunch")]
    return public + ([] if len(set(zones)) == len(zones) == 2 else ["one zone"])


def zones_are_the_deployers_to_choose(template: Template) -> list[str]:
    """The first zones of a list may lack Lambda or its endpoint, and the list is another one in each account."""
    return [
        name
        for name, subnet in of_type(template, "AWS::EC2::Subnet")
        if subnet["AvailabilityZone"].get("Fn::If", [None, {}])[1].get("Ref") not in template["Parameters"]
    ]


def only_https_goes_out_and_only_to_the_endpoints_comes_in(template: Template) -> list[str]:
    return [
        f"{name}: {rule}"
        for name, group in of_type(template, "AWS::EC2::SecurityGroup")
        for rule in _rules(group)
        if not _is_https(rule) and rule.get("CidrIp") != "127.0.0.1/32"
    ] + [
        name
        for name, group in of_type(template, "AWS::EC2::SecurityGroup")
        for rule in group.get("SecurityGroupIngress", ())
        if rule.get("SourceSecurityGroupId") != {"Ref": "FunctionsSecurityGroup"}
    ]


def _rules(group: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for rule in (*group.get("SecurityGroupEgress", [{}]), *group.get("SecurityGroupIngress", ())):
        arms = rule["Fn::If"][1:] if "Fn::If" in rule else [rule]
        yield from (arm for arm in arms if arm != {"Ref": "AWS::NoValue"})


def _is_https(rule: dict[str, Any]) -> bool:
    return (rule.get("IpProtocol"), rule.get("FromPort"), rule.get("ToPort")) == ("tcp", 443, 443)


def endpoints_are_those_that_are_needed(template: Template) -> list[str]:
    found = {
        each["ServiceName"]["Fn::Sub"].rpartition("}.")[2]: each["VpcEndpointType"]
        for _, each in of_type(template, "AWS::EC2::VPCEndpoint")
    }
    return [] if found == ENDPOINTS else [str(found)]


def every_table_is_reached_by_its_endpoint(template: Template) -> list[str]:
    statements = template["Resources"]["DynamoDbEndpoint"]["Properties"]["PolicyDocument"]["Statement"]
    named = re.findall(r":table/([^/']+)'", str(statements))
    return sorted(
        {each["TableName"]["Fn::Sub"] for _, each in of_type(template, "AWS::DynamoDB::Table")} ^ set(named)
    )


def keys_are_used_from_inside_alone(template: Template) -> list[str]:
    """Each use of a key by a function of the network is tied to it, so that stolen credentials are of no use elsewhere."""
    return [
        f"{name}: {each['Sid']}"
        for name, key in of_type(template, "AWS::KMS::Key")
        for each, _ in key_statements(key)
        if each["Effect"] == "Allow"
        and each["Sid"] not in BY_PEOPLE
        and each["Condition"]["StringEquals"].get("aws:SourceVpc") != VPC
    ]


def functions_may_not_touch_the_network_themselves(template: Template) -> list[str]:
    statements = template["Resources"]["NetworkPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    allowed = {action for each in statements if each["Effect"] == "Allow" for action in each["Action"]}
    denied = {
        action
        for each in statements
        if each["Effect"] == "Deny" and "lambda:SourceFunctionArn" in each["Condition"]["ArnLike"]
        for action in each["Action"]
    }
    return sorted((allowed - denied) | (allowed - NEEDS_ALL))


def within_own_network(template: Template) -> set[str]:
    """Conditions that hold in the stack's own network alone."""
    own = {"Condition": "OwnNetwork"}
    return {
        "OwnNetwork",
        *(name for name, each in template["Conditions"].items() if own in each.get("Fn::And", ())),
    }


def an_existing_vpc_gets_nothing_of_its_own(template: Template) -> list[str]:
    return [
        name
        for name, resource in template["Resources"].items()
        if resource["Type"].startswith("AWS::EC2::")
        and name != "FunctionsSecurityGroup"
        and resource.get("Condition") not in within_own_network(template)
    ]


def the_audit_trail_can_only_be_added_to_from_inside(template: Template) -> list[str]:
    statements = template["Resources"]["S3Endpoint"]["Properties"]["PolicyDocument"]["Statement"]
    audit = [each for each in statements if any("-audit-" in str(name) for name in listed(each["Resource"]))]
    return [] if [each["Action"] for each in audit] == [["s3:PutObject"]] else [str(audit)]


EGRESS = "FunctionsSecurityGroup/Properties/SecurityGroupEgress/0"
WEAKNESSES: list[tuple[Callable[[Template], list[str]], str, Any]] = [
    (functions_run_in_private_subnets, "RevealFunction/Properties/VpcConfig", None),
    (no_route_leads_to_the_internet, "PrivateRoutesA/Type", "AWS::EC2::Route"),
    (
        subnets_lie_in_two_zones_and_are_private,
        "PrivateSubnetB/Properties/AvailabilityZone",
        {"Fn::If": ["HasZones", {"Ref": "FirstZone"}, {"Fn::Select": [0, {"Fn::GetAZs": ""}]}]},
    ),
    (
        zones_are_the_deployers_to_choose,
        "PrivateSubnetB/Properties/AvailabilityZone",
        {"Fn::Select": [1, {"Fn::GetAZs": ""}]},
    ),
    (subnets_lie_in_two_zones_and_are_private, "PrivateSubnetB/Properties/MapPublicIpOnLaunch", True),
    (only_https_goes_out_and_only_to_the_endpoints_comes_in, f"{EGRESS}/FromPort", 0),
    (
        only_https_goes_out_and_only_to_the_endpoints_comes_in,
        "EndpointsSecurityGroup/Properties/SecurityGroupIngress/0/SourceSecurityGroupId",
        None,
    ),
    (endpoints_are_those_that_are_needed, "KmsEndpoint/Properties/VpcEndpointType", "Gateway"),
    (
        endpoints_let_this_stack_through_alone,
        "KmsEndpoint/Properties/PolicyDocument/Statement/0/Action",
        "kms:*",
    ),
    (
        endpoints_let_this_stack_through_alone,
        "S3Endpoint/Properties/PolicyDocument/Statement/0/Resource",
        "*",
    ),
    (
        endpoints_let_this_stack_through_alone,
        "SqsEndpoint/Properties/PolicyDocument/Statement/0/Condition",
        {},
    ),
    (
        endpoints_let_this_stack_through_alone,
        "XRayEndpoint/Properties/PolicyDocument/Statement/Trace/Action",
        ["xray:*"],
    ),
    (an_existing_vpc_gets_nothing_of_its_own, "XRayEndpoint/Condition", "HasAlarmTopic"),
    (
        every_table_is_reached_by_its_endpoint,
        "DynamoDbEndpoint/Properties/PolicyDocument/Statement/0/Resource",
        [],
    ),
    (
        the_audit_trail_can_only_be_added_to_from_inside,
        "S3Endpoint/Properties/PolicyDocument/Statement/AppendLines/Action",
        ["s3:PutObject", "s3:DeleteObject"],
    ),
    (
        the_audit_trail_can_only_be_added_to_from_inside,
        "S3Endpoint/Properties/PolicyDocument/Statement/AppendLines/Resource",
        [{"Fn::GetAtt": ["LetterBucket", "Arn"]}],
    ),
    (
        keys_are_used_from_inside_alone,
        "AuditKey/Properties/KeyPolicy/Statement/SignAuditLines/Condition",
        {"StringEquals": {"kms:EncryptionContext:purpose": "audit"}},
    ),
    (
        keys_are_used_from_inside_alone,
        "VaultKey/Properties/KeyPolicy/Statement/2/Condition",
        {"StringEquals": {}},
    ),
    (
        functions_may_not_touch_the_network_themselves,
        "NetworkPolicy/Properties/PolicyDocument/Statement/1/Action",
        [],
    ),
    (an_existing_vpc_gets_nothing_of_its_own, "Vpc/Condition", None),
]
CHECKS = list(dict.fromkeys(check for check, _, _ in WEAKNESSES))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_network_keeps_its_promise(template: Template, check: Callable[[Template], list[str]]) -> None:
    assert check(template) == []


@pytest.mark.parametrize(("check", "place", "weakness"), WEAKNESSES)
def test_a_planted_weakness_is_found(
    template: Template, check: Callable[[Template], list[str]], place: str, weakness: Any
) -> None:
    assert check(weakened(template, place, weakness))
