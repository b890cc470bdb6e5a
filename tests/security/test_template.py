"""Tests what the template must say, from the template itself. Each check is proved by planting the weakness."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.security.template import (
    ADMINISTERING,
    KEYS,
    STATEMENT,
    USES,
    Template,
    buckets_are_private,
    key_statements,
    keys_rotate_and_are_deleted_late,
    keys_used_as_agreed,
    listed,
    of_type,
    plain_http_is_denied,
    policies_without_wildcards,
    statements,
    weakened,
)


def administrators_without_use(template: Template) -> list[str]:
    return [
        name
        for name in KEYS
        for each, _ in key_statements(template["Resources"][name]["Properties"])
        if each["Sid"] in ADMINISTERING and USES & set(each["Action"])
    ]


def functions_may_trace_and_no_more(template: Template) -> list[str]:
    """Every function's role, and nobody else's, may write traces; none may read any, or change what is sampled."""
    policy = template["Resources"]["TracesPolicy"]["Properties"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    arms = [each["Fn::If"][1] if "Fn::If" in each else each for each in policy["Roles"]]
    functions = dict(of_type(template, "AWS::Serverless::Function"))
    wrong = {each["Ref"] for each in arms} ^ {each["Role"]["Fn::GetAtt"][0] for each in functions.values()}
    actions = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
    elsewhere = [
        name
        for name, each in of_type(template, "AWS::IAM::Policy")
        if name != "TracesPolicy" and "xray:" in str(each["PolicyDocument"])
    ]
    mode = template["Globals"]["Function"]["Tracing"]
    # Lambda refuses to make a function that traces before its role may.
    early = [name for name in functions if "TracesPolicy" not in template["Resources"][name]["DependsOn"]]
    return (
        sorted(wrong)
        + early
        + ([] if set(statement["Action"]) == actions else ["actions"])
        + elsewhere
        + ([] if mode == {"Ref": "TracingMode"} else ["Tracing"])
    )


def no_path_is_traced(template: Template) -> list[str]:
    """API Gateway's traces hold the path that was asked for, where ids of orders and customers stand."""
    apis = of_type(template, "AWS::Serverless::Api")
    return [name for name, api in apis if api.get("TracingEnabled")]


def roles_leave_kms_to_the_keys(template: Template) -> list[str]:
    return [
        name
        for name, policy in of_type(template, "AWS::IAM::Policy")
        for each in policy["PolicyDocument"]["Statement"]
        if any(action.startswith("kms:") for action in listed(each["Action"]))
    ]


def tokenizers_only_write_the_vault(template: Template) -> list[str]:
    return [
        f"{policy}: {action}"
        for policy in ("TokenizeStreamPolicy", "TokenizeQueuePolicy")
        for each in statements(template, policy)
        for action in listed(each["Action"])
        if {"Fn::GetAtt": ["VaultTable", "Arn"]} in listed(each["Resource"])
        and action != "dynamodb:BatchWriteItem"
    ]


def who_may_read_and_write_the_vault_is_there_for_a_while(template: Template) -> list[str]:
    """One role may read vault records and write them; it and its function exist while the vault is moved to another key."""
    names = ("RekeyRole", "RekeyPolicy", "RekeyFunction", "RekeyOperatorRole", "RekeyOperatorPolicy")
    lasting = [name for name in names if template["Resources"][name].get("Condition") != "IsRekeying"]
    both = []
    for name, policy in of_type(template, "AWS::IAM::Policy"):
        actions = {
            action.partition(":")[2]
            for each in policy["PolicyDocument"]["Statement"]
            for action in listed(each["Action"])
            if {"Fn::GetAtt": ["VaultTable", "Arn"]} in listed(each["Resource"])
        }
        reads = actions & {"BatchGetItem", "GetItem", "Query", "Scan"}
        if reads and actions - reads and name != "RekeyPolicy":
            both.append(name)
    return lasting + both


def no_vault_key_leaves_unseen(template: Template) -> list[str]:
    """Each function that seals or opens records waits for the resource that refuses to let a key go."""
    functions = {
        name
        for name, function in of_type(template, "AWS::Serverless::Function")
        if "VAULT_KEY_ARN" in function.get("Environment", {}).get("Variables", {})
    } - {"RekeyFunction"}
    keys = {name for name, _ in of_type(template, "AWS::KMS::Key") if name.startswith("VaultKey")}
    held = str(template["Resources"]["VaultKeys"]["Properties"]["Held"])
    return [name for name in functions if "VaultKeys" not in template["Resources"][name]["DependsOn"]] + [
        key for key in keys if f"'{key}'" not in held
    ]


