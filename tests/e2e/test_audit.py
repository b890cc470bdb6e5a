"""Tests the audit trail on the deployed template: who can add to it, and that nobody can change it unseen."""

import base64
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator import lifecycle, users
from local.emulator.deploy import STACK_NAME
from local.emulator.stack import Stack
from tests.support import forked, terminal
from tests.support.e2e.probe import DENIED, Probe
from tests.support.e2e.stack import Api, Subscriber, audit_lines, kept
from tests.support.e2e.weakened import without
from tests.support.samples import CANARIES, order
from tokenizer.audit.lines import Line, Place, seal

pytestmark = pytest.mark.e2e

WRITERS = [f"{STACK_NAME}-{name}" for name in ("reveal", "payment", "replay", "erase")]


class Auditor:
    """Somebody at a terminal in the folder with `.local/stack.json`."""

    def __init__(self, on: Stack, home: Path) -> None:
        (home / ".local").mkdir(parents=True)
        state = {"endpoint_url": on.endpoint_url, "region": on.region, "outputs": dict(on.outputs)}
        (home / ".local" / "stack.json").write_text(json.dumps(state))
        self.home = home
        self.command = [str(Path(sys.executable).parent / "order-tokenizer"), "audit", "verify"]
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}

    def __call__(self, *words: str) -> tuple[int, Any]:
        """Runs the command; returns its exit code and its document, or its output if it printed no document."""
        done = forked.run([*self.command, *words, "--json"], cwd=self.home, environment=self.environment)
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


@pytest.fixture(scope="module")
def own() -> Iterator[Stack]:
    """Yields a stack for this file alone: its trail is tampered with."""
    with tempfile.TemporaryDirectory() as folder, lifecycle.running(Path(folder) / "stack") as started:
        yield started


@pytest.fixture(scope="module")
def auditor(own: Stack, tmp_path_factory: pytest.TempPathFactory) -> Auditor:
    return Auditor(own, tmp_path_factory.mktemp("auditor"))


@pytest.fixture(scope="module")
def payments(own: Stack) -> Api:
    return Api(own, users.sign_in(own, "shop", "payments"))


@pytest.fixture(scope="module")
def number(payments: Api) -> str:
    """Reveals a card's token, pays with it, is denied, and asks for it as a number, so that all is in the trail."""
    payments("POST", "/orders", order(order_id="SO-audit-1"))
    found = str(kept(payments, "SO-audit-1")["order"]["payment"]["card"]["number"])
    asked = {"tokens": [found, "4111111111111111"], "purpose": "charge"}
    assert payments("POST", "/tokens/reveal", asked)[0] == 200
    assert payments("POST", "/tokens/reveal", asked | {"purpose": "4111111111111111"})[0] == 200
    assert payments("POST", "/orders/SO-audit-1/payments", {}, Idempotency_Key="k")[0] == 201
    return found


def some_line(on: Stack, at: int = 0) -> dict[str, Any]:
    found = on.client("s3").list_object_versions(Bucket=on.outputs["AuditBucketName"], Prefix="audit/")
    return dict(found["Versions"][at])


def test_all_that_is_asked_stands_in_whole_chains_and_no_value_does(
    own: Stack, auditor: Auditor, number: str
) -> None:
    lines = audit_lines(own)
    assert [(line["action"], line.get("result")) for line in lines] == [
        ("reveal", None),
        ("reveal", None),
        ("charge", None),
        ("charge answered", "charged"),
    ]
    granted, denied, charge, _ = lines
    assert (granted["tokens"], granted["not_tokens"], granted["purpose"]) == ({number: "ok"}, 1, "charge")
    assert (denied["tokens"], denied["purpose"]) == ({number: "denied"}, "withheld: card_number")
    assert number in charge["tokens"]
    assert not [canary for canary in CANARIES if canary.casefold() in json.dumps(lines).casefold()]
    code, told = auditor()
    assert (code, told["verdict"], told["lines"], told["unanswered"]) == (0, "whole", 4, 0)
    assert told["chains"] == len({line["chain"] for line in lines})
    assert {day["locked_days"] for day in told["days"]} == {1}


