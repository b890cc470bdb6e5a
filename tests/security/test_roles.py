"""Tests every role: who may take it on, what its policies give it, and that nothing else gives it anything."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable

from tests.support.security.deployed import Stack, listed
from tests.support.security.grants import OF_FUNCTIONS, OF_PEOPLE, OF_SERVICES, actions
from tools.lint.rendered import ACCOUNT

# Lambda puts a function's interfaces into subnets with these; the Describe actions know no resources.
INTERFACES = actions(
    "ec2:AssignPrivateIpAddresses CreateNetworkInterface DeleteNetworkInterface DescribeNetworkInterfaces"
    " DescribeSubnets UnassignPrivateIpAddresses"
)
TRACES = actions("xray:PutTelemetryRecords PutTraceSegments")
LOGS = actions("logs:CreateLogStream PutLogEvents")
# Lambda itself calls with a function's role; the code of a function is its own source.
BY_THE_FUNCTION = "{'ArnLike': {'lambda:SourceFunctionArn': 'lambda:function:*'}}"

SERVICES = {
    "ApiGatewayLogsRole": ("apigateway", ""),
    "LakeDeliveryRole": ("firehose", "LakeDelivery"),
    "LakeFeedRole": ("events", "LakeRule"),
}
MANAGED = {
    "ApiGatewayLogsRole": ["arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"]
}


def granted(stack: Stack, effect: str) -> dict[str, dict[str, set[str]]]:
    """Returns each role's actions by the resource that they are allowed, or denied, on."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for each in stack.grants():
        if each.effect == effect:
            condition = f" if {each.condition}" if each.condition else ""
            found[each.role][each.resource + condition].add(each.action)
    return {role: dict(resources) for role, resources in found.items()}


def of_function(stack: Stack, function: str) -> dict[str, set[str]]:
    """Returns what every function's role has, whatever the function does."""
    properties = stack.functions()[function]
    log = properties["LoggingConfig"]["LogGroup"]
    inside = INTERFACES if "VpcConfig" in properties else set()
    return {"*": TRACES | inside, f"logs:log-group:{log}:*": LOGS}


def test_every_role_has_what_the_table_says_and_nothing_else(stack: Stack) -> None:
    expected = {
        role: {resource: actions(line) for resource, line in lines.items()}
        for role, lines in stack.there(OF_FUNCTIONS | OF_PEOPLE | OF_SERVICES).items()
    }
    for function in stack.functions():
        expected[stack.role_of(function)] |= of_function(stack, function)
    found = granted(stack, "Allow")
    assert {role: found.get(role, {}) for role in expected} == expected
    assert found.keys() <= expected.keys()
    assert stack.of("AWS::IAM::Role").keys() == expected.keys()


def test_no_function_touches_the_network_by_itself(stack: Stack) -> None:
    inside = {stack.role_of(name) for name, each in stack.functions().items() if "VpcConfig" in each}
    expected = {role: {f"* if {BY_THE_FUNCTION}": INTERFACES} for role in inside}
    assert granted(stack, "Deny") == expected


def test_no_role_has_policies_that_no_other_test_looks_at(stack: Stack) -> None:
    roles = stack.of("AWS::IAM::Role")
    assert [name for name, each in roles.items() if "Policies" in each] == []
    assert {
        name: each["ManagedPolicyArns"] for name, each in roles.items() if "ManagedPolicyArns" in each
    } == (stack.there(MANAGED) if "ApiGatewayLogsRole" in roles else {})


def test_no_two_policies_of_a_role_have_one_name(stack: Stack) -> None:
    """The one that is put later takes the other's place, and with it a denial or a permission is gone."""
    named = [
        (role, each["PolicyName"].lower())
        for each in stack.of("AWS::IAM::Policy").values()
        for role in each["Roles"]
    ]
    assert [each for each, count in Counter(named).items() if count > 1] == []


def trust(stack: Stack, role: str) -> list[object]:
    """Returns who a role is for, as its trust has to say it."""
    if role in OF_PEOPLE:
        everybody = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}
        return [{"Effect": "Allow", "Action": "sts:AssumeRole", **everybody}]
    service, source = SERVICES.get(role, ("lambda", ""))
    # As decision 0017 has it: no page of AWS says that a service sends these keys.
    condition = {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}
    if source:
        condition["ArnEqualsIfExists"] = {"aws:SourceArn": stack.arns[source]}
    principal = {"Service": f"{service}.amazonaws.com"}
    return [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, "Condition": condition}]


