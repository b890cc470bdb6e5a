"""The audit trail's writer and the command's reader on AWS's own calls: what the one writes, the other finds whole."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from ops.audit.findings import Finding, Kind
from ops.audit.store import AwsTrail
from ops.audit.trail import Day, check
from ops.stack import Stack
from tests.support.aws_account import REGION
from tokenizer.audit.lines import Line, Place, seal
from tokenizer.aws.audit.trail import AuditStore, AuditTrail
from tokenizer.errors import BadRecord, Denied, Rejected, Unavailable, Unforeseen

NOW = datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)
DAY = "2026-11-24"


class Scene:
    """A bucket under lock, a table, a key, and clients that can be made to fail."""

    def __init__(self) -> None:
        made: Any = boto3.client
        self.s3, self.dynamodb, self.kms = (made(name) for name in ("s3", "dynamodb", "kms"))
        self.s3.create_bucket(Bucket="audit", ObjectLockEnabledForBucket=True)
        rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 10}}
        self.s3.put_object_lock_configuration(
            Bucket="audit", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
        )
        self.dynamodb.create_table(
            TableName="heads",
            KeySchema=[
                {"AttributeName": "day", "KeyType": "HASH"},
                {"AttributeName": "chain", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("day", "chain")],
            BillingMode="PAY_PER_REQUEST",
        )
        self.key = str(self.kms.create_key()["KeyMetadata"]["Arn"])
        self.now = NOW
        self.store = AuditStore(self.s3, "audit", self.dynamodb, "heads", self.kms, self.key)

    def writer(self) -> AuditTrail:
        return AuditTrail(self.store, lambda: self.now)

    def trail(self) -> AwsTrail:
        outputs = {"AuditBucketName": "audit", "AuditHeadsTableName": "heads", "AuditKeyArn": self.key}
        return AwsTrail(Stack(outputs, boto3.Session(region_name=REGION)))

    def days(self) -> list[Day]:
        trail = self.trail()
        return list(check(trail, trail.days()))

    def findings(self) -> list[Finding]:
        return [finding for day in self.days() for finding in day.findings]

    def keys(self) -> list[str]:
        return [each["Key"] for each in self.s3.list_objects_v2(Bucket="audit").get("Contents", [])]

    def documents(self) -> list[dict[str, Any]]:
        bodies = [self.s3.get_object(Bucket="audit", Key=key)["Body"].read() for key in self.keys()]
        return [json.loads(body) for body in bodies]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield Scene()


def failing(client: Any, operation: str, *, after: bool, times: int = 1) -> None:
    """Makes calls of one operation time out, before or after AWS has done what they ask."""
    service, left = client.meta.service_model.service_id.hyphenize(), [times]

    def fail(**_: Any) -> None:
        if left[0]:
            left[0] -= 1
            raise ReadTimeoutError(endpoint_url="https://aws.test")

    event = "after-call" if after else "before-call"
    client.meta.events.register(f"{event}.{service}.{operation}", fail)


def test_what_is_written_is_found_whole_and_locked(scene: Scene) -> None:
    first, second = scene.writer(), scene.writer()
    for number in range(3):
        first.write("reveal", "ann", purpose="charge", tokens={"tok_1": "ok"}, n=number)
    second.write("charge", "bob")
    (day,) = scene.days()
    assert (day.chains, day.lines, day.unanswered, day.broken, day.locked_days) == (2, 4, 0, 0, 10)
    assert day.first == day.last == "2026-11-24T23:59:59.000+00:00"
    lines = [each for each in scene.documents() if each["operator"] == "ann"]
    assert [each["facts"]["n"] for each in lines] == [0, 1, 2]
    assert [each["previous"] for each in lines] == [None, lines[0]["hash"], lines[1]["hash"]]
    assert [bool(each["key"]) for each in lines] == [True, False, False]


def test_a_request_costs_one_put_and_one_head_and_a_chain_one_key(scene: Scene) -> None:
    calls: list[str] = []
    for client in (scene.s3, scene.dynamodb, scene.kms):
        client.meta.events.register("before-call", lambda model, **_: calls.append(model.name))
    writer = scene.writer()
    writer.write("reveal", "ann")
    assert calls == ["GenerateDataKey", "PutObject", "PutItem"]
    calls.clear()
    writer.write("reveal", "ann")
    assert calls == ["PutObject", "PutItem"]


def test_a_chain_ends_with_its_day(scene: Scene) -> None:
    writer = scene.writer()
    writer.write("reveal", "ann")
    scene.now += timedelta(seconds=1)
    writer.write("reveal", "ann")
    assert [(day.day, day.chains, day.lines) for day in scene.days()] == [(DAY, 1, 1), ("2026-11-25", 1, 1)]
    assert scene.findings() == []


OUTAGES: dict[str, tuple[Callable[[Scene], Any], str, bool, int]] = {
    # which client, operation, whether AWS has done it, lines that are left without an answer
    "no key": (lambda scene: scene.kms, "GenerateDataKey", False, 0),
    "a line not put": (lambda scene: scene.s3, "PutObject", False, 0),
    "a line put and its answer lost": (lambda scene: scene.s3, "PutObject", True, 1),
    "a head not moved": (lambda scene: scene.dynamodb, "PutItem", False, 1),
    "a head moved and its answer lost": (lambda scene: scene.dynamodb, "PutItem", True, 0),
}


@pytest.mark.parametrize("established", [False, True])
@pytest.mark.parametrize("name", OUTAGES)
def test_a_write_that_fails_fails_closed_and_leaves_a_trail_that_verifies(
    scene: Scene, name: str, *, established: bool
) -> None:
    client, operation, after, unanswered = OUTAGES[name]
    writer = scene.writer()
    if established and operation != "GenerateDataKey":
        writer.write("reveal", "before")
        writer.write("reveal", "before")
    failing(client(scene), operation, after=after)
    with pytest.raises(Unavailable):
        writer.write("reveal", "lost")
    writer.write("reveal", "after")
    writer.write("reveal", "after")
    (day,) = scene.days()
    assert (day.broken, day.unanswered) == (0, unanswered)
    assert [each["operator"] for each in scene.documents()].count("after") == 2


def test_a_head_that_was_moved_by_a_call_whose_answer_was_lost_is_moved_again(scene: Scene) -> None:
    """As botocore's retry does it: the very same call once more."""
    writer = scene.writer()
    puts: list[dict[str, Any]] = []
    scene.dynamodb.meta.events.register(
        "provide-client-params.dynamodb.PutItem", lambda params, **_: puts.append(dict(params))
    )
    writer.write("reveal", "ann")
    writer.write("reveal", "ann")
    scene.dynamodb.put_item(**puts[1])
    with pytest.raises(scene.dynamodb.exceptions.ConditionalCheckFailedException):
        scene.dynamodb.put_item(**puts[0])
    assert scene.findings() == []