def the_eraser_reads_nothing(template: Template) -> list[str]:
    """It finds a customer's records by the vault's index, which holds no value, and writes tombstones."""
    return [
        action
        for each in statements(template, "ErasePolicy")
        for action in listed(each["Action"])
        if {"Fn::GetAtt": ["VaultTable", "Arn"]} in listed(each["Resource"])
        and action != "dynamodb:BatchWriteItem"
    ]


PUBLISHER = {
    "ForAllValues:StringEquals": {"events:source": "orders.tokenizer"},
    "Null": {"events:source": "false"},
}


def publishers_are_the_tokenizer(template: Template) -> list[str]:
    return [
        policy
        for policy in ("TokenizeStreamPolicy", "TokenizeQueuePolicy")
        for each in statements(template, policy)
        if each["Sid"] == "Publish" and each.get("Condition") != PUBLISHER
    ]


def tables_are_kept(template: Template) -> list[str]:
    wrong = []
    for name, table in of_type(template, "AWS::DynamoDB::Table"):
        recoverable = table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        protected = table.get("DeletionProtectionEnabled") is True or name == "OrdersTable"
        retained = template["Resources"][name]["DeletionPolicy"] in {"Retain", "RetainExceptOnCreate"}
        if not (recoverable and protected and retained and table["SSESpecification"]["SSEEnabled"] is True):
            wrong.append(name)
    return wrong


def functions_have_roles_and_logs_of_their_own(template: Template) -> list[str]:
    functions = dict(of_type(template, "AWS::Serverless::Function"))
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions.values()]
    logs = [function["LoggingConfig"]["LogGroup"]["Ref"] for function in functions.values()]
    kept = {name for name, group in of_type(template, "AWS::Logs::LogGroup") if group["RetentionInDays"]}
    return [
        name
        for name, role, log in zip(functions, roles, logs, strict=True)
        if roles.count(role) > 1 or logs.count(log) > 1 or log not in kept
    ]


def the_stream_mapping_gives_up_in_order(template: Template) -> list[str]:
    mapping = template["Resources"]["TokenizeStreamMapping"]["Properties"]
    expected = {
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": True,
        "MaximumRetryAttempts": -1,
        "MaximumRecordAgeInSeconds": 86400,
        "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}}},
    }
    hours = template["Resources"]["RawOrdersStream"]["Properties"]["RetentionPeriodHours"]
    wrong = [name for name, value in expected.items() if mapping.get(name) != value]
    return wrong + (["retention"] if hours * 3600 <= mapping["MaximumRecordAgeInSeconds"] else [])


def no_filter_drops_raw_records(template: Template) -> list[str]:
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping")
    return [name for name, mapping in mappings if "FilterCriteria" in mapping]


def queues_outlast_their_functions(template: Template) -> list[str]:
    wrong = []
    for _, mapping in of_type(template, "AWS::Lambda::EventSourceMapping"):
        queue = template["Resources"][mapping["EventSourceArn"]["Fn::GetAtt"][0]]["Properties"]
        function = template["Resources"][mapping["FunctionName"]["Ref"]]["Properties"]
        timeout = function.get("Timeout", template["Globals"]["Function"]["Timeout"])
        if "VisibilityTimeout" in queue and queue["VisibilityTimeout"] < 6 * timeout:
            wrong.append(queue["QueueName"]["Fn::Sub"])
    return wrong


def letters_wait_for_two_weeks(template: Template) -> list[str]:
    return [
        name
        for name, queue in of_type(template, "AWS::SQS::Queue")
        if queue["MessageRetentionPeriod"] != 1_209_600
    ]


def buckets_speak_tls_alone(template: Template) -> list[str]:
    covered = {
        policy["Bucket"]["Ref"]
        for _, policy in of_type(template, "AWS::S3::BucketPolicy")
        for each in policy["PolicyDocument"]["Statement"]
        if each["Sid"] == "TlsOnly" and (each["Effect"], each["Action"]) == ("Deny", "s3:*")
    }
    return [name for name, _ in of_type(template, "AWS::S3::Bucket") if name not in covered]


