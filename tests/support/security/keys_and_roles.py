"""Checks of who uses a key and what a role may become: each returns what breaks a promise."""

from collections.abc import Iterator
from typing import Any

from tests.support.security.template import (
    ADMINISTERING,
    KEYS,
    USES,
    Template,
    key_statements,
    listed,
    of_type,
)

ACCOUNT = {"Ref": "AWS::AccountId"}
NOTHING = {"Ref": "AWS::NoValue"}
DENIED_TO_ALL: dict[str, dict[str, Any]] = {
    "TlsOnly": {"Action": "kms:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    "NoGrants": {"Action": "kms:CreateGrant"},
    "DeletedLate": {
        "Action": "kms:ScheduleKeyDeletion",
        "Condition": {"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": "30"}},
    },
}
# What changes who can use a key, or whether anybody can.
KEY_CHANGES = {
    "CreateGrant",
    "DeleteImportedKeyMaterial",
    "DisableKey",
    "DisableKeyRotation",
    "PutKeyPolicy",
    "ScheduleKeyDeletion",
}
# All others have the stack's.
BOUNDARIES = {
    "ApiGatewayLogsRole": "ApiGatewayLogsBoundary",
    **dict.fromkeys(("LakeFeedRole", "LakeDeliveryRole", "AnalystRole"), "LakeBoundary"),
}


def denials(template: Template, key: str) -> dict[str, dict[str, Any]]:
    found = key_statements(template["Resources"][key]["Properties"])
    return {each["Sid"]: each for each, _ in found if each["Effect"] == "Deny"}


def uses(template: Template, key: str) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Statements that let somebody use a key, and the conditions under which they are there."""
    for each, there in key_statements(template["Resources"][key]["Properties"]):
        if each["Effect"] == "Allow" and each["Sid"] not in ADMINISTERING:
            yield each, there


def keys_are_denied_to_all_in_three_ways(template: Template) -> list[str]:
    """Over plain HTTP; by grants, which no policy shows; and to be deleted in less than thirty days."""
    return [
        f"{key}: {sid}"
        for key in KEYS
        for sid, expected in DENIED_TO_ALL.items()
        if denials(template, key).get(sid)
        != {"Sid": sid, "Effect": "Deny", "Principal": "*", "Resource": "*", **expected}
    ]


def nobody_else_uses_a_key(template: Template) -> list[str]:
    """Every use is denied but to the roles that a statement names, so that no other grant gives it, administrators' neither."""
    wrong = []
    for key in KEYS:
        named = [
            {"Fn::If": [there[0].removeprefix("if "), role, NOTHING]} if there else role
            for each, there in uses(template, key)
            for role in principals_of(each["Principal"])
        ]
        denial = denials(template, key).get("DenyUnlistedPrincipals", {})
        excepted = denial.get("Condition", {}).get("ArnNotEquals", {}).get("aws:PrincipalArn", [])
        whole = USES - {"kms:*", "kms:CreateGrant"} <= set(denial.get("Action", ()))
        if sorted(map(str, excepted)) != sorted({str(each) for each in named}) or not whole:
            wrong.append(key)
    return wrong


def changes_of_keys_raise_an_alarm(template: Template) -> list[str]:
    """CloudTrail's events on each key reach a queue, and a message on that queue the alarm."""
    resources = template["Resources"]
    pattern = resources["KeyChangesRule"]["Properties"]["EventPattern"]
    missing = sorted(KEY_CHANGES - set(pattern["detail"]["eventName"]))
    missing += [key for key in KEYS if f"'{key}'" not in str(pattern["detail"]["resources"])]
    queue = {"Fn::GetAtt": ["KeyChangesQueue", "Arn"]}
    if [each["Arn"] for each in resources["KeyChangesRule"]["Properties"]["Targets"]] != [queue]:
        missing.append("target")
    alarm = resources["KeyChangesAlarm"]["Properties"]
    if [each["Value"] for each in alarm["Dimensions"]] != [{"Fn::GetAtt": ["KeyChangesQueue", "QueueName"]}]:
        missing.append("alarm")
    return missing


