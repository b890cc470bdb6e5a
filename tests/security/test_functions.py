"""Tests every function: its limits, its log, its network, and that its environment names what its role may use."""

from typing import Any

import pytest

from tests.support.security.deployed import Stack, listed
from tokenizer.aws.api.idempotency import LEASE_SECONDS
from tokenizer.aws.compose.invocation import API_CALL_SECONDS
from tokenizer.callers import APPROVE, DIRECT
from tools.lint.rendered import ACCOUNT, drawn

POOL = drawn("AWS::Cognito::UserPool", "UserPool")

GATEWAY_SECONDS = 29
# Seconds and megabytes.
LIMITS = {
    "ApiFunction": (28, 512),
    "EraseFunction": (20, 512),
    "HoneyFunction": (30, 512),
    "OnOrderSanitizedFunction": (30, 512),
    "PaymentFunction": (20, 512),
    "RekeyFunction": (30, 512),
    "ReplayFunction": (120, 512),
    "RevealFunction": (20, 512),
    "SignInKeysFunction": (30, 512),
    "TokenKeysFunction": (30, 512),
    "TokenizeQueueFunction": (60, 1024),
    "TokenizeStreamFunction": (60, 1024),
    "VaultKeysFunction": (30, 512),
}
HANDLERS = {
    "ApiFunction": "api",
    "EraseFunction": "erase",
    "HoneyFunction": "honeytokens",
    "OnOrderSanitizedFunction": "on_order_sanitized",
    "PaymentFunction": "pay",
    "RekeyFunction": "rekey",
    "ReplayFunction": "replay",
    "RevealFunction": "reveal",
    "SignInKeysFunction": "sign_in_keys",
    "TokenKeysFunction": "token_keys",
    "TokenizeQueueFunction": "tokenize_queue",
    "TokenizeStreamFunction": "tokenize_stream",
    "VaultKeysFunction": "vault_keys",
}
# The API waits for these.
ASKED = ("EraseFunction", "PaymentFunction", "RevealFunction")
# People ask these through the API; a backlog of orders takes none of their executions.
RESERVED = {"ApiFunction", "RevealFunction"}
# Custom resources touch no value, and answer CloudFormation over the internet.
OUTSIDE = {"SignInKeysFunction", "TokenKeysFunction", "VaultKeysFunction"}

EVERY_FUNCTION = {
    "Architectures",
    "Code",
    "Description",
    "Environment",
    "FunctionName",
    "Handler",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "Tags",
    "Timeout",
    "TracingConfig",
}
# Each of the three switches that are false would print whole events, answers or errors.
SHARED = {
    "POWERTOOLS_LOGGER_LOG_EVENT": "false",
    "POWERTOOLS_LOG_LEVEL": "INFO",
    "POWERTOOLS_METRICS_NAMESPACE": "OrderTokenizer",
    "POWERTOOLS_SERVICE_NAME": "order-tokenizer",
    "POWERTOOLS_TRACER_CAPTURE_ERROR": "false",
    "POWERTOOLS_TRACER_CAPTURE_RESPONSE": "false",
}