@pytest.mark.usefixtures("number")
def test_at_a_terminal_it_shows_how_far_it_is_and_a_table(auditor: Auditor) -> None:
    shown = terminal.run(auditor.command, cwd=auditor.home, environment=auditor.environment)
    assert "checking" in shown.text
    assert "whole: " in shown.text.splitlines()[-1]
    assert shown.code == 0


@pytest.mark.parametrize("function", WRITERS)
def test_who_writes_the_trail_can_neither_read_nor_change_it(own: Stack, number: str, function: str) -> None:
    probe, line = Probe(own, function), some_line(own)
    place = {"Bucket": own.outputs["AuditBucketName"], "Key": line["Key"]}
    version = {**place, "VersionId": line["VersionId"]}
    until = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    heads = own.outputs["AuditHeadsTableName"]
    _, day, chain, _ = line["Key"].split("/")
    head = {"TableName": heads, "Key": {"day": {"S": day}, "chain": {"S": chain}}}
    attempts: dict[str, tuple[str, str, dict[str, Any]]] = {
        "read a line": ("s3", "get_object", place),
        "read a version": ("s3", "get_object", version),
        "list lines": ("s3", "list_objects_v2", {"Bucket": place["Bucket"]}),
        "list versions": ("s3", "list_object_versions", {"Bucket": place["Bucket"]}),
        "hide a line": ("s3", "delete_object", place),
        "delete a line": ("s3", "delete_object", version),
        "shorten its lock": (
            "s3",
            "put_object_retention",
            {**version, "Retention": {"Mode": "COMPLIANCE", "RetainUntilDate": until}},
        ),
        "write elsewhere": ("s3", "put_object", {**place, "Key": "elsewhere", "Body": "x"}),
        "drop the policy": ("s3", "delete_bucket_policy", {"Bucket": place["Bucket"]}),
        "read a head": ("dynamodb", "get_item", head),
        "remove a head": ("dynamodb", "delete_item", head),
        "list heads": ("dynamodb", "scan", {"TableName": heads}),
        "open another's key": (
            "kms",
            "decrypt",
            {"CiphertextBlob": "AA==", "KeyId": own.outputs["AuditKeyArn"]},
        ),
    }
    refusals = {name: probe.call(service, call, **given) for name, (service, call, given) in attempts.items()}
    assert {name: code for name, code in refusals.items() if code not in DENIED} == {}
    assert probe.call("s3", "put_object", **place, Body="x", IfNoneMatch="*") == "PreconditionFailed"


def test_who_reads_the_trail_can_not_write_it(own: Stack, number: str) -> None:
    who = own.assume(own.outputs["AuditReaderRoleArn"])
    s3, dynamodb, kms = (own.client(name, who) for name in ("s3", "dynamodb", "kms"))
    line = some_line(own)
    place = {"Bucket": own.outputs["AuditBucketName"], "Key": line["Key"]}
    assert s3.get_object(**place, VersionId=line["VersionId"])["ObjectLockMode"] == "COMPLIANCE"
    attempts: list[Callable[[], Any]] = [
        lambda: s3.put_object(**place, Body=b"x"),
        lambda: s3.delete_object(**place),
        lambda: dynamodb.put_item(
            TableName=own.outputs["AuditHeadsTableName"], Item={"day": {"S": "d"}, "chain": {"S": "c"}}
        ),
        lambda: kms.generate_data_key(KeyId=own.outputs["AuditKeyArn"], NumberOfBytes=32),
    ]
    for attempt in attempts:
        with pytest.raises(ClientError, match="AccessDenied"):
            attempt()


