"""The policies are in force: each role can do its part and no more, and without a permission its part fails."""

import json
from typing import Any

import pytest

from local.emulator import package
from local.emulator.deploy import STACK_NAME, made
from local.emulator.stack import Stack
from tests.support.e2e.probe import DENIED, Probe, code, vault_batch
from tests.support.e2e.stack import Subscriber, drain, purge, send
from tests.support.e2e.weakened import handed, without
from tests.support.samples import order

pytestmark = pytest.mark.e2e


def vault_key(on: Stack) -> dict[str, Any]:
    return {"TableName": on.outputs["VaultTableName"], "Key": {"id": {"S": "00"}}}


@pytest.mark.parametrize("function", ["TokenizeStreamFunctionName", "TokenizeQueueFunctionName"])
def test_the_tokenizer_can_neither_read_the_vault_nor_open_what_it_sealed(
    running: Stack, function: str
) -> None:
    probe = Probe(running, function)
    keys = [running.outputs["VaultKeyArn"], running.outputs["LetterKeyArn"]]
    for purpose, key in zip(("vault", "letter"), keys, strict=True):
        context = {"purpose": purpose}
        made = probe.call("kms", "generate_data_key", KeyId=key, NumberOfBytes=32, EncryptionContext=context)
        assert made == "allowed"
        opened = probe.call("kms", "decrypt", KeyId=key, CiphertextBlob="AA==", EncryptionContext=context)
        assert opened in DENIED
    assert probe.call("dynamodb", "get_item", **vault_key(running)) in DENIED
    assert probe.call("dynamodb", "batch_get_item", **vault_batch(running)) in DENIED
    assert probe.call("dynamodb", "scan", TableName=running.outputs["VaultTableName"]) in DENIED
    assert probe.call("dynamodb", "delete_item", **vault_key(running)) in DENIED


def test_the_reveal_function_can_read_the_vault_and_not_write_it(running: Stack) -> None:
    probe = Probe(running, "RevealFunctionName")
    assert probe.call("dynamodb", "batch_get_item", **vault_batch(running)) == "allowed"
    item = {"TableName": running.outputs["VaultTableName"], "Item": {"id": {"S": "00"}}}
    assert probe.call("dynamodb", "put_item", **item) in DENIED
    key = running.outputs["VaultKeyArn"]
    assert probe.call("kms", "generate_data_key", KeyId=key, NumberOfBytes=32) in DENIED
    letter = running.outputs["LetterKeyArn"]
    assert probe.call("kms", "decrypt", KeyId=letter, CiphertextBlob="AA==") in DENIED


def test_the_replay_function_can_open_letters_and_nothing_of_the_vault(running: Stack) -> None:
    probe = Probe(running, "ReplayFunctionName")
    assert probe.call("dynamodb", "batch_get_item", **vault_batch(running)) in DENIED
    key = running.outputs["VaultKeyArn"]
    assert probe.call("kms", "decrypt", KeyId=key, CiphertextBlob="AA==") in DENIED
    # Not denied: KMS itself finds that these bytes are no ciphertext of its.
    letter = running.outputs["LetterKeyArn"]
    assert probe.call("kms", "decrypt", KeyId=letter, CiphertextBlob="AA==") not in DENIED | {"allowed"}


def test_the_account_alone_has_no_use_of_a_key(running: Stack) -> None:
    iam = running.client("iam")
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
    everything = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}],
    }
    arn = iam.create_role(RoleName="nosy", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="nosy", PolicyName="all", PolicyDocument=json.dumps(everything))
    kms = running.client("kms", running.assume(arn))
    for name in ("VaultKeyArn", "LetterKeyArn"):
        with pytest.raises(kms.exceptions.ClientError, match="AccessDenied"):
            kms.generate_data_key(KeyId=running.outputs[name], NumberOfBytes=32)


@pytest.mark.parametrize(
    "role", ["ProducerRoleArn", "ConsumerRoleArn", "ReplayOperatorRoleArn", "AuditReaderRoleArn"]
)
def test_no_role_of_people_reaches_the_vault_its_key_or_the_letters_key(running: Stack, role: str) -> None:
    who = running.assume(running.outputs[role])
    dynamodb, kms, functions = (running.client(name, who) for name in ("dynamodb", "kms", "lambda"))
    with pytest.raises(dynamodb.exceptions.ClientError, match="AccessDenied"):
        dynamodb.get_item(**vault_key(running))
    for name in ("VaultKeyArn", "LetterKeyArn"):
        with pytest.raises(kms.exceptions.ClientError, match="AccessDenied"):
            kms.decrypt(KeyId=running.outputs[name], CiphertextBlob=b"\0")
    for alias in ({}, {"Qualifier": "direct"}):
        with pytest.raises(functions.exceptions.ClientError, match="AccessDenied"):
            functions.invoke(FunctionName=running.outputs["RevealFunctionName"], Payload=b"{}", **alias)