def audit_lines_are_locked_for_years(template: Template) -> list[str]:
    bucket = template["Resources"]["AuditBucket"]
    expected = {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": {"Ref": "AuditRetentionDays"}}},
        },
        "VersioningConfiguration": {"Status": "Enabled"},
        "LoggingConfiguration": {
            "DestinationBucketName": {"Ref": "AuditAccessBucket"},
            "LogFilePrefix": "audit/",
        },
    }
    wrong = [name for name, value in expected.items() if bucket["Properties"].get(name) != value]
    wrong += ["DeletionPolicy"] if bucket["DeletionPolicy"] != "Retain" else []
    days = template["Parameters"]["AuditRetentionDays"]["Default"]
    return wrong + (["AuditRetentionDays"] if days < 365 else [])


AUDIT_BUCKET = {"Fn::GetAtt": ["AuditBucket", "Arn"]}
AUDIT_OBJECTS = {"Fn::Sub": "${AuditBucket.Arn}/*"}
AUDIT_DENIALS: dict[str, dict[str, Any]] = {
    "NothingIsDeleted": {
        "Action": [
            "s3:BypassGovernanceRetention",
            "s3:DeleteBucket",
            "s3:DeleteObject",
            "s3:DeleteObjectVersion",
        ],
        "Resource": [AUDIT_BUCKET, AUDIT_OBJECTS],
    },
    # the one combination that AWS documents for "only if nothing is there": userguide/conditional-writes-enforce
    "NothingIsWrittenTwice": {
        "Action": "s3:PutObject",
        "Resource": AUDIT_OBJECTS,
        "Condition": {
            "Null": {"s3:if-none-match": "true"},
            "Bool": {"s3:ObjectCreationOperation": "true"},
        },
    },
}


def audit_lines_are_written_once_by_anybody(template: Template) -> list[str]:
    found = {each["Sid"]: each for each in statements(template, "AuditBucketPolicy")}
    return [
        sid
        for sid, expected in AUDIT_DENIALS.items()
        if found.get(sid) != {"Sid": sid, "Effect": "Deny", "Principal": "*", **expected}
    ]


AUDIT_WRITERS = {
    "ApiPolicy",
    "HoneyPolicy",
    "RekeyPolicy",
    "ErasePolicy",
    "RevealPolicy",
    "PaymentPolicy",
    "ReplayPolicy",
}
AUDIT_READS = {
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "s3:GetObject",
    "s3:GetObjectRetention",
    "s3:GetObjectVersion",
    "s3:ListBucketVersions",
}


def the_audit_trail_is_appended_to_and_read_by_different_roles(template: Template) -> list[str]:
    wrong = []
    for name, policy in of_type(template, "AWS::IAM::Policy"):
        granted = {
            action
            for each in policy["PolicyDocument"]["Statement"]
            for resource in listed(each["Resource"])
            for action in listed(each["Action"])
            if "AuditBucket" in str(resource) or "AuditHeadsTable" in str(resource)
        }
        writes = {"dynamodb:PutItem", "s3:PutObject"} if name in AUDIT_WRITERS else set()
        if granted != (AUDIT_READS if name == "AuditReaderPolicy" else writes):
            wrong.append(name)
    return wrong


def the_bus_is_archived(template: Template) -> list[str]:
    archives = [archive["SourceArn"] for _, archive in of_type(template, "AWS::Events::Archive")]
    return [] if {"Fn::GetAtt": ["SanitizedBus", "Arn"]} in archives else ["SanitizedBus"]


def unprocessed_messages_are_the_replay_functions_alone(template: Template) -> list[str]:
    for each in statements(template, "UnprocessedQueuePolicy"):
        alone = {"ArnNotEquals": {"aws:PrincipalArn": {"Fn::GetAtt": ["ReplayRole", "Arn"]}}}
        if each["Effect"] == "Deny" and "sqs:ReceiveMessage" in each["Action"] and each["Condition"] == alone:
            return []
    return ["UnprocessedQueue"]


