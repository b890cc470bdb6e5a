"""The attacker is an operator who may put letters away, and has the quarantine's place of another letter in mind.

They want to replace a letter that somebody needs, to have their own text sent to the queue as a letter, or to fill the
quarantine with what is none.
"""

import json
from typing import Any
from uuid import UUID

import pytest
from botocore.exceptions import ClientError

from schemas.dead_letter import LetterSource
from tests.support.fakes.approvals import Replaying
from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.replay_function import body
from tests.support.samples import STREAM
from tokenizer.aws.replay.letters import Opened
from tokenizer.aws.replay.queues import Quarantine, quarantine_id
from tokenizer.aws.replay.stream import StreamReplay
from tokenizer.errors import InvalidRequest, Refused, VaultIntegrity

NONE: Any = None
SOURCE = LetterSource(queue="q", message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z")


class Bucket:
    """Is S3 with objects that a condition protects."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, Key: str, Body: bytes, IfNoneMatch: str = "", **_: Any) -> None:  # noqa: N803 -- of S3
        if IfNoneMatch and Key in self.objects:
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        self.objects[Key] = Body


class Sealed:
    """Opens letters that a stack has sealed, here those whose sealed bytes are `AAAA`."""

    def open(self, letter: str) -> Opened:
        if '"AAAA"' in letter:
            return Opened(SOURCE, b"{}")
        if "sealed" in letter:
            raise VaultIntegrity("the letter was changed")
        raise Refused("refused", "the message is no sealed dead letter")


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def replaying(bucket: Bucket) -> Replaying:
    kept: Any = Quarantine(bucket, "letters", NONE, "queue")  # type: ignore[arg-type]  # what is asked of S3
    return Replaying(Sealed(), NONE, FakeAudit(), stream=StreamReplay(NONE, STREAM, NONE), others=kept)


def put_away(replaying: Replaying, letter: str, **more: Any) -> list[str]:
    answer = replaying.ask("quarantine", letters=[letter], reason="gone", **more)
    return list(answer["ids"])


def positions(stream: str) -> str:
    info = {"shardId": "shardId-0", "startSequenceNumber": "1", "endSequenceNumber": "2", "streamArn": stream}
    return json.dumps({"KinesisBatchInfo": info})


@pytest.mark.parametrize("letter", [body(1), positions(STREAM)], ids=["a sealed letter", "a failure record"])
@pytest.mark.parametrize("wanted", ["0192f0c8-1111-7abc-8def-000000000001", "../letters/x", "objects/x"])
def test_nobody_chooses_where_a_letter_is_kept(
    letter: str, wanted: str, replaying: Replaying, bucket: Bucket
) -> None:
    (first,) = put_away(replaying, letter, ids=[wanted])
    assert str(UUID(first)) == first != wanted
    assert list(bucket.objects) == [f"quarantine/{first}"]
    (line,) = replaying.audit.lines
    assert line["kept"] == [first]


def test_a_letter_that_is_there_is_not_replaced(replaying: Replaying, bucket: Bucket) -> None:
    (name,) = put_away(replaying, body(1))
    there = bucket.objects[f"quarantine/{name}"]
    for other in (body(2), body(1, code="too_large")):
        (another,) = put_away(replaying, other, ids=[name])
        assert another != name
    bucket.objects[f"quarantine/{name}"] = b"kept"
    assert put_away(replaying, body(1)) == [name]
    assert bucket.objects[f"quarantine/{name}"] == b"kept"
    assert there != b"kept"


@pytest.mark.parametrize(
    "letter",
    [
        pytest.param("4111111111111111", id="a text"),
        pytest.param(body(1, sealed="BBBB"), id="a letter that was changed"),
        pytest.param(
            positions("arn:aws:kinesis:us-east-1:999999999999:stream/raw"), id="of another stack's stream"
        ),
    ],
)
def test_what_is_no_letter_of_the_stack_is_not_put_away(
    letter: str, replaying: Replaying, bucket: Bucket
) -> None:
    with pytest.raises((Refused, VaultIntegrity)):
        put_away(replaying, letter)
    with pytest.raises((Refused, VaultIntegrity)):
        replaying.ask("quarantine", letters=[body(1), letter], reason="gone")
    assert bucket.objects == {}
    assert replaying.audit.lines == []


@pytest.mark.parametrize("wanted", ["objects/x", "restored/x", "../audit/x", "4111111111111111", "", "*"])
def test_nothing_else_is_sent_back_to_the_queue(wanted: str, replaying: Replaying) -> None:
    with pytest.raises(InvalidRequest):
        replaying.ask("restore", ids=[wanted])


def test_an_id_says_nothing_of_its_letter_and_two_letters_have_two() -> None:
    names = {quarantine_id(body(at)) for at in range(100)}
    assert len(names) == 100
