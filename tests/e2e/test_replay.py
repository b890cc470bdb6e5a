"""The command `replay` on the deployed template, as an operator with nothing but its own role."""

import json
import os
import re
import signal
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.data.orders import orders
from local.emulator import lifecycle, schema_bug, users
from local.emulator.stack import Stack
from replay.letters import count
from tests.support import terminal
from tests.support.e2e.functions import failure_record, invoke
from tests.support.e2e.operator import Operator, bad_letter, waiting
from tests.support.e2e.stack import Subscriber, audit_lines, eventually, purge, put, put_all, send, send_all
from tests.support.samples import order

pytestmark = pytest.mark.e2e

ORDERS = int(os.environ.get("REPLAY_ORDERS", "100"))


@pytest.fixture(scope="module")
def own() -> Iterator[Stack]:
    """Yields a stack for this file alone: its letters are counted."""
    with tempfile.TemporaryDirectory() as folder, lifecycle.running(Path(folder) / "stack") as started:
        yield started


@pytest.fixture(scope="module")
def operator(own: Stack, tmp_path_factory: pytest.TempPathFactory) -> Operator:
    return Operator(own, tmp_path_factory.mktemp("operator"))


@pytest.fixture(autouse=True)
def _no_letters(own: Stack) -> None:
    purge(own)


def lying(on: Stack) -> int:
    """Returns how many letters there are, held or not."""
    return sum(count(on.client("sqs"), on.outputs["DeadLetterQueueUrl"]).values())


def place(on: Stack, body: Any) -> None:
    """Puts a message of any kind on the dead-letter queue, as the administrator."""
    on.client("sqs").send_message(
        QueueUrl=on.outputs["DeadLetterQueueUrl"],
        MessageBody=body if isinstance(body, str) else json.dumps(body),
    )