def test_every_role_is_for_people_of_the_account_or_for_one_service(stack: Stack) -> None:
    found = {
        name: each["AssumeRolePolicyDocument"]["Statement"]
        for name, each in stack.of("AWS::IAM::Role").items()
    }
    assert found == {role: trust(stack, role) for role in found}


def test_every_function_has_a_role_of_its_own_and_every_other_role_is_listed(stack: Stack) -> None:
    roles = [stack.role_of(name) for name in stack.functions()]
    assert len(set(roles)) == len(roles)
    assert set(roles) == set(stack.there(OF_FUNCTIONS))


def boundaries(stack: Stack) -> dict[str, set[str]]:
    """Returns the actions that each boundary of the stack lets through."""
    return {
        name: {action for each in policy["PolicyDocument"]["Statement"] for action in listed(each["Action"])}
        for name, policy in stack.of("AWS::IAM::ManagedPolicy").items()
    }


def test_every_role_has_the_boundary_of_its_kind(stack: Stack) -> None:
    own = {"ApiGatewayLogsRole": "ApiGatewayLogsBoundary"} | dict.fromkeys(
        ("AnalystRole", "LakeDeliveryRole", "LakeFeedRole"), "LakeBoundary"
    )
    found = {
        name: stack.named(each["PermissionsBoundary"]) for name, each in stack.of("AWS::IAM::Role").items()
    }
    given = "iam:policy/boundary"  # an organization's, where it is given; the fullest set has none
    assert set(found.values()) == {given} or found == {name: own.get(name, "RoleBoundary") for name in found}
    assert not stack.whole or given not in found.values()


def used_by(stack: Stack, roles: Iterable[str]) -> set[str]:
    """Returns what roles are allowed by their own policies and by those of keys."""
    chosen = set(roles)
    keys = {
        action
        for key in stack.of("AWS::KMS::Key").values()
        for each in key["KeyPolicy"]["Statement"]
        if each["Effect"] == "Allow" and isinstance(each["Principal"], dict)
        for principal in listed(each["Principal"]["AWS"])
        if stack.named(principal) in chosen
        for action in listed(each["Action"])
    }
    return keys | {each.action for each in stack.grants() if each.role in chosen and each.effect == "Allow"}


def test_the_boundaries_let_through_what_the_policies_need_and_no_more(stack: Stack) -> None:
    for boundary, let_through in boundaries(stack).items():
        bounded = [
            name
            for name, each in stack.of("AWS::IAM::Role").items()
            if stack.named(each["PermissionsBoundary"]) == boundary
        ]
        # API Gateway's managed policy is AWS's; RekeyRole is there for a while, and its boundary waits for it.
        if boundary == "ApiGatewayLogsBoundary" or not bounded:
            continue
        needed = used_by(stack, bounded)
        assert not needed - let_through, boundary
        assert not stack.whole or let_through == needed, boundary


# Keys and replays have drawn names, and the account has one catalog; Lambda's and X-Ray's actions know no resources.
OF_THE_STACK = ("orders", ":key/", ":replay/", ":catalog", "datacatalog/AwsDataCatalog")


def test_every_boundary_ends_at_the_stacks_own_resources(stack: Stack) -> None:
    wide = [
        (name, each["Sid"], resource)
        for name, policy in stack.of("AWS::IAM::ManagedPolicy").items()
        if name != "ApiGatewayLogsBoundary"  # of the account's one role, which outlives the stack
        for each in policy["PolicyDocument"]["Statement"]
        for resource in listed(each["Resource"])
        if not any(part in resource for part in OF_THE_STACK)
        and not set(listed(each["Action"])) <= INTERFACES | TRACES
    ]
    assert wide == []


def test_a_boundary_fits_into_a_managed_policy(stack: Stack) -> None:
    """IAM takes 6,144 characters, white space aside; names are taken as long as they may become."""
    for name, policy in stack.of("AWS::IAM::ManagedPolicy").items():
        document = json.dumps(policy["PolicyDocument"]).replace("arn:aws:", "arn:aws-us-gov:")
        document = document.replace("eu-central-1", "x" * 16).replace("orders", "x" * 30)
        assert len(document.replace(" ", "")) < 6_144, name