# Who may do what on the tables that guard reveals.
GUARDS = {
    "HoneyTokensTable": {
        ("RevealPolicy", "dynamodb:BatchGetItem"),
        ("PaymentPolicy", "dynamodb:BatchGetItem"),
        ("HoneyPolicy", "dynamodb:PutItem"),
        ("HoneyPolicy", "dynamodb:Scan"),
    },
    "RevealBudgetsTable": {
        (policy, "dynamodb:UpdateItem") for policy in ("RevealPolicy", "PaymentPolicy", "ApiPolicy")
    },
}


def guards_of_reveals_are_used_as_agreed(template: Template) -> list[str]:
    def uses(table: str) -> set[tuple[str, str]]:
        return {
            (name, action)
            for name, policy in of_type(template, "AWS::IAM::Policy")
            for each in policy["PolicyDocument"]["Statement"]
            if {"Fn::GetAtt": [table, "Arn"]} in listed(each["Resource"])
            for action in listed(each["Action"])
        }

    return [table for table, agreed in GUARDS.items() if uses(table) != agreed]


def counters_end(template: Template) -> list[str]:
    expiry = template["Resources"]["RevealBudgetsTable"]["Properties"].get("TimeToLiveSpecification")
    return [] if expiry == {"AttributeName": "expires_at", "Enabled": True} else ["RevealBudgetsTable"]


