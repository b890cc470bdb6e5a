"""Tests what every resource's own policy refuses and lets in: each statement by its resource and condition, not by its name."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain
from typing import Any

from tests.support.security.deployed import Stack, listed
from tools.lint.rendered import ACCOUNT

Statement = dict[str, Any]
OVER_HTTP = {"Bool": {"aws:SecureTransport": "false"}}
WITHIN_ACCOUNT = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}

# What is refused on one resource, beside what is refused on all of its type.
OWN: dict[str, list[Statement]] = {
    "AuditBucket": [
        {
            "Action": [
                "s3:BypassGovernanceRetention",
                "s3:DeleteBucket",
                "s3:DeleteObject",
                "s3:DeleteObjectVersion",
            ],
            "Resource": ["AuditBucket", "AuditBucket/*"],
        },
        # the one combination that AWS documents for "only if nothing is there": userguide/conditional-writes-enforce
        {
            "Action": "s3:PutObject",
            "Condition": {
                "Bool": {"s3:ObjectCreationOperation": "true"},
                "Null": {"s3:if-none-match": "true"},
            },
            "Resource": "AuditBucket/*",
        },
    ],
    # Who could write the keys could sign in as anybody. Without the API nobody signs in, and nobody writes them.
    "SignInBucket": [
        {
            "Action": "s3:PutObject",
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "SignInKeysRole"}},
            "Resource": "SignInBucket/*",
        }
    ],
    "UnprocessedQueue": [
        {
            "Action": ["sqs:ReceiveMessage", "sqs:StartMessageMoveTask"],
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": "ReplayRole"}},
            "Resource": "UnprocessedQueue",
        }
    ],
}


def of_queues(stack: Stack) -> Iterator[tuple[str, Statement]]:
    """Yields each queue with each statement of its policies. A statement on everything is on the queue that has the policy."""
    names = {url(stack, name): name for name in stack.of("AWS::SQS::Queue")}
    for policy in stack.of("AWS::SQS::QueuePolicy").values():
        for queue in policy["Queues"]:
            for each in policy["PolicyDocument"]["Statement"]:
                resource = stack.arns[names[queue]] if each["Resource"] == "*" else each["Resource"]
                yield names[queue], {**each, "Resource": resource}


def url(stack: Stack, queue: str) -> str:
    name = stack.of("AWS::SQS::Queue")[queue]["QueueName"]
    return f"https://sqs.eu-central-1.amazonaws.com/{ACCOUNT}/{name}"


def of_buckets(stack: Stack) -> Iterator[tuple[str, Statement]]:
    for policy in stack.of("AWS::S3::BucketPolicy").values():
        for each in policy["PolicyDocument"]["Statement"]:
            yield stack.named(f"arn:aws:s3:::{policy['Bucket']}"), each


def policies(stack: Stack, effect: str) -> dict[str, list[Statement]]:
    """Returns what is denied or allowed on each queue and bucket, without the statements' names."""
    found: dict[str, list[Statement]] = defaultdict(list)
    for name, each in chain(of_queues(stack), of_buckets(stack)):
        if each["Effect"] == effect:
            said = {key: stack.plain(value) for key, value in each.items() if key not in {"Effect", "Sid"}}
            found[name].append(said)
    return found


def test_every_queue_and_bucket_refuses_plain_http_and_what_its_own_table_says(stack: Stack) -> None:
    denied = policies(stack, "Deny")
    queues, buckets = stack.of("AWS::SQS::Queue"), stack.of("AWS::S3::Bucket")
    assert denied.keys() == queues.keys() | buckets.keys()
    for name, statements in denied.items():
        service, resource = ("sqs", name) if name in queues else ("s3", [name, f"{name}/*"])
        plain_http = {"Action": f"{service}:*", "Condition": OVER_HTTP, "Resource": resource}
        own = OWN.get(name, [])
        if name == "SignInBucket" and "SignInKeysRole" not in stack.resources:
            own = [{key: each[key] for key in each if key != "Condition"} for each in own]
        expected = [{"Principal": "*", **each} for each in [plain_http, *own]]
        assert sorted(statements, key=str) == sorted(expected, key=str), name