def test_the_lock_holds_for_the_administrator(own: Stack, number: str) -> None:
    s3, line = own.client("s3"), some_line(own)
    version = {
        "Bucket": own.outputs["AuditBucketName"],
        "Key": line["Key"],
        "VersionId": line["VersionId"],
    }
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(**version)
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(**version, BypassGovernanceRetention=True)
    for mode in ("COMPLIANCE", "GOVERNANCE"):
        soon = {"Mode": mode, "RetainUntilDate": datetime.now(UTC) + timedelta(seconds=1)}
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.put_object_retention(**version, Retention=soon, BypassGovernanceRetention=True)
    assert s3.get_object(**version)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_what_an_administrator_can_do_all_the_same_is_found(
    own: Stack, auditor: Auditor, number: str
) -> None:
    s3, bucket = own.client("s3"), own.outputs["AuditBucketName"]
    whole = auditor()[1]["lines"]
    first, second = some_line(own, 0)["Key"], some_line(own, 1)["Key"]
    s3.put_object(Bucket=bucket, Key=first, Body=b"{}")
    s3.delete_object(Bucket=bucket, Key=second)
    _, day, _, _ = first.split("/")
    line = Line(
        Place(day, "f" * 32, 1),
        f"{day}T00:00:00+00:00",
        "reveal",
        "ann",
        {},
        None,
        base64.b64encode(b"k").decode(),
    )
    s3.put_object(Bucket=bucket, Key=line.place.object_key, Body=seal(line, b"k")[1])
    heads = own.client("dynamodb")
    heads.put_item(
        TableName=own.outputs["AuditHeadsTableName"],
        Item={
            "day": {"S": day},
            "chain": {"S": "e" * 32},
            "sequence": {"N": "2"},
            "hash": {"S": "0"},
        },
    )
    code, told = auditor()
    assert (code, told["verdict"]) == (1, "broken")
    assert told["lines"] == whole + 1
    found = sorted((each["chain"][:1], each["kind"]) for day in told["days"] for each in day["findings"])
    assert found == sorted(
        [
            (first.split("/")[2][:1], "several versions"),
            (second.split("/")[2][:1], "hidden"),
            ("f", "forged"),
            ("e", "missing chain"),
        ]
    )


def test_the_command_says_what_it_needs(own: Stack, auditor: Auditor) -> None:
    code, text = auditor("--role-arn", own.outputs["ConsumerRoleArn"])
    assert code == 2
    assert "hint: audit verify needs the stack's AuditReaderRoleArn: --role-arn ARN" in text
    assert auditor("--since", "soon")[0] == 2
    assert auditor("--no-such-option")[0] == 2


@pytest.mark.parametrize("sid", ["AppendAuditLines", "AdvanceAuditHeads", "SignAuditLines"])
def test_without_its_trail_nothing_is_revealed_charged_or_erased_and_orders_go_on(
    running: Stack, tmp_path: Path, sid: str
) -> None:
    """On the stack that tests share: the one of this file has had its trail tampered with."""
    auditor = Auditor(running, tmp_path / "auditor")
    _, before = auditor()
    assert before["verdict"] == "whole"
    with without(running, sid):
        refused_without_a_trail(running, f"SO-{sid}")
        code, told = auditor()
    assert (code, told["verdict"]) == (0, "whole")
    assert told["unanswered"] - before["unanswered"] == (3 if sid == "AdvanceAuditHeads" else 0)


def refused_without_a_trail(on: Stack, name: str) -> None:
    """Asks for all that is audited, before an order, and after another."""
    subscriber = Subscriber(on, name)
    payments = Api(on, users.sign_in(on, "shop", "payments"))
    assert payments("POST", "/orders", order(order_id=name))[0] == 202
    assert len(subscriber.receive(1)) == 1
    number = kept(payments, name)["order"]["payment"]["card"]["number"]
    status, body = payments("POST", "/tokens/reveal", {"tokens": [number], "purpose": "charge"})
    assert (status, body["error"]["code"]) == (503, "unavailable")
    assert "41111111" not in json.dumps(body)
    status, body = payments("POST", f"/orders/{name}/payments", {}, Idempotency_Key="k")
    assert (status, body["error"]["code"]) == (503, "unavailable")
    compliance = Api(on, users.sign_in(on, "compliance"))
    status, body = compliance("DELETE", "/customers/C-77")
    assert (status, body["error"]["code"]) == (503, "unavailable")
    assert payments("POST", "/orders", order(order_id=f"{name}-after"))[0] == 202
    assert len(subscriber.receive(1)) == 1