def every_role_is_bounded(template: Template) -> list[str]:
    return [
        name
        for name, role in of_type(template, "AWS::IAM::Role")
        if role.get("PermissionsBoundary")
        != {
            "Fn::If": [
                "HasPermissionsBoundary",
                {"Ref": "PermissionsBoundaryArn"},
                {"Ref": BOUNDARIES.get(name, "RoleBoundary")},
            ]
        }
    ]


def statements_of(node: Any) -> Iterator[dict[str, Any]]:
    """Yields every policy statement in a template, wherever it stands."""
    if isinstance(node, dict):
        if "Effect" in node and "Principal" in node:
            yield node
        for each in node.values():
            yield from statements_of(each)
    elif isinstance(node, list):
        for each in node:
            yield from statements_of(each)


def services_are_let_in_for_this_account_alone(template: Template) -> list[str]:
    """A service acts for whoever asks it to, so each statement says for whom.

    `IfExists` stands where a service takes on a role: decision 0017.
    """
    wrong = []
    for each in statements_of(template["Resources"]):
        if each["Effect"] != "Allow" or "Service" not in each["Principal"]:
            continue
        tests, takes_on = each.get("Condition", {}), each["Action"] == "sts:AssumeRole"
        equals = {
            **(tests.get("StringEqualsIfExists", {}) if takes_on else {}),
            **tests.get("StringEquals", {}),
        }
        sources = {**tests.get("ArnEquals", {}), **tests.get("ArnLike", {})}.get("aws:SourceArn", [])
        named = takes_on or (sources and all(_named(source) for source in listed(sources)))
        if equals.get("aws:SourceAccount") != ACCOUNT or not named:
            wrong.append(f"{each.get('Sid', each['Action'])}: {each['Principal']}")
    return wrong


def _named(source: Any) -> bool:
    """Returns True if a source is a resource, or a name's beginning in this account."""
    text = source.get("Fn::Sub", "*")
    return "Fn::GetAtt" in source or ("${AWS::AccountId}" in text and "*" not in text[:-1])


def principals_of(principal: Any) -> list[Any]:
    if not isinstance(principal, dict):
        return [principal]
    return [one for each in principal.values() for one in listed(each)]


CONSUMERS = {
    "Sid": "ConsumerAccounts",
    "Effect": "Allow",
    "Principal": {"AWS": {"Fn::Split": [",", {"Ref": "ConsumerAccountIds"}]}},
    "Action": [
        "events:DeleteRule",
        "events:DescribeRule",
        "events:DisableRule",
        "events:EnableRule",
        "events:ListTargetsByRule",
        "events:PutRule",
        "events:PutTargets",
        "events:RemoveTargets",
    ],
    "Resource": {
        "Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/${SanitizedBus}/consumer-*"
    },
    # As AWS's own example: absent where a rule is made, and then whose it is.
    "Condition": {
        "StringEqualsIfExists": {"events:creatorAccount": "${aws:PrincipalAccount}"},
        "ForAllValues:StringEquals": {"events:source": "orders.tokenizer"},
    },
}


def other_accounts_have_rules_of_their_own_and_nothing_else(template: Template) -> list[str]:
    """The accounts of a parameter that names none by default; nobody of another account may put an event."""
    policies = dict(of_type(template, "AWS::Events::EventBusPolicy"))
    found = {name: each["Statement"] for name, each in policies.items()}
    by_parameter = (
        template["Resources"].get("ConsumerAccountsPolicy", {}).get("Condition") == "HasConsumerAccounts"
    )
    default = template["Parameters"]["ConsumerAccountIds"]["Default"]
    return (
        []
        if found == {"ConsumerAccountsPolicy": CONSUMERS} and by_parameter and default == ""
        else [str(found)]
    )
