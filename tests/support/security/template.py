"""Checks of what the template must say: each returns what breaks a promise."""

import copy
from collections.abc import Iterator
from typing import Any

Template = dict[str, Any]
VAULT_KEY = {
    ("kms:GenerateDataKey", "vault", ("EraseRole", "TokenizeQueueRole", "TokenizeStreamRole")),
    ("kms:Decrypt", "vault", ("PaymentRole", "RevealRole")),
    ("kms:GenerateDataKey", "vault if IsRekeying", ("RekeyRole",)),
    ("kms:Decrypt", "vault if IsRekeying", ("RekeyRole",)),
}
KEYS = {
    # key: (operation, purpose, roles) of each statement that grants its use
    "VaultKey": VAULT_KEY,
    "VaultKeyGreen": VAULT_KEY,
    "LetterKey": {
        ("kms:GenerateDataKey", "letter", ("TokenizeQueueRole", "TokenizeStreamRole")),
        ("kms:Decrypt", "letter", ("ReplayRole",)),
    },
    "AuditKey": {
        (
            "kms:GenerateDataKey",
            "audit",
            ("ApiRole", "EraseRole", "HoneyRole", "PaymentRole", "ReplayRole", "RevealRole"),
        ),
        ("kms:GenerateDataKey", "audit if IsRekeying", ("RekeyRole",)),
        ("kms:Decrypt", "audit", ("AuditReaderRole",)),
    },
    "TokenKey": {
        ("kms:GenerateDataKeyWithoutPlaintext", "token-keys", ("TokenKeysRole",)),
        ("kms:Decrypt", "token-keys", ("TokenizeQueueRole", "TokenizeStreamRole")),
        ("kms:Decrypt", "token-keys subject-key/*", ("EraseRole",)),
    },
    "FingerprintKey": {("kms:GenerateMac", "any", ("ApiRole",))},
}
NAME = "kms:EncryptionContext:name"
ADMINISTERING = {"Administration", "Recovery"}
# Their actions know no resources; test_network.py and functions_may_trace_and_no_more have the reasons.
ANY_RESOURCE = {"NetworkPolicy", "TracesPolicy"}
USES = {
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateMac",
    "kms:VerifyMac",
    "kms:ReEncryptFrom",
    "kms:CreateGrant",
    "kms:*",
}

STATEMENT = "Properties/PolicyDocument/Statement/WriteVault"
# docs.aws.amazon.com/apigateway/latest/api/API_Method.html, httpMethod; ANY is refused in a setting's path:
# github.com/hashicorp/terraform-provider-aws/issues/15855, github.com/serverless-heaven/serverless-aws-alias/issues/80
VERBS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def of_type(template: Template, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield name, resource["Properties"]


def statements(template: Template, policy: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = template["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"]
    return found


def key_statements(key: dict[str, Any]) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Yields the statements of a key's policy, and the condition under which each is there."""
    for each in key["KeyPolicy"]["Statement"]:
        if "Fn::If" in each:
            condition, statement, otherwise = each["Fn::If"]
            assert otherwise == {"Ref": "AWS::NoValue"}
            yield statement, [f"if {condition}"]
        else:
            yield each, []


def key_uses(template: Template, key: str) -> set[tuple[str, str, tuple[str, ...]]]:
    found = set()
    for each, there in key_statements(template["Resources"][key]["Properties"]):
        if each["Effect"] == "Deny" or each["Sid"] in ADMINISTERING:
            continue
        tests = each.get("Condition", {})
        context = {**tests.get("StringEquals", {}), **tests.get("StringLike", {})}
        purpose = " ".join(
            [
                context.get("kms:EncryptionContext:purpose", "any"),
                *([context[NAME]] if NAME in context else []),
                *there,
            ]
        )
        roles = tuple(sorted(arn["Fn::GetAtt"][0] for arn in listed(each["Principal"]["AWS"])))
        found |= {(action, purpose, roles) for action in listed(each["Action"])}
    return found


def keys_used_as_agreed(template: Template) -> list[str]:
    return [name for name, uses in KEYS.items() if key_uses(template, name) != uses]


def keys_rotate_and_are_deleted_late(template: Template) -> list[str]:
    return [
        name
        for name, key in of_type(template, "AWS::KMS::Key")
        # KMS rotates no HMAC keys.
        if not (key.get("EnableKeyRotation") is True or key.get("KeySpec") == "HMAC_256")
        or key["PendingWindowInDays"] != 30
    ]


def policies_without_wildcards(template: Template) -> list[str]:
    return [
        f"{name}: {each['Sid']}"
        for name, policy in of_type(template, "AWS::IAM::Policy")
        for each in policy["PolicyDocument"]["Statement"]
        if any("*" in action for action in listed(each["Action"]))
        or ("*" in listed(each["Resource"]) and name not in ANY_RESOURCE)
    ]


def plain_http_is_denied(template: Template) -> list[str]:
    covered = set()
    for _, policy in of_type(template, "AWS::SQS::QueuePolicy"):
        if any(
            each["Sid"] == "TlsOnly" and each["Effect"] == "Deny"
            for each in policy["PolicyDocument"]["Statement"]
        ):
            covered |= {queue["Ref"] for queue in policy["Queues"]}
    return [name for name, _ in of_type(template, "AWS::SQS::Queue") if name not in covered]


def buckets_are_private(template: Template) -> list[str]:
    return [
        name
        for name, bucket in of_type(template, "AWS::S3::Bucket")
        if not all(bucket["PublicAccessBlockConfiguration"].values()) or "BucketEncryption" not in bucket
    ]


def plant(template: Template, path: str, value: Any) -> None:
    *steps, last = path.split("/")
    node: Any = template["Resources"]
    for step in steps:
        if isinstance(node, list):
            # by its place or, which stays when others come, by its Sid
            (node,) = (
                [node[int(step)]] if step.isdecimal() else [each for each in node if each.get("Sid") == step]
            )
        else:
            node = node[step]
    node[int(last) if last.isdecimal() else last] = value


def weakened(template: Template, path: str, value: Any) -> Template:
    """Returns a copy of the template with a weakness planted in it."""
    weak = copy.deepcopy(template)
    plant(weak, path, value)
    return weak