def senders(stack: Stack) -> dict[str, list[str]]:
    """Returns the rules that put events on each queue: as their target, or what a target refused."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, each in stack.of("AWS::Events::Rule").items():
        for target in each["Targets"]:
            for arn in (target["Arn"], target.get("DeadLetterConfig", {}).get("Arn", "")):
                if stack.named(arn) in stack.of("AWS::SQS::Queue"):
                    found[stack.named(arn)].append(name)
    return found


def test_every_queue_takes_from_its_rules_alone_and_the_access_log_from_its_bucket(stack: Stack) -> None:
    in_account = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    expected = {
        queue: [
            {
                "Action": "sqs:SendMessage",
                "Condition": {"ArnEquals": {"aws:SourceArn": rule}, **in_account},
                "Principal": {"Service": "events.amazonaws.com"},
                "Resource": queue,
            }
            for rule in rules
        ]
        for queue, rules in senders(stack).items()
    }
    expected["AuditAccessBucket"] = [
        {
            "Action": "s3:PutObject",
            "Condition": {"ArnLike": {"aws:SourceArn": "AuditBucket"}, **in_account},
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Resource": "AuditAccessBucket/audit/*",
        }
    ]
    assert policies(stack, "Allow") == expected


def test_every_topic_takes_from_this_accounts_alarms_alone_and_over_https(stack: Stack) -> None:
    topics = set(stack.of("AWS::SNS::Topic"))
    for name, policy in stack.of("AWS::SNS::TopicPolicy").items():
        assert {stack.named(each) for each in policy["Topics"]} == topics, name
        found = [
            {key: value for key, value in each.items() if key != "Sid"}
            for each in stack.plain(policy["PolicyDocument"])["Statement"]
        ]
        assert sorted(found, key=str) == [
            {
                "Action": "sns:Publish",
                "Condition": {
                    "ArnLike": {"aws:SourceArn": "cloudwatch:alarm:*"},
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                },
                "Effect": "Allow",
                "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Resource": sorted(topics),
            },
            {
                "Action": "sns:Publish",
                "Condition": OVER_HTTP,
                "Effect": "Deny",
                "Principal": "*",
                "Resource": sorted(topics),
            },
        ], name
    assert not topics or stack.of("AWS::SNS::TopicPolicy")


def test_every_function_is_called_by_its_own_sources_alone(stack: Stack) -> None:
    """API Gateway with a path of the stack's API, and the rule that has the function as its target."""
    functions = {each["FunctionName"]: name for name, each in stack.functions().items()}
    rules = {stack.arns[name]: each for name, each in stack.of("AWS::Events::Rule").items()}
    paths = {
        f"arn:aws:execute-api:eu-central-1:{ACCOUNT}:orders-{name}/*/{verb}{re.sub('{.*?}', '*', path)}"
        for name, api in stack.of("AWS::ApiGateway::RestApi").items()
        for path, methods in api["Body"]["paths"].items()
        for verb in ("*" if "any-method" in each else each.upper() for each in methods)
    }
    for name, each in stack.of("AWS::Lambda::Permission").items():
        assert each.keys() == {"Action", "FunctionName", "Principal", "SourceArn"}, name
        assert each["Action"] == "lambda:InvokeFunction", name
        function, source = functions[each["FunctionName"]], each["SourceArn"]
        if each["Principal"] == "events.amazonaws.com":
            targets = [stack.named(target["Arn"]) for target in rules[source]["Targets"]]
            assert targets == [function], name
        else:
            assert (each["Principal"], function) == ("apigateway.amazonaws.com", "ApiFunction"), name
            assert source in paths, name


def test_other_accounts_keep_rules_of_their_own_on_the_bus_and_nothing_else(stack: Stack) -> None:
    found = stack.of("AWS::Events::EventBusPolicy")
    if stack.given != "rekeying":
        assert found == {}
        return
    (policy,) = found.values()
    assert policy["EventBusName"] == "orders-sanitized"
    assert stack.plain(policy["Statement"]) == {
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
        # As AWS's own example: absent where a rule is made, and then whose it is.
        "Condition": {
            "ForAllValues:StringEquals": {"events:source": "orders.tokenizer"},
            "StringEqualsIfExists": {"events:creatorAccount": "${aws:PrincipalAccount}"},
        },
        "Effect": "Allow",
        "Principal": {"AWS": ["444455556666", "777788889999"]},
        "Resource": "events:rule/orders-sanitized/consumer-*",
        "Sid": "ConsumerAccounts",
    }