# A variable that names a resource names the same in every function.
NAMES = {
    "ALIAS_TABLE": "AliasTable",
    "APPROVALS_TABLE": "ApprovalsTable",
    "AUDIT_BUCKET": "AuditBucket",
    "AUDIT_HEADS_TABLE": "AuditHeadsTable",
    "AUDIT_KEY_ARN": "AuditKey",
    "BLIND_INDEX_TABLE": "BlindIndexTable",
    "BUDGETS_TABLE": "RevealBudgetsTable",
    "BUS_NAME": "SanitizedBus",
    "DEAD_LETTER_QUEUE_URL": "DeadLetterQueue",
    "ERASE_FUNCTION": "EraseFunction",
    "ERASURES_TABLE": "ErasuresTable",
    "FINGERPRINT_KEY_ARN": "FingerprintKey",
    "HONEY_TABLE": "HoneyTokensTable",
    "IDEMPOTENCY_TABLE": "IdempotencyTable",
    "LETTER_BUCKET": "LetterBucket",
    "LETTER_KEY_ARN": "LetterKey",
    "ORDERS_QUEUE_ARN": "OrdersQueue",
    "ORDERS_TABLE": "OrdersTable",
    "STARTS_TABLE": "UnfinishedStartsTable",
    "PAYMENTS_TABLE": "PaymentsTable",
    "PAYMENT_FUNCTION": "PaymentFunction",
    "RAW_QUEUE_ARN": "RawOrdersQueue",
    "RAW_STREAM_ARN": "RawOrdersStream",
    "RAW_STREAM_NAME": "RawOrdersStream",
    "REKEY_TABLE": "RekeyTable",
    "REVEAL_FUNCTION": "RevealFunction",
    "SHARES_TABLE": "SharesTable",
    "SIGN_IN_BUCKET": "SignInBucket",
    "TOKENIZE_FUNCTION": "TokenizeQueueFunction",
    "TOKENIZE_QUEUE_FUNCTION": "TokenizeQueueFunction",
    "TOKENIZE_STREAM_FUNCTION": "TokenizeStreamFunction",
    "TOKEN_KEYS_TABLE": "TokenKeysTable",
    "TOKEN_KEY_ARN": "TokenKey",
    "UNPROCESSED_QUEUE_URL": "UnprocessedQueue",
    "VAULT_TABLE": "VaultTable",
}
# These name a vault key, whichever it is in turn; test_keys.py has which there are.
VAULT_KEYS = {"VAULT_KEY_ARN", "VAULT_OTHER_KEY_ARNS"}
# All others are parameters (test_parameters.py) or texts.
TEXTS = {
    "API_NAME": "api:orders",
    "CLIENT_ID": "orders-UserPoolClient",
    "ORDERS_QUEUE_SECONDS": "1209600",
    "RAW_QUEUE_SECONDS": "1209600",
    "RAW_STREAM_HOURS": "168",
    "ISSUER": f"https://cognito-idp.eu-central-1.amazonaws.com/{POOL}",
    "TOKEN_URL": f"https://orders-{ACCOUNT}.auth.eu-central-1.amazoncognito.com/oauth2/token",
    "USER_POOL_ID": POOL,
}
OF_PARAMETERS = {
    "ALLOWED_ORIGIN",
    "DATA_KEY_MAX_ITEMS",
    "DATA_KEY_MAX_SECONDS",
    "EVENT_MAX_BYTES",
    "MAX_RECEIVE_COUNT",
    "PAYMENT_GATEWAY",
    "REFUSAL_EVENTS",
    "VAULT_CRYPTO_NAME",
    "VAULT_LIFETIMES",
    "VAULT_RETENTION_DAYS",
}
# The identity of a raw message is its queue and its id: a replay needs the name, and not the queue.
NAMED_ONLY = {
    ("ReplayFunction", "RawOrdersQueue"),
    # Both tokenizing functions have the same variables.
    ("TokenizeStreamFunction", "RawOrdersQueue"),
    ("TokenizeQueueFunction", "RawOrdersStream"),
}


def variables(stack: Stack, function: str) -> dict[str, Any]:
    found: dict[str, Any] = stack.functions()[function]["Environment"]["Variables"]
    return found


def named(stack: Stack, value: Any) -> set[str]:
    """Returns the logical names of the resources that a variable names: by ARN, by URL or by name."""
    values = str(value).rpartition("/")[2] if str(value).startswith("https://sqs.") else str(value)
    found = set()
    for each in values.split():
        by_name = {name for name, arn in stack.arns.items() if arn.endswith((f"/{each}", f":{each}"))}
        found |= {stack.named(each)} if each.startswith("arn:") else by_name
    return found


def test_every_variable_means_the_same_in_every_function(stack: Stack) -> None:
    for function in stack.functions():
        for name, value in variables(stack, function).items():
            if name in NAMES:
                assert NAMES[name] in named(stack, value), f"{function}: {name}"
            elif name in VAULT_KEYS:
                assert {each[:8] for each in named(stack, value)} <= {"VaultKey", "kms:key/"}, (
                    f"{function}: {name}"
                )
            else:
                known = SHARED | TEXTS | dict.fromkeys(OF_PARAMETERS, value)
                assert known.get(name) == value, f"{function}: {name}"


def test_no_function_prints_what_it_works_on(stack: Stack) -> None:
    for function in stack.functions():
        found = variables(stack, function)
        assert {name: found.get(name) for name in SHARED} == SHARED, function


def uses(stack: Stack, function: str) -> set[str]:
    """Returns the resources that a function's role may do something with, by its policies and by those of keys."""
    role = stack.role_of(function)
    granted = {
        each.resource.partition("/")[0].partition(" ")[0] for each in stack.grants() if each.role == role
    }
    return (granted & stack.resources.keys()) | {
        key
        for key, properties in stack.of("AWS::KMS::Key").items()
        for each in properties["KeyPolicy"]["Statement"]
        if each["Effect"] == "Allow"
        if role in map(stack.named, listed(each["Principal"]["AWS"]))
    }


