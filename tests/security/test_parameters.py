"""Tests every parameter: its default, what it may be, and that it reaches all that it is for and nothing else."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from local.emulator.package import ROOT
from local.emulator.template import load
from tests.support.security.deployed import Stack, deployed
from tools.lint.rendered import ACCOUNT
from tools.lint.settled import deployed_stacks

SWITCH = ("true", "false")
ARN = "arn:aws:iam::111122223333:role/somebody"
DATA_KEYS = ("Api", "Erase", "Payment", "Replay", "Reveal", "TokenizeQueue", "TokenizeStream")
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)  # fmt: skip

# Each parameter: its default, and what it may be: a pattern, values, or the least and the most.
PARAMETERS: dict[str, tuple[Any, Any]] = {
    "AlarmEmail": ("", "([^@ ]+@[^@ ]+)?"),
    "AlarmTopicArn": ("", None),
    "NoticeTopicArn": ("", None),
    "AllowedOrigin": ("", "(https://[a-z0-9.-]+(:[0-9]+)?)?"),
    "ApiGatewayAccountEnabled": ("true", SWITCH),
    "Architecture": ("arm64", ("arm64", "x86_64")),
    "ArchiveRetentionDays": (30, (1, None)),
    "AuditRetentionDays": (3653, (1, 36500)),
    "ConsumerAccountIds": ("", "([0-9]{12}(,[0-9]{12})*)?"),
    "DataKeyMaxItems": (10000, (1, None)),
    "DataKeyMaxSeconds": (300, (1, None)),
    "DynamoDbPrefixListId": ("", None),
    "EventMaxBytes": (256000, (None, None)),
    "FirstZone": ("", None),
    "KeyAdministratorArns": ("", "(arn:[^,*]+(,arn:[^,*]+)*)?"),
    "LogRetentionDays": (365, LOG_DAYS),
    "OldVaultKeyArns": ("", None),
    "OrdersConcurrency": (20, (2, 1000)),
    "ParallelizationFactor": (1, (1, 10)),
    "PaymentGateway": ("none", ("none", "fake")),
    "PermissionsBoundaryArn": ("", None),
    "PrivateSubnetIds": ("", None),
    "QueryBytesLimit": (100_000_000_000, (10_000_000, None)),
    "QueueConcurrency": (50, (2, 1000)),
    "QueueMappingEnabled": ("true", SWITCH),
    "QueueMaxReceiveCount": (60, (5, 1000)),
    "RawRecordMaxKiB": (1024, (1024, 10240)),
    "RefusalEventsEnabled": ("true", SWITCH),
    "Rekeying": ("false", SWITCH),
    "ReservedConcurrency": (0, (0, None)),
    "RunbookUrl": ("", '(https://[^ \\[\\]()"]+)?'),
    "S3PrefixListId": ("", None),
    "SecondZone": ("", None),
    "ShardCount": (1, (1, None)),
    "StreamMappingEnabled": ("true", SWITCH),
    "SubjectKeyVersion": ("1", "[1-9][0-9]{0,3}"),
    "TokenKeyVersion": ("1", "[1-9][0-9]{0,3}"),
    "TracingMode": ("Active", ("Active", "PassThrough")),
    "VaultCryptoName": ("", None),
    "VaultKeySlot": ("blue", ("blue", "green")),
    "VaultLifetimes": ("", None),
    "VaultRetentionDays": (0, (0, None)),
    "VpcCidr": ("10.80.0.0/24", None),
    "VpcId": ("", None),
    "WebAclEnabled": ("true", SWITCH),
    **{f"{module}Enabled": ("true", SWITCH) for module in ("Api", "Honeytokens", "Lake", "Monitoring")},
}


def of_functions(variable: str, *names: str) -> set[str]:
    return {f"{name}Function/{variable}" for name in names}


# The value that is given, and each place that it comes to as it is: a resource and the property's last name.
VALUES: dict[str, tuple[str, set[str]]] = {
    "AllowedOrigin": ("https://shop.example.com", of_functions("ALLOWED_ORIGIN", "Api")),
    "ArchiveRetentionDays": ("37", {"SanitizedArchive/RetentionDays"}),
    "AuditRetentionDays": ("3660", {"AuditAccessBucket/ExpirationInDays", "AuditBucket/Days"}),
    "DataKeyMaxItems": ("10007", of_functions("DATA_KEY_MAX_ITEMS", *DATA_KEYS)),
    "DataKeyMaxSeconds": ("307", of_functions("DATA_KEY_MAX_SECONDS", *DATA_KEYS)),
    "EventMaxBytes": ("256007", of_functions("EVENT_MAX_BYTES", "Erase", "TokenizeQueue", "TokenizeStream")),
    "OrdersConcurrency": ("27", {"OnOrderSanitizedMapping/MaximumConcurrency"}),
    "ParallelizationFactor": ("8", {"TokenizeStreamMapping/ParallelizationFactor"}),
    "PaymentGateway": ("fake", of_functions("PAYMENT_GATEWAY", "Payment")),
    "QueryBytesLimit": ("100000000007", {"AnalystWorkGroup/BytesScannedCutoffPerQuery"}),
    "QueueConcurrency": ("57", {"TokenizeQueueMapping/MaximumConcurrency"}),
    "QueueMappingEnabled": ("false", {"TokenizeQueueMapping/Enabled"}),
    "QueueMaxReceiveCount": (
        "67",
        {
            "RawOrdersQueue/maxReceiveCount",
            *of_functions("MAX_RECEIVE_COUNT", "TokenizeQueue", "TokenizeStream"),
        },
    ),
    "RawRecordMaxKiB": ("2048", {"RawOrdersStream/MaxRecordSizeInKiB"}),
    "RefusalEventsEnabled": ("false", of_functions("REFUSAL_EVENTS", "TokenizeQueue", "TokenizeStream")),
    "ReservedConcurrency": ("100", of_functions("ReservedConcurrentExecutions", "Api", "Reveal")),
    "ShardCount": ("8", {"RawOrdersStream/ShardCount"}),
    "StreamMappingEnabled": ("false", {"TokenizeStreamMapping/Enabled"}),
    "SubjectKeyVersion": ("7", {"TokenKeys/SubjectKeyVersion"}),
    "TokenKeyVersion": ("8", {"TokenKeys/TokenKeyVersion"}),
    "VaultCryptoName": (
        "restored-from",
        of_functions("VAULT_CRYPTO_NAME", "Erase", "Payment", "Reveal", "TokenizeQueue", "TokenizeStream"),
    ),
    "VaultLifetimes": ("card_number=7", of_functions("VAULT_LIFETIMES", "TokenizeQueue", "TokenizeStream")),
    "VaultRetentionDays": ("9", of_functions("VAULT_RETENTION_DAYS", "TokenizeQueue", "TokenizeStream")),
    "VpcCidr": ("10.81.0.0/24", {"FunctionsSecurityGroup/CidrIp", "Vpc/CidrBlock"}),
}
# The value that is given, and the property that all resources of a type have from it.
OF_TYPES: dict[str, tuple[str, str, str]] = {
    "AlarmTopicArn": (
        "arn:aws:sns:eu-central-1:111122223333:somebody",
        "AWS::CloudWatch::Alarm",
        "AlarmActions",
    ),
    "Architecture": ("x86_64", "AWS::Lambda::Function", "Architectures"),
    "LogRetentionDays": ("7", "AWS::Logs::LogGroup", "RetentionInDays"),
    "PermissionsBoundaryArn": (
        "arn:aws:iam::111122223333:policy/theirs",
        "AWS::IAM::Role",
        "PermissionsBoundary",
    ),
    "TracingMode": ("PassThrough", "AWS::Lambda::Function", "TracingConfig"),
}
# What changes what is there and how it is put together; the other modules of tests look at the sets that have these.
READERS = {"PaymentFunction", "RevealFunction"}
SEALERS = READERS | {"EraseFunction", "TokenizeQueueFunction", "TokenizeStreamFunction"}
NAME_KEYS = {"KeyChangesRule", "KmsEndpoint"}
STRUCTURE: dict[str, tuple[dict[str, str], set[str]]] = {
    "ApiGatewayAccountEnabled": (
        {"ApiGatewayAccountEnabled": "false"},
        {"ApiGatewayAccount", "ApiGatewayLogsBoundary", "ApiGatewayLogsRole", "Apiv1Stage"},
    ),
    "ConsumerAccountIds": ({"ConsumerAccountIds": "444455556666"}, {"ConsumerAccountsPolicy"}),
    "KeyAdministratorArns": (
        {"KeyAdministratorArns": ARN},
        {"AuditKey", "FingerprintKey", "LetterKey", "TokenKey", "VaultKey"},
    ),
    "OldVaultKeyArns": (
        {"OldVaultKeyArns": "arn:aws:kms:eu-central-1:111122223333:key/old"},
        READERS | NAME_KEYS,
    ),
    "PrefixLists": ({"DynamoDbPrefixListId": "pl-1", "S3PrefixListId": "pl-2"}, {"FunctionsSecurityGroup"}),
    "Rekeying": (
        {"Rekeying": "true"},
        READERS
        | NAME_KEYS
        | {"AuditKey", "NetworkPolicy", "TracesPolicy", "VaultKey", "VaultKeyGreen", "VaultKeys"}
        | {f"Rekey{each}" for each in ("Function", "OperatorPolicy", "OperatorRole", "Policy", "Role")},
    ),
    "RunbookUrl": ({"RunbookUrl": "https://wiki.example.com/runbook"}, {"Dashboard"}),
    "VaultKeySlot": (
        {"VaultKeySlot": "green"},
        SEALERS | NAME_KEYS | {"VaultKey", "VaultKeyGreen", "VaultKeys"},
    ),
    "WebAclEnabled": ({"WebAclEnabled": "false"}, {"WebAcl", "WebAclAssociation"}),
    "Zones": ({"FirstZone": "zone-1", "SecondZone": "zone-2"}, {"PrivateSubnetA", "PrivateSubnetB"}),
}
# What changes in other modules when one is left out: roles that keys name, and what tells of all.
ROLES_OF_ALL = {"AuditKey", "NetworkPolicy", "TracesPolicy"}
LEFT_OUT: dict[str, set[str]] = {
    "Api": ROLES_OF_ALL
    | NAME_KEYS
    | {"ApiRole", "FingerprintKey", "PaymentRole", "SignInBucketPolicy", "SignInKeysRole", "VaultKey"}
    | {"Dashboard", "LambdaEndpoint", "PaymentsDeclinedAlarm"},
    "Honeytokens": ROLES_OF_ALL | {"HoneyRole"},
    "Lake": {"Dashboard", "LakeLettersAlarm", "LakeStaleAlarm"},
    "Monitoring": set(),
}
# Whom alarms tell: test_alarms.py. An existing network: test_network.py. The switches of modules: LEFT_OUT.
ELSEWHERE = {
    "AlarmEmail",
    "NoticeTopicArn",
    "PrivateSubnetIds",
    "VpcId",
    *(f"{module}Enabled" for module in LEFT_OUT),
}
# Widgets show limits, and the answers of the gateway the origin; their own tests read those texts.
SHOWS = {"Dashboard", "Api"}


def changes(given: Mapping[str, str]) -> dict[str, set[str]]:
    """Returns the resources that parameters change, each with the last names of what is changed and its new values."""
    before, after = deployed({}).resources, deployed(given).resources
    differing = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return {
        name: set(differences(before.get(name), after.get(name)))
        for name in differing
        if (before | after)[name]["Type"] != "AWS::CloudFormation::Stack"  # it hands parameters on
    }


def differences(before: Any, after: Any, last: str = "") -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() | after.keys():
            yield from differences(before.get(key), after.get(key), key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for each, other in zip(before, after, strict=True):
            yield from differences(each, other, last)
    else:
        yield f"{last}={after}"


def test_every_parameter_has_the_default_and_the_limits_of_the_table() -> None:
    stated = load(ROOT / "template.yaml")["Parameters"]
    assert {name: (each["Default"], _limits(each)) for name, each in stated.items()} == PARAMETERS


def _limits(parameter: Mapping[str, Any]) -> Any:
    if "AllowedValues" in parameter:
        return tuple(parameter["AllowedValues"])
    if parameter["Type"] == "Number":
        return parameter.get("MinValue"), parameter.get("MaxValue")
    return parameter.get("AllowedPattern")


def test_every_parameter_is_tried() -> None:
    pairs = {name for given, _ in STRUCTURE.values() for name in given}
    assert VALUES.keys() | OF_TYPES.keys() | pairs | ELSEWHERE == PARAMETERS.keys()


@pytest.mark.parametrize("name", VALUES)
def test_a_value_comes_to_each_place_that_it_is_for_and_to_no_other(name: str) -> None:
    value, places = VALUES[name]
    found = {
        f"{resource}/{place}"
        for resource, changed in changes({name: value}).items()
        for place in changed
        if resource not in SHOWS
    }
    assert found == {f"{place}={value}" for place in places}


@pytest.mark.parametrize("name", OF_TYPES)
def test_a_value_comes_to_all_resources_of_a_type(name: str) -> None:
    value, kind, place = OF_TYPES[name]
    stack = deployed({name: value})
    assert {
        each for each, properties in stack.of(kind).items() if value not in str(properties.get(place))
    } == set()
    changed = changes({name: value}).keys()
    assert stack.of(kind).keys() <= changed
    others = changed - stack.of(kind).keys() - SHOWS
    assert others <= {"XRayEndpoint", *stack.of("AWS::Lambda::LayerVersion")}


@pytest.mark.parametrize("name", STRUCTURE)
def test_a_choice_changes_what_it_is_for_and_nothing_else(name: str) -> None:
    given, resources = STRUCTURE[name]
    assert changes(given).keys() == resources


@pytest.mark.parametrize("module", LEFT_OUT)
def test_a_module_that_is_left_out_leaves_nothing_behind_and_no_other_changes(module: str) -> None:
    given = {f"{module}Enabled": "false"}
    own = set(deployed_stacks()[module.lower()]["Resources"])
    assert module.lower() not in deployed_stacks(given)
    assert not own & deployed(given).resources.keys()
    gone = {name for name in changes(given) if "Deployment" not in name}
    assert gone - {name for name in own if "Deployment" not in name} == LEFT_OUT[module]


def test_a_paused_stack_takes_nothing_in() -> None:
    stack = deployed({"StreamMappingEnabled": "false", "QueueMappingEnabled": "false"})
    raw = {"RawOrdersQueue", "RawOrdersStream"}
    paused = {
        stack.named(each["EventSourceArn"])
        for each in stack.of("AWS::Lambda::EventSourceMapping").values()
        if each.get("Enabled") == "false"
    }
    assert paused == raw


# A resource under another name is another resource, and what the one before it holds stays behind.
NAMES = {
    "ArchiveName": "sanitized",
    "BucketName": "analytics audit audit-access letters sign-in",
    "DashboardName": "",
    "DeliveryStreamName": "lake",
    "Domain": "111122223333",
    "FunctionName": "api erase honey on-order-sanitized payment rekey replay reveal sign-in-keys token-keys tokenize-queue tokenize-stream"
    " vault-keys",
    "QueueName": "dead-letters key-changes lake-dead-letters orders-consumer-dead-letters raw-orders sanitized-orders unprocessed",
    "RegistryName": "sanitized",
    "TableName": "aliases approvals audit-heads blind-index erasures honey-tokens idempotency orders payments rekey reveal-budgets shares"
    " token-keys unfinished-starts vault",
    "UserPoolName": "users",
}
FIREHOSE = "AWS::KinesisFirehose::DeliveryStream"
NAMED = {
    "ArchiveName": "AWS::Events::Archive",
    "BucketName": "AWS::S3::Bucket",
    "DashboardName": "AWS::CloudWatch::Dashboard",
    "DeliveryStreamName": FIREHOSE,
    "Domain": "AWS::Cognito::UserPoolDomain",
    "FunctionName": "AWS::Lambda::Function",
    "QueueName": "AWS::SQS::Queue",
    "RegistryName": "AWS::EventSchemas::Registry",
    "TableName": "AWS::DynamoDB::Table",
    "UserPoolName": "AWS::Cognito::UserPool",
}


@pytest.mark.parametrize("key", NAMES)
def test_every_resource_keeps_its_name(stack: Stack, key: str) -> None:
    found = {
        str(each[key]).removesuffix(f"-{ACCOUNT}-eu-central-1") for each in stack.of(NAMED[key]).values()
    }
    expected = {f"orders-{name}" for name in NAMES[key].split()} or {"orders"}
    assert found == expected if stack.whole else found <= expected


def test_every_log_stream_is_of_the_log_that_its_writer_may_write_to(stack: Stack) -> None:
    for name, each in stack.of("AWS::Logs::LogStream").items():
        log = f"logs:log-group:{each['LogGroupName']}:log-stream:{each['LogStreamName']}"
        assert [grant.role for grant in stack.grants() if grant.resource == log] == ["LakeDeliveryRole"], name


def test_every_log_group_is_of_a_function_the_api_or_the_lake(stack: Stack) -> None:
    """A log's name decides who writes to it: Lambda and Firehose look for it by the name of the function or stream."""
    rekeys = "/aws/lambda/orders-rekey"  # kept when the move of the vault is over, for as long as logs are
    functions = {f"/aws/lambda/{each['FunctionName']}" for each in stack.functions().values()} | {rekeys}
    lakes = {f"/aws/kinesisfirehose/{each['DeliveryStreamName']}" for each in stack.of(FIREHOSE).values()}
    apis = {"/order-tokenizer/orders/api-access" for _ in stack.of("AWS::ApiGateway::RestApi")}
    assert {
        each["LogGroupName"] for each in stack.of("AWS::Logs::LogGroup").values()
    } == functions | lakes | apis


def test_no_fixed_name_is_another_stacks(stack: Stack) -> None:
    """Every name that the template gives begins with the stack's, so that two stacks share an account."""
    own = ("orders", "/aws/lambda/orders-", "/aws/kinesisfirehose/orders-", "/order-tokenizer/orders/")
    named = {
        f"{name}/{key}": value
        for name, each in stack.resources.items()
        for key, value in each.get("Properties", {}).items()
        if key
        in {
            "BucketName",
            "DashboardName",
            "FunctionName",
            "LogGroupName",
            "QueueName",
            "TableName",
            "UserPoolName",
        }
    }
    assert {place: value for place, value in named.items() if not str(value).startswith(own)} == {}