def test_a_place_that_somebody_took_before_is_not_written_over(scene: Scene) -> None:
    writer = scene.writer()
    writer.write("reveal", "ann")
    (key,) = scene.keys()
    planted = key.replace("0000000001", "0000000002")
    scene.s3.put_object(Bucket="audit", Key=planted, Body=b"{}")
    with pytest.raises(Rejected, match="PreconditionFailed"):
        writer.write("reveal", "ann")
    writer.write("reveal", "ann")
    assert [(each.sequence, each.kind) for each in scene.findings()] == [(2, Kind.EDITED)]


def test_a_head_that_somebody_changed_stops_the_writer(scene: Scene) -> None:
    writer = scene.writer()
    writer.write("reveal", "ann")
    (item,) = scene.dynamodb.scan(TableName="heads")["Items"]
    scene.dynamodb.put_item(TableName="heads", Item={**item, "sequence": {"N": "7"}})
    with pytest.raises(Rejected, match="ConditionalCheckFailed"):
        writer.write("reveal", "ann")


def test_a_missing_bucket_is_an_error_of_ours(scene: Scene) -> None:
    store = AuditStore(scene.s3, "not-there", scene.dynamodb, "heads", scene.kms, scene.key)
    with pytest.raises(Denied, match="NoSuchBucket"):
        AuditTrail(store).write("reveal", "ann")
    store = AuditStore(scene.s3, "audit", scene.dynamodb, "not-there", scene.kms, scene.key)
    with pytest.raises(Denied, match="ResourceNotFound"):
        AuditTrail(store).write("reveal", "ann")


@pytest.mark.parametrize(("off", "fits"), [(-1, True), (0, True), (1, False)])
def test_a_line_is_written_up_to_its_size(scene: Scene, off: int, fits: bool) -> None:
    def line(padding: list[str]) -> None:
        scene.writer().write("reveal", "ann", padding=padding)

    line([""])
    (stored,) = scene.s3.list_objects_v2(Bucket="audit")["Contents"]
    # A text is cut at 200 characters, so there are many. Each takes two quotes and a comma.
    pieces, left = divmod(1_000_000 + off - stored["Size"], 103)
    padding = ["p" * left, *["p" * 100] * pieces]
    if fits:
        line(padding)
        assert 1_000_000 + off in [
            each["Size"] for each in scene.s3.list_objects_v2(Bucket="audit")["Contents"]
        ]
    else:
        with pytest.raises(BadRecord, match="the audit line has 1000001 bytes"):
            line(padding)