WEAKNESSES: list[tuple[Callable[[Template], list[str]], str, Any]] = [
    (keys_used_as_agreed, "VaultKey/Properties/KeyPolicy/Statement/1/Action", "kms:Decrypt"),
    (keys_used_as_agreed, "VaultKey/Properties/KeyPolicy/Statement/1/Condition", {}),
    (
        keys_used_as_agreed,
        "TokenKey/Properties/KeyPolicy/Statement/3/Condition",
        {"StringEquals": {"kms:EncryptionContext:purpose": "token-keys"}},
    ),
    (who_may_read_and_write_the_vault_is_there_for_a_while, "RekeyRole/Condition", "OwnNetwork"),
    (
        who_may_read_and_write_the_vault_is_there_for_a_while,
        f"ErasePolicy/{STATEMENT}/Action",
        ["dynamodb:BatchWriteItem", "dynamodb:Scan"],
    ),
    (no_vault_key_leaves_unseen, "RevealFunction/DependsOn", ["RevealPolicy"]),
    (no_vault_key_leaves_unseen, "VaultKeys/Properties/Held", []),
    (the_eraser_reads_nothing, f"ErasePolicy/{STATEMENT}/Action", ["dynamodb:GetItem"]),
    (
        keys_used_as_agreed,
        "LetterKey/Properties/KeyPolicy/Statement/2/Principal",
        {"AWS": {"Fn::GetAtt": ["RevealRole", "Arn"]}},
    ),
    (administrators_without_use, "TokenKey/Properties/KeyPolicy/Statement/0/Action", ["kms:*"]),
    (keys_rotate_and_are_deleted_late, "VaultKey/Properties/EnableKeyRotation", False),
    (policies_without_wildcards, f"TokenizeQueuePolicy/{STATEMENT}/Action", "dynamodb:*"),
    (policies_without_wildcards, f"TokenizeQueuePolicy/{STATEMENT}/Resource", "*"),
    (functions_may_trace_and_no_more, "TracesPolicy/Properties/Roles", [{"Ref": "RevealRole"}]),
    (
        functions_may_trace_and_no_more,
        "TracesPolicy/Properties/PolicyDocument/Statement/Trace/Action",
        ["xray:PutTraceSegments", "xray:BatchGetTraces"],
    ),
    (functions_may_trace_and_no_more, "RevealFunction/DependsOn", ["RevealPolicy", "VaultKeys"]),
    (no_path_is_traced, "Api/Properties/TracingEnabled", True),
    (roles_leave_kms_to_the_keys, f"TokenizeQueuePolicy/{STATEMENT}/Action", "kms:Decrypt"),
    (tokenizers_only_write_the_vault, f"TokenizeStreamPolicy/{STATEMENT}/Action", ["dynamodb:GetItem"]),
    (
        publishers_are_the_tokenizer,
        "TokenizeStreamPolicy/Properties/PolicyDocument/Statement/Publish/Condition",
        {},
    ),
    (tables_are_kept, "VaultTable/Properties/DeletionProtectionEnabled", False),
    (
        functions_have_roles_and_logs_of_their_own,
        "RevealFunction/Properties/Role",
        {"Fn::GetAtt": ["ReplayRole", "Arn"]},
    ),
    (the_stream_mapping_gives_up_in_order, "TokenizeStreamMapping/Properties/MaximumRetryAttempts", 0),
    (the_stream_mapping_gives_up_in_order, "RawOrdersStream/Properties/RetentionPeriodHours", 24),
    (no_filter_drops_raw_records, "TokenizeQueueMapping/Properties/FilterCriteria", {"Filters": []}),
    (queues_outlast_their_functions, "RawOrdersQueue/Properties/VisibilityTimeout", 60),
    (letters_wait_for_two_weeks, "DeadLetterQueue/Properties/MessageRetentionPeriod", 345_600),
    (plain_http_is_denied, "QueuesTlsPolicy/Properties/Queues", []),
    (buckets_are_private, "LetterBucket/Properties/PublicAccessBlockConfiguration/BlockPublicAcls", False),
    (
        buckets_speak_tls_alone,
        "LetterBucketPolicy/Properties/PolicyDocument/Statement/TlsOnly/Effect",
        "Allow",
    ),
    (
        audit_lines_are_locked_for_years,
        "AuditBucket/Properties/ObjectLockConfiguration/Rule/DefaultRetention/Mode",
        "GOVERNANCE",
    ),
    (audit_lines_are_locked_for_years, "AuditBucket/Properties/ObjectLockEnabled", False),
    (audit_lines_are_locked_for_years, "AuditBucket/Properties/LoggingConfiguration", {}),
    (
        audit_lines_are_written_once_by_anybody,
        "AuditBucketPolicy/Properties/PolicyDocument/Statement/NothingIsDeleted/Action",
        ["s3:DeleteObject"],
    ),
    (
        audit_lines_are_written_once_by_anybody,
        "AuditBucketPolicy/Properties/PolicyDocument/Statement/NothingIsWrittenTwice/Condition",
        {"Bool": {"aws:SecureTransport": "false"}},
    ),
    (
        the_audit_trail_is_appended_to_and_read_by_different_roles,
        "RevealPolicy/Properties/PolicyDocument/Statement/AppendAuditLines/Action",
        ["s3:PutObject", "s3:GetObject"],
    ),
    (
        the_audit_trail_is_appended_to_and_read_by_different_roles,
        "AuditReaderPolicy/Properties/PolicyDocument/Statement/ReadHeads/Action",
        ["dynamodb:PutItem"],
    ),
    (
        the_audit_trail_is_appended_to_and_read_by_different_roles,
        "ApiPolicy/Properties/PolicyDocument/Statement/ShowOrders/Resource",
        {"Fn::GetAtt": ["AuditHeadsTable", "Arn"]},
    ),
    (keys_used_as_agreed, "FingerprintKey/Properties/KeyPolicy/Statement/1/Action", "kms:*"),
    (the_bus_is_archived, "SanitizedArchive/Properties/SourceArn", "another"),
    (
        unprocessed_messages_are_the_replay_functions_alone,
        "UnprocessedQueuePolicy/Properties/PolicyDocument/Statement/1/Effect",
        "Allow",
    ),
    (
        guards_of_reveals_are_used_as_agreed,
        "RevealPolicy/Properties/PolicyDocument/Statement/NoticeHoneyTokens/Action",
        ["dynamodb:BatchGetItem", "dynamodb:PutItem"],
    ),
    (
        guards_of_reveals_are_used_as_agreed,
        "ApiPolicy/Properties/PolicyDocument/Statement/ShowOrders/Resource",
        {"Fn::GetAtt": ["RevealBudgetsTable", "Arn"]},
    ),
    (counters_end, "RevealBudgetsTable/Properties/TimeToLiveSpecification/Enabled", False),
]
CHECKS = list(dict.fromkeys(check for check, _, _ in WEAKNESSES))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_template_keeps_its_promise(template: Template, check: Callable[[Template], list[str]]) -> None:
    assert check(template) == []


@pytest.mark.parametrize(
    ("check", "path", "value"), WEAKNESSES, ids=lambda given: getattr(given, "__name__", None)
)
def test_a_planted_weakness_is_found(
    template: Template, check: Callable[[Template], list[str]], path: str, value: Any
) -> None:
    assert check(weakened(template, path, value))