def test_a_schema_bug_dead_letters_orders_and_after_the_fix_they_are_what_they_would_have_been(
    own: Stack, operator: Operator
) -> None:
    subscriber = Subscriber(own, "bug")
    raw = orders(ORDERS, seed=5)
    with schema_bug.deployed(own):
        put_all(own, raw[: ORDERS // 2])
        send_all(own, raw[ORDERS // 2 :])
        assert eventually(lambda: waiting(own) == ORDERS, 180)
    listed = operator("list")
    assert {group["code"] for group in listed["groups"]} == {"invalid_field"}
    assert (listed["total"], len(listed["letters"])) == (ORDERS, ORDERS)
    assert operator("run")["would_replay"] == ORDERS
    assert waiting(own) == ORDERS

    # Killed midway: what was not done stays, and comes back once nobody holds it.
    killed = operator.start("run", "--apply", "--concurrency", "1", "--rate", str(ORDERS // 2))
    assert eventually(lambda: lying(own) < ORDERS)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    left = lying(own)
    assert 0 < left < ORDERS
    done = operator("run", "--apply")
    # The emulator may still work on requests of the run that was killed, so some of these letters were done by it.
    assert (done["statuses"].keys(), done["held"]) == ({"published"}, 0)
    assert 0 < done["statuses"]["published"] <= left
    assert operator("run", "--apply")["statuses"] == {}
    assert operator("list")["total"] == 0

    contents: dict[str, set[str]] = defaultdict(set)
    while events := subscriber.receive(500, patience=4.0):
        for event in events:
            contents[event["detail"]["metadata"]["event_id"]].add(json.dumps(event["detail"]))
    assert contents.keys() == {event["event_id"] for event in raw}
    assert all(len(each) == 1 for each in contents.values())
    # A healthy pipeline publishes the same bytes: the stream's half is sent through it again.
    again = operator("stream", "--apply")
    assert (sum(each["read"] for each in again["shards"].values()), again["failures"]) == (ORDERS // 2, 0)
    repeated = subscriber.receive(ORDERS // 2)
    assert len(repeated) == ORDERS // 2
    assert all(json.dumps(e["detail"]) in contents[e["detail"]["metadata"]["event_id"]] for e in repeated)


def test_a_letter_that_is_still_bad_stays_and_the_exit_code_says_so(own: Stack, operator: Operator) -> None:
    bad_letter(own, total="canary total")
    (letter,) = operator("list")["letters"]
    told = operator("run", "--apply", expect=1)
    assert told["statuses"] == {"failed": 1}
    assert operator("list")["total"] == 1
    shown = operator("show", letter["id"][:8])
    assert {"path": "/order/total", "type": "string", "length": 16} in shown["outline"]["fields"]
    assert "canary" not in json.dumps(shown).lower()


def test_a_run_at_a_terminal_shows_how_far_it_is(own: Stack, operator: Operator) -> None:
    bad_letter(own, total="canary total")
    command = [*operator.command, "run", "--apply"]
    shown = terminal.run(command, cwd=operator.home, environment=operator.environment)
    assert "replaying" in shown.text
    assert "1/1" in shown.text
    assert shown.code == 1
    assert "Traceback" not in shown.text
    assert operator("list")["total"] == 1


def test_a_record_is_revealed_for_a_purpose_and_that_is_audited(own: Stack, operator: Operator) -> None:
    bad_letter(own, total="canary total")
    (letter,) = operator("list")["letters"]
    assert "a purpose is required" in operator("show", letter["id"], "--reveal", expect=2)
    words = ("show", letter["id"], "--reveal", "--purpose")
    assert "an ID token is required" in operator(*words, "legal_request", expect=2)
    operator.signs_in(users.sign_in(own, "compliance", second_factor=True))
    assert "policies" in operator(*words, "ticket 42", expect=2)
    shown = operator(*words, "legal_request")
    assert json.loads(shown["record"])["order"]["total"] == "canary total"
    refused, line = [each for each in audit_lines(own) if each["action"] == "reveal letter"]
    assert (refused["purpose"], refused["result"]) == ("withheld: no code", "denied")
    assert (line["purpose"], line["ids"], line["result"]) == ("legal_request", [letter["id"]], "shown")
    assert ":assumed-role/" in line["role"]
    assert "canary" not in json.dumps(audit_lines(own)).lower()


def test_an_administrator_reveals_a_record_without_an_id_token(own: Stack, operator: Operator) -> None:
    bad_letter(own, total="canary total")
    (letter,) = operator("list")["letters"]
    shown = operator("show", letter["id"], "--reveal", "--purpose", "audit", "--direct")
    assert json.loads(shown["record"])["order"]["total"] == "canary total"
    assert audit_lines(own)[-1]["operator"] == "invoked directly"


def test_a_sensitive_field_is_edited_once_by_two_people(own: Stack, operator: Operator) -> None:
    subscriber = Subscriber(own, "approved")
    olga, paul = (users.sign_in(own, group, second_factor=True) for group in ("operators", "compliance"))
    bad_letter(own, total="canary total", order_id="SO-two")
    (letter,) = operator("list")["letters"]
    patch = operator.home / "approved.json"
    patch.write_text(json.dumps([
        {"op": "replace", "path": "/order/total", "value": "12.00"},
        {"op": "replace", "path": "/order/customer/name", "value": "Canary Approvedname"},
    ]))  # fmt: skip
    words = ("run", "--edit", str(patch), "--id", letter["id"], "--purpose", "typo")
    operator.signs_in(olga)
    assert "only with a second person" in operator(*words, "--apply", expect=2)
    asked = operator(*words, "--ask")["approval"]
    assert asked["paths"] == ["/order/customer/name", "/order/total"]
    assert "nobody has approved" in operator(*words, "--approval", asked["approval"][:8], "--apply", expect=2)
    (listed,) = operator("approvals")["approvals"]
    assert listed == asked
    approve = ("approve", asked["approval"][:8], "--edit", str(patch))
    assert operator(*approve)["would_approve"] == asked
    assert "asked for themselves" in operator(*approve, "--apply", expect=2)
    operator.signs_in(paul)
    approved = operator(*approve, "--apply")["approval"]
    assert approved["approver"] not in {None, approved["proposer"]}
    operator.signs_in(olga)
    (result,) = operator(*words, "--approval", asked["approval"], "--apply")["results"]
    assert result["status"] == "published"
    (event,) = subscriber.receive(1)
    assert event["detail"]["data"]["order"]["total"] == "12.00"
    assert event["detail"]["data"]["order"]["customer"]["name"].startswith("tok_")
    assert operator("list")["total"] == 0
    lines = {each["action"]: each for each in audit_lines(own) if each.get("approver")}
    assert {"approve", "edit", "replay edited"} <= lines.keys()
    assert {(each["proposer"], each["approver"]) for each in lines.values()} == {
        (asked["proposer"], approved["approver"])
    }
    assert "canary" not in json.dumps([audit_lines(own), asked, approved]).lower()


def test_an_edited_record_is_published_under_a_new_identity(own: Stack, operator: Operator) -> None:
    subscriber = Subscriber(own, "edit")
    bad_letter(own, total="canary total", order_id="SO-edit")
    (letter,) = operator("list")["letters"]
    patch = operator.home / "patch.json"
    patch.write_text('[{"op": "replace", "path": "/order/total", "value": "12.00"}]')
    words = ("run", "--edit", str(patch), "--id", letter["id"])
    assert operator(*words)["would_edit"] == letter["id"]
    (result,) = operator(*words, "--purpose", "typo", "--apply")["results"]
    assert result["status"] == "published"
    assert len(result["edited"]) == 24
    (event,) = subscriber.receive(1)
    assert event["detail"]["data"]["order"]["total"] == "12.00"
    assert operator("list")["total"] == 0


def test_a_record_is_edited_by_hand_in_a_file_that_is_wiped(own: Stack, operator: Operator) -> None:
    subscriber = Subscriber(own, "hand")
    bad_letter(own, total="canary total", order_id="SO-hand")
    (letter,) = operator("list")["letters"]
    editor = operator.home / "editor.sh"
    editor.write_text('#!/bin/sh\necho "$1" > "$(dirname "$0")/where"\nsed -i "s/canary total/7.00/" "$1"\n')
    editor.chmod(0o700)
    operator.environment["EDITOR"] = str(editor)
    words = ("run", "--edit", "-", "--id", letter["id"], "--purpose", "typo", "--apply")
    (result,) = operator(*words)["results"]
    assert result["status"] == "published"
    assert not Path((operator.home / "where").read_text().strip()).parent.exists()
    (event,) = subscriber.receive(1)
    assert event["detail"]["data"]["order"]["total"] == "7.00"
    assert {"open fields", "edit", "replay edited"} <= {line["action"] for line in audit_lines(own)}
    assert operator("list")["total"] == 0
    operator.environment["EDITOR"] = "false"
    bad_letter(own, total="canary total")
    (letter,) = operator("list")["letters"]
    words = ("run", "--edit", "-", "--id", letter["id"], "--purpose", "typo", "--apply")
    assert "the editor failed" in operator(*words, expect=2)
    assert operator("list")["total"] == 1


def test_a_patch_that_does_not_fit_is_refused(own: Stack, operator: Operator) -> None:
    bad_letter(own, total="canary total")
    (letter,) = operator("list")["letters"]
    patch = operator.home / "wrong.json"
    patch.write_text('[{"op": "replace", "path": "/order/canary/path", "value": 1}]')
    told = operator("run", "--edit", str(patch), "--id", letter["id"], "--purpose", "x", "--apply", expect=2)
    assert "error: the patch does not fit the record" in told
    assert operator("list")["total"] == 1


def test_lambdas_own_failure_record_is_replayed_from_the_stream(own: Stack, operator: Operator) -> None:
    subscriber = Subscriber(own, "positions")
    sequences = [put(own, order(order_id=f"SO-p{at}")) for at in range(3)]
    first = subscriber.receive(3)
    place(own, failure_record(own, sequences[0], sequences[-1], 3))
    (letter,) = operator("list")["letters"]
    assert (letter["shape"], letter["records"], letter["code"]) == ("positions", 3, "retries_exhausted")
    assert operator("run", "--apply")["statuses"] == {"published": 1}
    again = subscriber.receive(3)
    assert sorted(json.dumps(e["detail"]) for e in again) == sorted(json.dumps(e["detail"]) for e in first)
    assert operator("list")["total"] == 0


def test_a_failure_record_whose_records_the_stream_has_no_more_stays_with_a_clear_error(
    own: Stack, operator: Operator
) -> None:
    sequence = put(own, order())
    place(own, failure_record(own, str(int(sequence) + 10**6), str(int(sequence) + 10**6 + 1), 2))
    told = operator("run", "--apply", expect=1)
    assert told["statuses"] == {"expired": 1}
    assert told["results"][0]["message"] == "the stream still has 0 of 2"


def test_what_is_no_letter_of_this_stack_is_never_sent_on(own: Stack, operator: Operator) -> None:
    subscriber = Subscriber(own, "foreign")
    place(own, order(order_id="SO-foreign"))
    place(own, "not JSON")
    place(own, {"KinesisBatchInfo": {}})
    place(
        own, failure_record(own, "1", "2", 2, streamArn="arn:aws:kinesis:us-east-1:000000000000:stream/other")
    )
    bad_letter(own, total="bad")
    (ours,) = operator("list", "--code", "invalid_field")["letters"]
    sqs, url = own.client("sqs"), own.outputs["DeadLetterQueueUrl"]
    assert ours["shape"] == "sealed"
    moved = {
        "error": {"code": "invalid_field", "message": "m"},
        "source": {
            "queue": "arn:aws:sqs:us-east-1:1:other",
            "message_id": "m",
            "arrived_at": "2026-11-23T10:15:01Z",
        },
        "attempts": 1,
        "sealed": "AAAA",
    }
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(moved))
    told = operator("run", "--apply", expect=1)
    assert told["statuses"] == {"refused": 5, "failed": 1}
    ids = [event["detail"]["data"]["order"]["order_id"] for event in subscriber.receive(100, patience=2.0)]
    assert "SO-foreign" not in ids
    assert waiting(own) == 6


def test_unprocessed_messages_are_replayed_by_the_function_that_alone_may_read_them(
    own: Stack, operator: Operator
) -> None:
    subscriber = Subscriber(own, "unprocessed")
    sqs = own.client("sqs")
    for body in (json.dumps(order(order_id="SO-raw")), "{"):
        sqs.send_message(QueueUrl=own.outputs["UnprocessedQueueUrl"], MessageBody=body)
    assert operator("list")["unprocessed"] == 2
    assert operator("run")["unprocessed"] == 2
    told = operator("run", "--apply", expect=1)
    assert told["statuses"] == {"published": 1, "failed": 1}
    assert len(subscriber.receive(1)) == 1
    assert operator("list")["unprocessed"] == 0
    (letter,) = operator("list")["letters"]
    assert (letter["shape"], letter["code"]) == ("sealed", "malformed_json")


def test_hopeless_letters_go_to_quarantine_and_come_back(own: Stack, operator: Operator) -> None:
    bad_letter(own, total="bad")
    (letter,) = operator("list")["letters"]
    (aside,) = operator("quarantine", letter["id"], "--reason", "producer is gone")["quarantined"]
    assert operator("list")["total"] == 0
    kept = operator("restore")
    assert kept["quarantined"] == [aside]
    (noted,) = kept["letters"]
    assert (noted["code"], noted["reason"]) == ("invalid_field", "producer is gone")
    back = operator("restore", aside)
    assert back["restored"] == [aside]
    assert operator("restore")["quarantined"] == []
    (again,) = operator("list")["letters"]
    assert ([again["id"]], again["code"]) == (back["ids"], "invalid_field")
    assert {"quarantine", "restore"} <= {line["action"] for line in audit_lines(own)}


@pytest.mark.parametrize("apply", [(), ("--apply",)], ids=["dry run", "for good"])
def test_an_id_that_no_letter_has_is_an_error_beside_those_that_are_there(
    own: Stack, operator: Operator, apply: tuple[str, ...]
) -> None:
    bad_letter(own, total="bad")
    (letter,) = operator("list")["letters"]
    for there in ((), ("--id", letter["id"][:8])):
        told = operator("run", *there, "--id", "99zz", *apply, expect=2)
        if apply:
            assert len(told["results"]) == len(there) // 2
        else:
            assert told.startswith("error: no such letter: 99zz\n")
    assert operator("list")["total"] == 1


def test_filters_choose_letters(own: Stack, operator: Operator) -> None:
    bad_letter(own, total="bad")
    bad_letter(own, total="bad")
    put(own, order(items=[]))
    assert eventually(lambda: waiting(own) == 3)
    assert operator("list", "--source", "stream")["total"] == 1
    assert operator("list", "--code", "too_large")["total"] == 0
    assert operator("list", "--until", "1h")["total"] == 0
    assert operator("list", "--since", "1h")["total"] == 3
    assert operator("run", "--limit", "2")["would_replay"] == 2
    told = operator("run", "--apply", "--event-type", "order.refunded")
    assert told["statuses"] == {"skipped": 3}
    assert operator("run", "--apply", "--stop-after", "1", "--concurrency", "1", expect=1)["stopped"]


def test_an_interrupted_run_leaves_what_was_not_done_and_says_how_to_go_on(
    own: Stack, operator: Operator
) -> None:
    send_all(own, [order(total="bad")] * 60)
    assert eventually(lambda: waiting(own) == 60)
    words = ("run", "--apply", "--rate", "2", "--stop-after", "1000")
    # A job that a shell has put into the background ignores SIGINT, and so would its children.
    run = subprocess.Popen(
        ["/usr/bin/env", "--default-signal=INT", *operator.command, *words],
        cwd=operator.home,
        env=operator.environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert eventually(lambda: waiting(own) < 60), "the run has taken letters"
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=1_200)
    assert run.returncode == 130
    assert re.search(r"^error: interrupted: \d+ of about 60 letters done", told, re.MULTILINE)
    assert f"hint: `replay --hold 10 {' '.join(words)}` goes on" in told
    assert lying(own) == 60
    assert eventually(lambda: waiting(own) == 60)


def test_letters_that_somebody_else_holds_are_told_and_waited_for(own: Stack, operator: Operator) -> None:
    with schema_bug.deployed(own):
        for at in range(3):
            send(own, json.dumps(order(order_id=f"SO-held{at}")))
        assert eventually(lambda: waiting(own) == 3)
    sqs, url = own.client("sqs"), own.outputs["DeadLetterQueueUrl"]
    (theirs,) = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, VisibilityTimeout=3_600)["Messages"]
    listed = operator("list")
    assert (listed["total"], listed["held"]) == (2, 1)
    told = operator("run")
    assert (told["would_replay"], told["held"]) == (2, 1)
    told = operator("run", "--apply", "--code", "invalid_field", "--limit", "1")
    assert (told["statuses"], told["held"]) == ({"published": 1}, 1)
    run = subprocess.Popen(
        [*operator.command, "run", "--apply", "--json"],
        cwd=operator.home,
        env=operator.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    assert run.stderr.readline().startswith("waiting for 1 letter that somebody else holds")
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=theirs["ReceiptHandle"], VisibilityTimeout=0)
    document, _ = run.communicate(timeout=1_200)
    assert (json.loads(document)["statuses"], json.loads(document)["held"]) == ({"published": 2}, 0)
    assert run.returncode == 0
    assert lying(own) == 0


def test_two_operators_at_once_do_not_meet(own: Stack, operator: Operator) -> None:
    subscriber = Subscriber(own, "two")
    with schema_bug.deployed(own):
        send_all(own, [order(order_id=f"SO-two{at}") for at in range(60)])
        assert eventually(lambda: waiting(own) == 60)
    # On a busy machine a letter may take longer than it is held otherwise, and then both have it.
    runs = [operator.start("run", "--apply", "--rate", "60", hold=180) for _ in range(2)]
    assert [run.wait() for run in runs] == [0, 0]
    assert operator("list")["total"] == 0
    ids = {event["detail"]["metadata"]["ingest_id"] for event in subscriber.receive(60)}
    assert len(ids) == 60


def test_the_archive_is_replayed_to_a_rule_and_can_be_watched_and_cancelled(
    own: Stack, operator: Operator
) -> None:
    events, bus = own.client("events"), own.outputs["SanitizedBusName"]
    bus_arn = events.describe_event_bus(Name=bus)["Arn"]
    events.create_archive(ArchiveName=bus, EventSourceArn=bus_arn)
    rule = events.list_rules(EventBusName=bus)["Rules"][0]["Arn"]
    started = operator("archive", "start", "--since", "1h", "--until", "0s", "--rule", rule)
    assert started["state"] in {"STARTING", "RUNNING", "COMPLETED"}
    assert operator("archive", "status", started["name"])["name"] == started["name"]
    assert "no rule of the bus" in operator(
        "archive",
        "start",
        "--since",
        "1h",
        "--until",
        "0s",
        "--rule",
        "arn:aws:events:us-east-1:1:rule/other/x",
        expect=2,
    )


def test_refusals_name_the_next_command(own: Stack, operator: Operator, tmp_path: Path) -> None:
    told = operator("show", "nothing", expect=2)
    assert "error: no such letter" in told
    assert "hint: `replay list` shows the letters" in told
    assert "no such source" in operator("list", "--source", "fax", expect=2)
    told = operator("list", "--code", "invalid_fild", expect=2)
    assert "error: no such code: invalid_fild" in told
    assert "hint: --code takes invalid_field, " in told
    assert "--event-type takes order.placed" in operator("run", "--event-type", "order.place", expect=2)
    assert "is no time" in operator("list", "--since", "yesterday", expect=2)
    assert "belongs to one shard" in operator("stream", "--from-sequence", "1", expect=2)
    assert "no such shard" in operator("stream", "--shard", "shardId-9", expect=2)
    nowhere = Operator(Stack("http://127.0.0.1:9", own.region, own.outputs), tmp_path / "nowhere")
    assert "can't be reached" in nowhere("list", expect=2)
    consumer = own.outputs["ConsumerRoleArn"]
    done = subprocess.run(
        [operator.command[0], "--role-arn", consumer, "list"],
        cwd=operator.home,
        env=operator.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "hint: replay needs the stack's ReplayOperatorRoleArn" in done.stderr


def test_a_replay_function_that_fails_leaves_every_letter(own: Stack, operator: Operator) -> None:
    bad_letter(own, total="bad")
    functions, name = own.client("lambda"), own.outputs["ReplayFunctionName"]
    variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": variables | {"LETTER_KEY_ARN": ""}}
    )
    told = operator("run", "--apply", expect=1)
    assert told["statuses"] == {"unavailable": 1}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    assert operator("list")["total"] == 1


def _refusal(attempt: Callable[[], object]) -> str | None:
    try:
        attempt()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def test_the_operators_role_can_do_nothing_else(own: Stack) -> None:
    operator = own.assume(own.outputs["ReplayOperatorRoleArn"])
    token = "tok_" + "0" * 26
    outputs = own.outputs

    def client(service: str) -> Any:
        return own.client(service, operator)

    attempts: dict[str, Callable[[], object]] = {
        "read the vault": lambda: client("dynamodb").scan(TableName=outputs["VaultTableName"]),
        "read the orders": lambda: client("dynamodb").scan(TableName=outputs["OrdersTableName"]),
        "open a letter": lambda: client("kms").decrypt(
            KeyId=outputs["LetterKeyArn"], CiphertextBlob=b"x" * 100
        ),
        "reveal a token": lambda: client("lambda").invoke(
            FunctionName=outputs["RevealFunctionName"],
            Qualifier="direct",
            Payload=json.dumps({"tokens": [token], "purpose": "p"}).encode(),
        ),
        "tokenize by itself": lambda: client("lambda").invoke(
            FunctionName=outputs["TokenizeQueueFunctionName"], Payload=b"{}"
        ),
        "read the stream": lambda: client("kinesis").list_shards(StreamName=outputs["RawOrdersStreamName"]),
        "read unprocessed messages": lambda: client("sqs").receive_message(
            QueueUrl=outputs["UnprocessedQueueUrl"]
        ),
        "send a letter": lambda: client("sqs").send_message(
            QueueUrl=outputs["DeadLetterQueueUrl"], MessageBody="{}"
        ),
        "publish": lambda: client("events").put_events(
            Entries=[
                {
                    "Source": "orders.tokenizer",
                    "DetailType": "t",
                    "Detail": "{}",
                    "EventBusName": outputs["SanitizedBusName"],
                }
            ]
        ),
        "read the audit trail": lambda: client("s3").list_object_versions(Bucket=outputs["AuditBucketName"]),
        "read where its chains end": lambda: client("dynamodb").scan(
            TableName=outputs["AuditHeadsTableName"]
        ),
    }
    refusals = {name: _refusal(attempt) for name, attempt in attempts.items()}
    assert {
        name: code for name, code in refusals.items() if code not in {"AccessDenied", "AccessDeniedException"}
    } == {}
    assert invoke(own, "ReplayFunctionName", {"action": "shards"})["shards"]
