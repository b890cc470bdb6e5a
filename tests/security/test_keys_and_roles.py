"""Tests who can't use keys and roles, whatever anybody grants. Each check is proved by planting the weakness."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.package import ROOT
from local.emulator.template import files, load
from tests.support.security.keys_and_roles import (
    ACCOUNT,
    BOUNDARIES,
    changes_of_keys_raise_an_alarm,
    denials,
    every_role_is_bounded,
    keys_are_denied_to_all_in_three_ways,
    nobody_else_uses_a_key,
    other_accounts_have_rules_of_their_own_and_nothing_else,
    principals_of,
    services_are_let_in_for_this_account_alone,
    statements_of,
    uses,
)
from tests.support.security.network import VPC
from tests.support.security.template import (
    KEYS,
    Template,
    key_statements,
    listed,
    of_type,
    weakened,
)

ROOT_USER = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
FROM_OUTSIDE = {  # what is done from outside of the network by its nature: deploying, and checking the trail
    ("TokenKey", "kms:GenerateDataKeyWithoutPlaintext"),
    ("AuditKey", "kms:Decrypt"),
}
# Keys, replays and the catalog have no name of ours.
NAMED_BY_STACK = (
    "${AWS::StackName}",
    "${Lake",
    ":key/*",
    ":replay/*",
    ":catalog",
    ":datacatalog/AwsDataCatalog",
)


def no_use_comes_from_outside(template: Template) -> list[str]:
    wrong = []
    for key in KEYS:
        denial = denials(template, key).get("DenyOutsideVpc", {})
        bound = denial.get("Condition") == {"StringNotEquals": {"aws:SourceVpc": VPC}}
        denied = set(listed(denial.get("Action", []))) if bound else set()
        allowed = {action for each, _ in uses(template, key) for action in listed(each["Action"])}
        wrong += [f"{key}: {action}" for action in allowed - denied if (key, action) not in FROM_OUTSIDE]
    return wrong


def administrators_are_named_or_the_accounts(template: Template) -> list[str]:
    """By parameter or by the account's IAM; and the root user can fix a policy, which alone keeps a key from being lost."""
    administrators = {
        "AWS": {
            "Fn::If": [
                "HasKeyAdministrators",
                {"Fn::Split": [",", {"Ref": "KeyAdministratorArns"}]},
                ROOT_USER,
            ]
        }
    }
    recovery = {
        "Sid": "Recovery",
        "Effect": "Allow",
        "Principal": {"AWS": ROOT_USER},
        "Action": ["kms:DescribeKey", "kms:GetKeyPolicy", "kms:PutKeyPolicy"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"aws:PrincipalArn": ROOT_USER}},
    }
    wrong = []
    for key in KEYS:
        found = {each["Sid"]: each for each, _ in key_statements(template["Resources"][key]["Properties"])}
        if found["Administration"]["Principal"] != administrators or found.get("Recovery") != recovery:
            wrong.append(key)
    return wrong


def the_boundaries_have_what_the_policies_need_and_no_more(template: Template) -> list[str]:
    return [
        f"{boundary}: {each}"
        for boundary in ("RoleBoundary", "LakeBoundary")
        for each in _too_much_or_too_little(template, boundary)
    ]


def _too_much_or_too_little(template: Template, boundary: str) -> list[str]:
    statements = template["Resources"][boundary]["Properties"]["PolicyDocument"]["Statement"]
    bounded = {action for each in statements for action in listed(each["Action"])}
    needed = {
        action
        for _, policy in of_type(template, "AWS::IAM::Policy")
        if boundary
        in {BOUNDARIES.get(role["Ref"], "RoleBoundary") for role in policy["Roles"] if "Ref" in role}
        for each in policy["PolicyDocument"]["Statement"]
        for action in listed(each["Action"])
    }
    if boundary == "RoleBoundary":
        needed |= {
            action for key in KEYS for each, _ in uses(template, key) for action in listed(each["Action"])
        }
    wide = [
        each["Sid"]
        for each in statements
        for resource in listed(each["Resource"])
        if each["Sid"] not in {"AttachToNetwork", "Trace"}  # these actions know no resources
        and not any(part in resource["Fn::Sub"] for part in NAMED_BY_STACK)
    ]
    return sorted(bounded ^ needed) + wide