# A resource of these types takes a policy, so each has its test: here, in test_alarms.py, test_keys.py, test_roles.py and test_network.py.
WITH_POLICIES = {
    "AWS::EC2::VPCEndpoint",
    "AWS::Events::EventBusPolicy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::IAM::RolePolicy",
    "AWS::KMS::Key",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",  # test_alarms.py
    "AWS::SQS::QueuePolicy",
}


def test_no_other_resource_has_a_policy(stack: Stack) -> None:
    def has_statements(node: Any) -> bool:
        if isinstance(node, dict):
            return {"Effect", "Action"} <= node.keys() or any(map(has_statements, node.values()))
        return isinstance(node, list) and any(map(has_statements, node))

    found = {each["Type"] for each in stack.resources.values() if has_statements(each.get("Properties", {}))}
    assert found <= WITH_POLICIES


# --- endpoints: the stack's own network lets this stack's calls on this stack's resources through
def test_every_endpoint_lets_this_account_use_what_its_table_says(stack: Stack) -> None:
    found = {}
    for name, each in stack.of("AWS::EC2::VPCEndpoint").items():
        for statement in each["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Allow", name
            assert statement["Principal"] == "*", name
            assert statement["Condition"] == WITHIN_ACCOUNT, name
            actions = frozenset(listed(statement["Action"]))
            found[name, actions] = {stack.named(each) for each in listed(statement["Resource"])}
    assert found == ENDPOINTS if stack.whole else not found or set(found) <= set(ENDPOINTS)


def _of(service: str, names: str) -> frozenset[str]:
    return frozenset(f"{service}:{name}" for name in names.split())


TABLES = {
    "AliasTable",
    "ApprovalsTable",
    "AuditHeadsTable",
    "BlindIndexTable",
    "BlindIndexTable/index/owner",
    "ErasuresTable",
    "ErasuresTable/index/due",
    "HoneyTokensTable",
    "IdempotencyTable",
    "OrdersTable",
    "OrdersTable/index/email",
    "PaymentsTable",
    "RekeyTable",
    "RevealBudgetsTable",
    "SharesTable",
    "SharesTable/index/sharer",
    "TokenKeysTable",
    "UnfinishedStartsTable",
    "VaultTable",
    "VaultTable/index/owner",
}
ENDPOINTS = {
    ("DynamoDbEndpoint", _of("dynamodb", "BatchGetItem BatchWriteItem DeleteItem GetItem PutItem Query Scan UpdateItem")): TABLES,
    ("EventsEndpoint", _of("events", "PutEvents")): {"SanitizedBus"},
    ("KinesisEndpoint", _of("kinesis", "DescribeStreamSummary GetRecords GetShardIterator ListShards PutRecord")): {"RawOrdersStream"},
    ("KmsEndpoint", _of("kms", "Decrypt GenerateDataKey GenerateMac")): {"AuditKey", "FingerprintKey", "LetterKey", "TokenKey", "VaultKey", "VaultKeyGreen"},
    ("LambdaEndpoint", _of("lambda", "InvokeFunction")): {"EraseFunction", "PaymentFunction", "RevealFunction", "TokenizeQueueFunction", "TokenizeStreamFunction"},
    ("S3Endpoint", _of("s3", "DeleteObject GetObject ListBucket PutObject")): {"LetterBucket", "LetterBucket/*"},
    ("S3Endpoint", _of("s3", "GetObject")): {"SignInBucket/sign-in-keys.json"},
    ("S3Endpoint", _of("s3", "PutObject")): {"AuditBucket/audit/*"},
    ("SqsEndpoint", _of("sqs", "ChangeMessageVisibility DeleteMessage GetQueueAttributes ReceiveMessage SendMessage")): {"DeadLetterQueue", "UnprocessedQueue"},
    ("XRayEndpoint", _of("xray", "PutTelemetryRecords PutTraceSegments")): {"*"},
}  # fmt: skip