def test_facts_that_are_no_json_or_far_too_many_are_not_written(scene: Scene) -> None:
    with pytest.raises(Unforeseen):
        scene.writer().write("reveal", "ann", fact=object())
    with pytest.raises(BadRecord, match="the audit line has"):
        scene.writer().write("reveal", "ann", ids=["x" * 1000] * 6000)
    assert scene.keys() == []


def _put(scene: Scene, key: str) -> None:
    scene.s3.put_object(Bucket="audit", Key=key, Body=b"{}")


def _remove_head(scene: Scene, key: str) -> None:
    _, day, chain, _ = key.split("/")
    scene.dynamodb.delete_item(TableName="heads", Key={"day": {"S": day}, "chain": {"S": chain}})


def _copy_elsewhere(scene: Scene, key: str) -> None:
    body = scene.s3.get_object(Bucket="audit", Key=key)["Body"].read()
    target = key.replace(key.split("/")[2], "f" * 32)
    scene.s3.put_object(Bucket="audit", Key=target, Body=body)


def _borrow_a_key(scene: Scene, _: str) -> None:
    """A chain with the wrapped key of another: KMS opens it for that one alone."""
    borrowed = str(scene.documents()[0]["key"])
    line = Line(Place(DAY, "0" * 32, 1), NOW.isoformat(), "reveal", "ann", {}, None, borrowed)
    scene.s3.put_object(Bucket="audit", Key=line.place.object_key, Body=seal(line, b"forged")[1])


TAMPERINGS: dict[str, tuple[Callable[[Scene, str], Any], Kind]] = {
    "a key borrowed": (_borrow_a_key, Kind.FORGED),
    "written over": (_put, Kind.VERSIONS),
    "marked deleted": (lambda scene, key: scene.s3.delete_object(Bucket="audit", Key=key), Kind.HIDDEN),
    "head removed": (_remove_head, Kind.HEAD),
    "copied": (_copy_elsewhere, Kind.GAP),
    "something beside": (lambda scene, key: _put(scene, key + ".txt"), Kind.FORGED),
    "a huge object": (
        lambda scene, key: scene.s3.put_object(
            Bucket="audit", Key=key.replace("0000000002", "0000000004"), Body=b"x" * 1_000_001
        ),
        Kind.FORGED,
    ),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_what_s3_and_dynamodb_let_a_tamperer_do_is_found(scene: Scene, name: str) -> None:
    tamper, kind = TAMPERINGS[name]
    writer = scene.writer()
    for _ in range(3):
        writer.write("reveal", "ann")
    tamper(scene, scene.keys()[1])
    assert scene.findings()[0].kind is kind


def test_a_line_put_without_a_lock_is_found(scene: Scene) -> None:
    scene.s3.put_object_lock_configuration(
        Bucket="audit", ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )
    scene.writer().write("reveal", "ann")
    assert [each.kind for each in scene.findings()] == [Kind.UNLOCKED]


def test_a_chain_that_is_gone_from_the_bucket_is_found_by_its_head(scene: Scene) -> None:
    scene.writer().write("reveal", "ann")
    scene.store.s3.create_bucket(Bucket="empty", ObjectLockEnabledForBucket=True)
    outputs = {"AuditBucketName": "empty", "AuditHeadsTableName": "heads", "AuditKeyArn": scene.key}
    trail = AwsTrail(Stack(outputs, boto3.Session(region_name=REGION)))
    (day,) = check(trail, trail.days())
    assert [each.kind for each in day.findings] == [Kind.MISSING_CHAIN]


def test_lines_and_versions_that_stand_on_several_pages_are_put_together(scene: Scene) -> None:
    writer = scene.writer()
    for _ in range(5):
        writer.write("reveal", "ann")
    third = scene.keys()[2]
    for _ in range(3):
        _put(scene, third)
    trail = scene.trail()
    pages: list[int] = []
    trail._s3.meta.events.register(
        "provide-client-params.s3.ListObjectVersions", lambda params, **_: params.update(MaxKeys=2)
    )
    trail._s3.meta.events.register(
        "after-call.s3.ListObjectVersions", lambda parsed, **_: pages.append(len(parsed.get("Versions", [])))
    )
    (day,) = check(trail, [DAY])
    assert pages == [2, 2, 2, 2]
    (finding,) = day.findings
    assert (day.lines, finding.sequence, finding.kind) == (5, 3, Kind.VERSIONS)
    assert finding.what.startswith("4 versions")