def test_every_function_is_told_of_what_it_may_use_and_may_use_what_it_is_told_of(stack: Stack) -> None:
    sources: dict[str, set[str]] = {}
    for each in stack.of("AWS::Lambda::EventSourceMapping").values():
        function = stack.named(f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:{each['FunctionName']}")
        sources.setdefault(function, set()).add(stack.named(each["EventSourceArn"]))
    for function in stack.functions():
        found = variables(stack, function)
        told = {NAMES[name] for name in found if name in NAMES}
        told |= {key for name in VAULT_KEYS & found.keys() for key in named(stack, found[name])}
        told -= {name for who, name in NAMED_ONLY if who == function}
        told -= {each for each in told if each.startswith("kms:")}  # of another deployment
        # It is told of what its mapping reads, to know its own deliveries.
        may = uses(stack, function) - sources.get(function, set())
        told -= sources.get(function, set())
        # Who only seals is told of the one key that is in turn.
        idle = {"VaultKey", "VaultKeyGreen"} - told if stack.given == "rekeying" else set()
        assert may - idle == told, function


@pytest.mark.parametrize(
    ("variable", "source", "kept"),
    [
        ("RAW_STREAM_HOURS", "RawOrdersStream", "RetentionPeriodHours"),
        ("RAW_QUEUE_SECONDS", "RawOrdersQueue", "MessageRetentionPeriod"),
        ("ORDERS_QUEUE_SECONDS", "OrdersQueue", "MessageRetentionPeriod"),
    ],
)
def test_a_function_knows_how_long_its_source_keeps_records(
    stack: Stack, variable: str, source: str, kept: str
) -> None:
    """A delivery that is older is refused, so a function that knew less would refuse real ones."""
    wanted = str(stack.resources[source]["Properties"][kept])
    told = {
        variables(stack, each)[variable] for each in stack.functions() if variable in variables(stack, each)
    }
    assert told == {wanted}


def test_every_function_has_the_time_and_the_memory_of_the_table(stack: Stack) -> None:
    found = {name: (each["Timeout"], each["MemorySize"]) for name, each in stack.functions().items()}
    assert found == stack.there(LIMITS)


def test_every_function_ends_before_those_who_wait_for_it(stack: Stack) -> None:
    seconds = {name: each["Timeout"] for name, each in stack.functions().items()}
    if "ApiFunction" in seconds:
        asked = max(seconds[name] for name in ASKED)
        assert asked < API_CALL_SECONDS < seconds["ApiFunction"] < min(GATEWAY_SECONDS, LEASE_SECONDS)


def test_every_function_runs_our_code_on_our_layer(stack: Stack) -> None:
    (layer,) = stack.of("AWS::Lambda::LayerVersion")
    for name, each in stack.functions().items():
        assert each["Handler"] == f"handlers.{HANDLERS[name]}.handler", name
        assert each["Runtime"] == "python3.13", name
        assert [str(one).split(":")[-2] for one in each["Layers"]] == [layer], name


def test_no_function_has_settings_that_are_not_tested_here(stack: Stack) -> None:
    """A URL, a file system or a snapshot of a function would show what it works on."""
    for name, each in stack.functions().items():
        own = set() if name in OUTSIDE else {"VpcConfig"}
        own |= {"ReservedConcurrentExecutions"} if name in RESERVED and stack.given == "rekeying" else set()
        assert each.keys() | {"Tags"} == EVERY_FUNCTION | own, name


def test_every_function_that_faces_the_internet_has_a_most_and_is_at_the_edge_alone(stack: Stack) -> None:
    """Nobody else from outside invokes what the API's function invokes, so its most is theirs, too."""
    paths = [each["Body"]["paths"] for each in stack.of("AWS::ApiGateway::RestApi").values()]
    called = {
        method["x-amazon-apigateway-integration"]["uri"]
        for each in paths
        for verbs in each.values()
        for method in verbs.values()
    }
    facing = {name for name in stack.functions() if any(f"/{stack.arns[name]}/" in uri for uri in called)}
    invoked = {
        each["FunctionName"]
        for each in stack.of("AWS::Lambda::Permission").values()
        if each["Principal"] == "apigateway.amazonaws.com"
    }
    assert {stack.functions()[name]["FunctionName"] for name in facing} == invoked
    assert facing <= RESERVED
    assert bool(facing) == bool(paths)
    for name in facing:
        most = stack.functions()[name].get("ReservedConcurrentExecutions")
        assert (most and int(most)) == (100 if stack.given == "rekeying" else None), name
    assert not stack.of("AWS::Lambda::Url")


def test_every_function_logs_to_a_group_of_its_own(stack: Stack) -> None:
    groups = {each["LogGroupName"] for each in stack.of("AWS::Logs::LogGroup").values()}
    for name, each in stack.functions().items():
        group = f"/aws/lambda/{each['FunctionName']}"
        assert each["LoggingConfig"] == {"LogGroup": group}, name
        assert group in groups, name


def policies(stack: Stack, role: str) -> set[str]:
    """Returns the policies of a role."""
    return {
        policy
        for policy, properties in stack.of("AWS::IAM::Policy").items()
        if role in {stack.named(f"arn:aws:iam::{ACCOUNT}:role/{one}") for one in properties["Roles"]}
    }


def test_every_function_waits_for_its_policies(stack: Stack) -> None:
    """Lambda refuses to make a function that traces, or is in a network, before its role may be; others fail at first."""
    for name in stack.functions():
        assert policies(stack, stack.role_of(name)) <= stack.there_before(name), name


SHARED_POLICIES = {"NetworkPolicy", "TracesPolicy"}


def test_everything_that_works_with_a_role_waits_for_its_policies(stack: Stack) -> None:
    """AWS refuses to make a mapping or a delivery whose role may do nothing yet, and a rule's first events are lost."""
    roles: dict[str, str] = {}
    for name, each in stack.of("AWS::Lambda::EventSourceMapping").items():
        function = stack.named(f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:{each['FunctionName']}")
        roles[name] = stack.role_of(function)
    for name, each in stack.of("AWS::KinesisFirehose::DeliveryStream").items():
        roles[name] = stack.named(each["ExtendedS3DestinationConfiguration"]["RoleARN"])
    for name, each in stack.of("AWS::Events::Rule").items():
        for target in each["Targets"]:
            if "RoleArn" in target:
                roles[name] = stack.named(target["RoleArn"])
    for name, each in stack.of("Custom::SignInKeys", "Custom::TokenKeys", "Custom::VaultKeys").items():
        roles[name] = stack.role_of(stack.named(each["ServiceToken"]))
    for name, role in roles.items():
        assert policies(stack, role) - SHARED_POLICIES <= stack.there_before(name), name


def test_every_custom_resource_is_made_by_its_function_of_what_it_is_for(stack: Stack) -> None:
    (token_keys,) = stack.of("Custom::TokenKeys").values()
    assert stack.plain(token_keys) == {
        "Key": "TokenKey",
        "ServiceTimeout": 120,
        "ServiceToken": "TokenKeysFunction",
        "SubjectKeyVersion": "1",
        "Table": "orders-token-keys",
        "TokenKeyVersion": "1",
    }
    for sign_in_keys in stack.of("Custom::SignInKeys").values():
        assert stack.plain(sign_in_keys) == {
            "Client": "orders-UserPoolClient",
            "ServiceTimeout": 120,
            "ServiceToken": "SignInKeysFunction",
            "UserPool": POOL,
        }
    (vault_keys,) = stack.of("Custom::VaultKeys").values()
    assert stack.named(vault_keys["ServiceToken"]) == "VaultKeysFunction"
    assert vault_keys["ServiceTimeout"] == 120


def test_every_layer_is_for_the_processor_that_the_functions_run_on(stack: Stack) -> None:
    for name, layer in stack.of("AWS::Lambda::LayerVersion").items():
        assert layer["CompatibleRuntimes"] == ["python3.13"], name
        for each in stack.functions().values():
            assert each["Architectures"] == layer["CompatibleArchitectures"], name


def test_every_function_that_verifies_callers_has_the_alias_for_administrators_and_no_other_has_one(
    stack: Stack,
) -> None:
    found = {
        (stack.named(f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:{each['FunctionName']}"), each["Name"])
        for each in stack.of("AWS::Lambda::Alias").values()
    }
    verifying = stack.there(dict.fromkeys((*ASKED, "ReplayFunction")))
    assert found == {(name, DIRECT) for name in verifying} | {("ReplayFunction", APPROVE)}
    assert {each["FunctionVersion"] for each in stack.of("AWS::Lambda::Alias").values()} == {"$LATEST"}


def test_no_role_may_invoke_the_alias_for_administrators(stack: Stack) -> None:
    """IAM compares the ARN with the alias: a grant on the function alone does not reach it."""
    aliases = {
        (each.role, each.resource)
        for each in stack.grants()
        if each.effect == "Allow"
        and each.action == "lambda:InvokeFunction"
        and (":" in each.resource or "*" in each.resource)
    }
    assert aliases == {("ReplayApproverRole", f"ReplayFunction:{APPROVE}")}