def nobody_in_general_is_let_in(template: Template) -> list[str]:
    """Resource policies name principals; endpoints, which know none but the caller's account, are test_network.py's."""
    resources = {
        name: each for name, each in template["Resources"].items() if each["Type"] != "AWS::EC2::VPCEndpoint"
    }
    return [
        f"{name}: {each.get('Sid')}"
        for name, resource in resources.items()
        for each in statements_of(resource)
        if each["Effect"] == "Allow" and "*" in principals_of(each["Principal"])
    ]


KEY = "VaultKey/Properties/KeyPolicy/Statement"
WEAKNESSES: list[tuple[str, Callable[[Template], list[str]], str, Any]] = [
    ("a key over plain HTTP", keys_are_denied_to_all_in_three_ways, "LetterKey/Properties/KeyPolicy/Statement/TlsOnly/Effect", "Allow"),
    ("a key that can be granted", keys_are_denied_to_all_in_three_ways, f"{KEY}/NoGrants/Action", "kms:RetireGrant"),
    ("a key deleted in a week", keys_are_denied_to_all_in_three_ways, f"{KEY}/DeletedLate/Condition/NumericLessThan", {"kms:ScheduleKeyDeletionPendingWindowInDays": "7"}),
    ("a key for one role more", nobody_else_uses_a_key, f"{KEY}/DenyUnlistedPrincipals/Condition/ArnNotEquals/aws:PrincipalArn/0", {"Fn::GetAtt": ["ApiRole", "Arn"]}),
    ("a use of a key forgotten", nobody_else_uses_a_key, "AuditKey/Properties/KeyPolicy/Statement/DenyUnlistedPrincipals/Action", ["kms:Decrypt"]),
    ("a key from outside of the network", no_use_comes_from_outside, "LetterKey/Properties/KeyPolicy/Statement/DenyOutsideVpc/Condition", {}),
    ("the vault key from outside of the network", no_use_comes_from_outside, f"{KEY}/DenyOutsideVpc/Action", ["kms:GenerateDataKey"]),
    ("a key that everybody administers", administrators_are_named_or_the_accounts, f"{KEY}/Administration/Principal", {"AWS": "*"}),
    ("a recovery for whoever IAM lets", administrators_are_named_or_the_accounts, "TokenKey/Properties/KeyPolicy/Statement/Recovery/Condition", {}),
    ("a disabled key that nobody hears of", changes_of_keys_raise_an_alarm, "KeyChangesRule/Properties/EventPattern/detail/eventName", ["PutKeyPolicy"]),
    ("a key that nobody hears of", changes_of_keys_raise_an_alarm, "KeyChangesRule/Properties/EventPattern/detail/resources", {"ARN": [{"Fn::GetAtt": ["VaultKey", "Arn"]}]}),
    ("an alarm on another queue", changes_of_keys_raise_an_alarm, "KeyChangesAlarm/Properties/Dimensions", []),
    ("a role without a boundary", every_role_is_bounded, "RevealRole/Properties/PermissionsBoundary", None),
    ("a boundary with IAM", the_boundaries_have_what_the_policies_need_and_no_more, "RoleBoundary/Properties/PolicyDocument/Statement/AskFunctions/Action", ["lambda:InvokeFunction", "iam:PutRolePolicy"]),
    ("a boundary with another bucket", the_boundaries_have_what_the_policies_need_and_no_more, "LakeBoundary/Properties/PolicyDocument/Statement/Files/Resource", {"Fn::Sub": "arn:${AWS::Partition}:s3:::*"}),
    ("a boundary around other stacks", the_boundaries_have_what_the_policies_need_and_no_more, "RoleBoundary/Properties/PolicyDocument/Statement/Tables/Resource", {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/*"}),
    ("a service for any account", services_are_let_in_for_this_account_alone, "OrdersQueuePolicy/Properties/PolicyDocument/Statement/RuleAlone/Condition", {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["OrdersRule", "Arn"]}}}),
    ("a service for any rule", services_are_let_in_for_this_account_alone, "KeyChangesQueuePolicy/Properties/PolicyDocument/Statement/RuleAlone/Condition", {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
    ("a role for any account's functions", services_are_let_in_for_this_account_alone, "RevealRole/Properties/AssumeRolePolicyDocument/Statement/0/Condition", {}),
    ("a role for API Gateway in any account", services_are_let_in_for_this_account_alone, "ApiGatewayLogsRole/Properties/AssumeRolePolicyDocument/Statement/0/Condition", {}),
    ("a queue for everybody", nobody_in_general_is_let_in, "OrdersQueuePolicy/Properties/PolicyDocument/Statement/RuleAlone/Principal", "*"),
    ("a role for everybody", nobody_in_general_is_let_in, "ProducerRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal", {"AWS": "*"}),
    ("a bus for everybody", other_accounts_have_rules_of_their_own_and_nothing_else, "ConsumerAccountsPolicy/Properties/Statement/Principal", "*"),
    ("a bus that other accounts write to", other_accounts_have_rules_of_their_own_and_nothing_else, "ConsumerAccountsPolicy/Properties/Statement/Action", ["events:PutRule", "events:PutEvents"]),
    ("rules of each other", other_accounts_have_rules_of_their_own_and_nothing_else, "ConsumerAccountsPolicy/Properties/Statement/Condition", {}),
]  # fmt: skip
CHECKS = list(dict.fromkeys(check for _, check, _, _ in WEAKNESSES))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_keys_and_roles_keep_their_promise(
    template: Template, check: Callable[[Template], list[str]]
) -> None:
    assert check(template) == []


@pytest.mark.parametrize(
    ("check", "place", "weakness"), [each[1:] for each in WEAKNESSES], ids=[each[0] for each in WEAKNESSES]
)
def test_a_planted_weakness_is_found(
    template: Template, check: Callable[[Template], list[str]], place: str, weakness: Any
) -> None:
    assert check(weakened(template, place, weakness))


@pytest.mark.parametrize(
    "example", sorted((ROOT / "docs/examples").glob("*.yaml")), ids=lambda path: path.name
)
def test_the_examples_let_services_in_for_one_account_alone(example: Any) -> None:
    assert services_are_let_in_for_this_account_alone(load(example)) == []


def test_the_walk_over_services_meets_each_that_the_template_names() -> None:
    text = "\n".join(each.read_text(encoding="utf-8") for each in files(ROOT / "template.yaml"))
    template = load(ROOT / "template.yaml")
    met = {
        str(each["Principal"]["Service"])
        for each in statements_of(template["Resources"])
        if "Service" in each["Principal"]
    }
    assert met == {
        "apigateway.amazonaws.com",
        "events.amazonaws.com",
        "firehose.amazonaws.com",
        "lambda.amazonaws.com",
        "logging.s3.amazonaws.com",
    }
    assert text.count("Principal: {Service:") == 9


@pytest.mark.parametrize("boundary", ["RoleBoundary", "LakeBoundary"])
def test_a_boundary_fits_into_a_managed_policy(template: Template, boundary: str) -> None:
    """IAM takes 6,144 characters, white space aside; names are taken as long as they may become."""
    document = json.dumps(template["Resources"][boundary]["Properties"]["PolicyDocument"])
    for name, longest in {"Partition": 10, "Region": 16, "AccountId": 12, "StackName": 30}.items():
        document = document.replace(f"${{AWS::{name}}}", "x" * longest)
    assert len(document.replace(" ", "")) < 6_144