def test_no_policy_gives_a_role_more_than_its_boundary(running: Stack) -> None:
    iam, arn = running.client("iam"), running.outputs["AuditReaderRoleArn"]
    role = arn.rpartition("/")[2]
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=json.dumps(everything))
    try:
        who = running.assume(arn)
        # The policy is in force: this is a table of the stack, and no role of people may read it by its own policy.
        assert running.client("dynamodb", who).get_item(**vault_key(running))
        beyond: dict[str, tuple[str, dict[str, Any]]] = {
            "iam": ("create_user", {"UserName": "another"}),
            "kms": ("disable_key", {"KeyId": running.outputs["VaultKeyArn"]}),
            "sts": (
                "assume_role",
                {"RoleArn": running.outputs["ProducerRoleArn"], "RoleSessionName": "probe"},
            ),
            "s3": ("list_buckets", {}),
            "dynamodb": ("delete_table", {"TableName": running.outputs["VaultTableName"]}),
            "lambda": ("get_function", {"FunctionName": running.outputs["RevealFunctionName"]}),
            "events": ("put_events", {"Entries": [{"Source": "a", "DetailType": "b", "Detail": "{}"}]}),
        }
        told = {service: code(running.client(service, who), *asked) for service, asked in beyond.items()}
        assert set(told.values()) <= DENIED, told
        kms = running.client("kms", who)
        with pytest.raises(kms.exceptions.ClientError, match="AccessDenied"):
            kms.decrypt(KeyId=running.outputs["VaultKeyArn"], CiphertextBlob=b"\0")
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="all")


def test_a_change_of_a_key_matches_the_rule_and_what_is_none_does_not(running: Stack) -> None:
    """By the deployed rule's pattern and an event of the form that CloudTrail documents; the emulator has no CloudTrail."""
    events = running.client("events")
    name = made(running.client("cloudformation"))["KeyChangesRule"].rpartition("|")[2]
    pattern = events.describe_rule(Name=name)["EventPattern"]
    (target,) = events.list_targets_by_rule(Rule=name)["Targets"]
    assert target["Arn"].endswith(f":{STACK_NAME}-key-changes")

    def matches(call: str, key: str) -> bool:
        event = json.loads((package.ROOT / "tests/events/eventbridge_cloudtrail_kms.json").read_text())
        event["detail"] |= {"eventName": call, "resources": [{"ARN": key, "accountId": "111122223333"}]}
        return bool(events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"])

    keys = [running.outputs[each] for each in ("VaultKeyArn", "LetterKeyArn", "AuditKeyArn")]
    assert all(matches("DisableKey", key) for key in keys)
    assert all(matches(call, keys[0]) for call in ("PutKeyPolicy", "ScheduleKeyDeletion", "CreateGrant"))
    assert not matches("Decrypt", keys[0])
    assert not matches("DisableKey", "arn:aws:kms:us-east-1:111122223333:key/another")


def sent(name: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Returns a message that is no order and one that is, with their ids."""
    return (f"bad-{name}", "{"), (f"good-{name}", json.dumps(order(order_id=f"SO-{name}")))


def orders_of(subscriber: Subscriber) -> list[str]:
    """Returns the ids of the published orders; waits for the first, and a moment longer for others."""
    found = subscriber.receive(1) + subscriber.receive(1, patience=1.0)
    return [each["detail"]["data"]["order"]["order_id"] for each in found]


def letters_of(on: Stack) -> list[str]:
    """Returns the message ids of the letters on the queue; waits as `orders_of` does."""
    sqs, url = on.client("sqs"), on.outputs["DeadLetterQueueUrl"]
    found = drain(sqs, url, 1) + drain(sqs, url, 1, patience=1.0)
    return [json.loads(each)["source"].get("message_id") for each in found]


@pytest.mark.parametrize(
    "sid",
    [
        "WriteVault",
        "KnowConsistentValues",
        "ReadWrappedTokenKeys",
        "OpenTokenKeys",
        "SealVaultRecords",
        "Publish",
    ],
)
def test_without_one_permission_no_order_is_published_and_with_it_again_the_same_order_is(
    running: Stack, sid: str
) -> None:
    subscriber = Subscriber(running, f"without-{sid}")
    _, good = sent(sid)
    with without(running, sid):
        assert handed(running, "TokenizeQueueFunctionName", good) == {good[0]}
    assert handed(running, "TokenizeQueueFunctionName", good) == set()
    assert orders_of(subscriber) == [f"SO-{sid}"]  # one, so there was none before


@pytest.mark.parametrize("sid", ["SealLetters", "SendLetters"])
def test_without_one_permission_no_letter_is_sent_and_with_it_again_the_same_letter_is(
    running: Stack, sid: str
) -> None:
    subscriber = Subscriber(running, f"without-{sid}")
    bad, good = sent(sid)
    purge(running)
    with without(running, sid):
        assert handed(running, "TokenizeQueueFunctionName", bad, good) == {bad[0]}
        assert orders_of(subscriber) == [f"SO-{sid}"], "good orders need no letters"
    assert handed(running, "TokenizeQueueFunctionName", bad) == set()
    assert letters_of(running) == [bad[0]]  # one, so there was none before


def test_with_all_permissions_the_same_order_and_letter_come_through(running: Stack) -> None:
    subscriber = Subscriber(running, "healthy")
    purge(running)
    send(running, json.dumps(order()))
    send(running, "{")
    assert len(subscriber.receive(1)) == 1
    assert len(drain(running.client("sqs"), running.outputs["DeadLetterQueueUrl"], 1)) == 1
