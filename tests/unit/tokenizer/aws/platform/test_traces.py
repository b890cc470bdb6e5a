"""A trace goes on with events and letters, and says how long each stage of a sampled batch took; it holds no value."""

import json
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from handlers import batch_outcomes
from schemas.dead_letter import ErrorCode, LetterSource
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import CANARIES, order, stream_record
from tokenizer.aws.pipeline.bus import EventBridgeBus, entry_bytes
from tokenizer.aws.pipeline.dead_letters import SqsDeadLetters
from tokenizer.aws.platform import counters, timing, traces
from tokenizer.aws.platform.timing import Span, timed
from tokenizer.errors import Unavailable
from tokenizer.identity import Identity
from tokenizer.records import Letter, SanitizedRecord

ROOT, PARENT = f"1-6744a3c5-{'0' * 24}", "5" * 16
SAMPLED = f"Root={ROOT};Parent={PARENT};Sampled=1;Lineage=1:a87bd80c:0"
EVENT = SanitizedRecord("order.placed", b'{"metadata":{}}', "ing_1")
LETTER = Letter(
    ErrorCode.MALFORMED_JSON,
    "no JSON",
    Identity.of_sqs("queue", "m-1"),
    LetterSource(queue="queue", message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z"),
    1,
    b"raw",
    "ing_2",
)


class Recorder:
    """Stands for AWS: keeps what it was asked, and takes all of it."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def put_events(self, **asked: Any) -> dict[str, Any]:
        self.entries += asked["Entries"]
        return {"Entries": [{"EventId": "e"} for _ in asked["Entries"]]}

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        self.entries += asked["Entries"]
        return {"Successful": []}

    def seal(self, data: bytes, identity: Identity) -> bytes:
        return b"sealed"


@pytest.fixture
def aws() -> Recorder:
    return Recorder()


@pytest.fixture(autouse=True)
def nothing_before() -> None:
    timing.take()
    counters.take()


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.setblocking(False)
        monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", f"127.0.0.1:{listening.getsockname()[1]}")
        yield listening


def publish(aws: Recorder) -> None:
    bus: Any = EventBridgeBus(aws, "bus", 1_000)  # type: ignore[arg-type]  # all that it asks of a client
    assert bus.publish([EVENT], ample_budget()) == [None]


def send(aws: Recorder) -> None:
    letters = SqsDeadLetters(aws, "https://queue", aws, "bucket", aws, 1_000)  # type: ignore[arg-type]  # the same
    assert letters.send([LETTER], ample_budget()) == [None]


def test_an_event_carries_the_trace_of_the_invocation_that_publishes_it(
    aws: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for header in (SAMPLED, SAMPLED.replace("Sampled=1", "Sampled=0")):
        monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
        publish(aws)
    monkeypatch.delenv("_X_AMZN_TRACE_ID")
    publish(aws)
    assert [each.get("TraceHeader") for each in aws.entries] == [
        SAMPLED,
        SAMPLED.replace("Sampled=1", "Sampled=0"),
        None,
    ]


def test_a_trace_changes_no_byte_of_the_detail_and_none_of_its_size(
    aws: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(aws)
    size = entry_bytes(EVENT)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", SAMPLED)
    publish(aws)
    untraced, traced = aws.entries
    assert untraced["Detail"] == traced["Detail"]
    assert size == entry_bytes(EVENT)


def test_a_letter_carries_the_trace_of_the_invocation_that_writes_it(
    aws: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(aws)
    monkeypatch.setenv("_X_AMZN_TRACE_ID", SAMPLED)
    send(aws)
    untraced, traced = aws.entries
    assert "MessageSystemAttributes" not in untraced
    assert traced["MessageSystemAttributes"] == {
        "AWSTraceHeader": {"DataType": "String", "StringValue": SAMPLED}
    }
    assert traced["MessageBody"] == untraced["MessageBody"]


def test_calls_of_a_part_are_timed_by_stage_and_answered_as_before() -> None:
    class Part:
        other = "as it was"

        def write(self, records: list[int], *, twice: bool) -> list[int]:
            return records * (2 if twice else 1)

    part = timed(Part(), write="vault")
    assert (part.write([1, 2], twice=True), part.other) == ([1, 2, 1, 2], "as it was")
    (span,) = timing.take()
    assert (span.stage, span.items) == ("vault", 2)
    assert span.began <= span.ended
    assert timing.take() == []


def test_a_stage_that_fails_is_timed_too() -> None:
    class Part:
        def write(self, records: list[int]) -> None:
            raise Unavailable("down")

    with pytest.raises(Unavailable):
        timed(Part(), write="vault").write([1])
    assert [each.stage for each in timing.take()] == ["vault"]


STAGES = [Span("vault", 1.5, 2.0, 3), Span("bus", 2.0, 2.25, 3), Span("batch", 1.0, 2.5, 4)]
RECORDS = ["4961 ing_1", "4962 malformed_json"]


def test_the_daemon_is_told_the_stages_of_a_sampled_batch_below_the_functions_own_segment(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", SAMPLED)
    traces.add(STAGES, {"received": 4, "published": 3}, RECORDS)
    greeting, document = map(json.loads, daemon.recv(65_535).split(b"\n", 1))
    assert greeting == {"format": "json", "version": 1}
    assert (document["trace_id"], document["parent_id"], document["type"]) == (ROOT, PARENT, "subsegment")
    assert (document["name"], document["start_time"], document["end_time"]) == ("batch", 1.0, 2.5)
    assert document["annotations"] == {"received": 4, "published": 3}
    assert document["metadata"]["order_tokenizer"]["records"] == RECORDS
    inner = document["subsegments"]
    assert [(each["name"], each["end_time"]) for each in inner] == [("vault", 2.0), ("bus", 2.25)]
    ids = [document["id"], *(each["id"] for each in inner)]
    assert len(set(ids)) == 3
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in ids)


@pytest.mark.parametrize("header", [SAMPLED.replace("Sampled=1", "Sampled=0"), f"Root={ROOT}", ""])
def test_the_daemon_is_told_nothing_of_a_batch_that_is_not_sampled(
    daemon: socket.socket, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", header)
    traces.add(STAGES, {}, RECORDS)
    with pytest.raises(BlockingIOError):
        daemon.recv(65_535)


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (99, 99), (100, 100), (101, 100)])
def test_a_document_has_a_hundred_stages_at_most(
    monkeypatch: pytest.MonkeyPatch, count: int, shown: int
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", SAMPLED)
    document = traces.subsegment([Span("bus", 1.0, 2.0, 10)] * count + STAGES[-1:], {}, [])
    assert document is not None
    assert len(json.loads(document)["subsegments"]) == shown


@pytest.mark.parametrize(("off", "whole"), [(-1, True), (0, True), (1, False)])
def test_a_document_at_its_limit_is_whole(monkeypatch: pytest.MonkeyPatch, off: int, whole: bool) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", SAMPLED)
    bare = traces.subsegment(STAGES, {}, [""])
    assert bare is not None
    document = traces.subsegment(STAGES, {}, ["r" * (64_000 + off - len(bare))])
    assert document is not None
    assert ("records" in json.loads(document)["metadata"]["order_tokenizer"]) is whole


def test_a_document_stays_within_what_xray_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", SAMPLED)
    many = [Span("bus", 1.0, 2.0, 10)] * 500 + STAGES[-1:]
    document = traces.subsegment(many, {}, ["4961" * 14 + " ing_" + "0" * 32] * 5_000)
    assert document is not None
    assert len(document) <= traces.MOST_BYTES
    assert json.loads(document)["metadata"] == {"order_tokenizer": {"items": 4}}


def logged(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """Tells of a batch of one good and one bad record; returns its log lines' extra fields by message."""
    world = World()
    records = [stream_record(order(), 1), stream_record(b"{", 2)]
    outcomes = timed(world.tokenizer, tokenize_batch="batch").tokenize_batch(records, ample_budget())
    (event,) = world.bus.events
    with caplog.at_level("INFO"):
        batch_outcomes.log_batch(outcomes)
    return {"ingest_id": event.ingest_id, **{each.message: vars(each) for each in caplog.records}}


COUNTS = {
    "received": 2,
    "published": 1,
    "dead_lettered": 1,
    "to_retry": 0,
    "denied": 0,
    "tampered": 0,
    "retried": 0,
}


@pytest.mark.parametrize("sampled", [True, False])
def test_the_log_has_all_that_a_trace_has_whether_or_not_there_is_one(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, sampled: bool
) -> None:
    monkeypatch.delenv("AWS_XRAY_DAEMON_ADDRESS", raising=False)
    if sampled:
        monkeypatch.setenv("_X_AMZN_TRACE_ID", SAMPLED)
    lines = logged(caplog)
    batch, records = lines["batch"], lines["records"]["records"]
    assert records == [f"1 {lines['ingest_id']}", "2 malformed_json reading"]
    assert {name: batch[name] for name in COUNTS} == COUNTS
    assert (batch["milliseconds"].keys(), batch["codes"]) == ({"batch"}, {"malformed_json": 1})
    assert (batch["ids"], batch["failures"], batch["reasons"]) == (["2"], {}, [])
    assert "failed" not in lines
    assert not [canary for canary in CANARIES if canary in repr(lines)]


def test_the_log_adds_up_how_long_the_calls_of_a_stage_took(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = iter([1.5, 2.0, 2.0, 2.25, 3.0, 3.0004])  # each call's beginning and end
    monkeypatch.setattr(timing, "time", SimpleNamespace(time=lambda: next(ends)))
    stage = timed(World().index, lookup="index_lookup"), timed(World().erasures, until="erasures")
    for part, method in ((stage[0], "lookup"), (stage[0], "lookup"), (stage[1], "until")):
        getattr(part, method)([], ample_budget())
    with caplog.at_level("INFO"):
        batch_outcomes.log_batch([])
    (batch,) = [vars(each) for each in caplog.records if each.message == "batch"]
    assert batch["milliseconds"] == {"index_lookup": 750, "erasures": 0}


def test_a_daemon_that_can_not_be_told_costs_the_trace_and_not_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", SAMPLED)
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:0")
    lines = logged(caplog)
    assert lines["records"]["records"] == [f"1 {lines['ingest_id']}", "2 malformed_json reading"]
    assert (lines["failed"]["error"], lines["failed"]["levelname"]) == ("OSError", "ERROR")
