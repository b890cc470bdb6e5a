"""Defines the targets behind the dead-letter queue and the replay function: letters, seals, edits, requests."""

import json
import time
from collections.abc import Sequence
from typing import Any

from replay.letters import read
from schemas.dead_letter import LetterSource
from tests.fuzz.records import refused, untold
from tests.support.fakes.approvals import Replaying, invoked
from tests.support.samples import ARRIVED, SHARD, STREAM
from tokenizer import json_text
from tokenizer.audit.lines import clean
from tokenizer.aws.pipeline.sealing import Opener
from tokenizer.aws.replay.letters import Letters, Opened
from tokenizer.aws.replay.stream import StreamReplay, is_failure_record
from tokenizer.aws.vault.data_keys import DataKey
from tokenizer.callers import Caller
from tokenizer.errors import PipelineError, Refused, Unavailable
from tokenizer.replay.messages import PUBLISHED, Entry, Result

KEY_ARN = "arn:aws:kms:us-east-1:000000000000:key/1"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:raw"
SOURCE = LetterSource(queue=QUEUE, message_id="m-1", arrived_at="2026-11-23T10:15:01.250Z")
_STATUSES = {"published", "failed", "unavailable", "refused", "expired", "skipped", "partly", "split"}
_MOST = 16 * 1024 * 1024


class Keys:
    """Opens any data key: the fuzz is about what lies around it."""

    def open(self, wrapped: bytes) -> DataKey:
        return DataKey(b"k" * 32, wrapped, KEY_ARN)


class Aws:
    """A stream with one record, and an empty bucket."""

    def get_shard_iterator(self, **_: Any) -> dict[str, Any]:
        return {"ShardIterator": "one"}

    def get_records(self, **_: Any) -> dict[str, Any]:
        record = {"SequenceNumber": "100", "ApproximateArrivalTimestamp": ARRIVED, "Data": b"{}"}
        return {"Records": [record], "MillisBehindLatest": 0}

    def list_shards(self, **_: Any) -> dict[str, Any]:
        return {"Shards": [{"ShardId": SHARD}]}

    def get_object(self, **_: Any) -> Any:
        raise LookupError


class Tokenizing:
    """Publishes whatever it is given, as long as Lambda would take it."""

    def tokenize(self, entries: Sequence[Entry], *_: Any) -> list[Result]:
        json.dumps(entries, allow_nan=False).encode()
        return [{"status": PUBLISHED} for _ in entries]


class Queues:
    """The queue of unprocessed messages and the quarantine."""

    def replay(self) -> list[Result]:
        return []

    def ids(self) -> list[str]:
        return []

    def keep(self, *texts: str) -> None:
        json.dumps(texts)

    def restore(self, *_: str) -> None: ...


class Trail:
    """Takes the lines that the audit trail would, and is as strict about facts."""

    def write(self, action: str, operator: str, **facts: Any) -> None:
        try:
            clean({"action": action, "operator": operator, **facts})
        except (ValueError, TypeError, RecursionError):
            raise Unavailable("writing the audit trail") from None


_AWS: Any = Aws()
_KEYS: Any = Keys()
_TOKENIZING: Any = Tokenizing()
_QUEUES: Any = Queues()
OPENER = Opener(_KEYS)
LETTERS = Letters(OPENER, _AWS, [STREAM, QUEUE], time.time)
REPLAY = StreamReplay(_AWS, STREAM, _TOKENIZING)
DESK = Replaying(LETTERS, _TOKENIZING, Trail(), stream=REPLAY, others=_QUEUES)
ANN = Caller("ann", ("operators", "compliance"), mfa=True)


def letter(data: bytes) -> None:
    """A message of the queue is a letter or is refused; one that is odd does not hold up its neighbours."""
    body = data.decode("utf-8", "surrogateescape")
    read({"MessageId": "m", "ReceiptHandle": "r", "Body": body})
    try:
        opened = LETTERS.open(body)
    except PipelineError as error:
        untold(error, repr(error))
    else:
        untold(repr(opened))
        assert len(opened.data) <= _MOST
    entries, results = LETTERS.entries([body, body], ())
    assert sorted([*entries, *results]) == [0, 1]
    untold(results)


def seal(data: bytes) -> None:
    """Bytes are a sealed record, or the seal is broken."""
    try:
        opened = OPENER.open(data, SOURCE)
    except PipelineError as error:
        untold(error)
    else:
        assert len(opened) <= _MOST


def failure_record(data: bytes) -> None:
    """A message is a failure record of Lambda's or not; what becomes of it is one of the known things."""
    body = data.decode("utf-8", "surrogateescape")
    if is_failure_record(body):
        result = REPLAY.positions(body)
        assert result["status"] in _STATUSES
        untold({name: value for name, value in result.items() if name != "records"}.get("status"))


def edit(data: bytes) -> None:
    """Tests that a JSON Patch gives another record of another identity, which sources take, or does not fit."""
    try:
        given: Any = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(given, dict) or not isinstance(given.get("patch"), list):
        return
    try:
        record = json.dumps(given.get("record")).encode()
    except RecursionError:
        return
    try:
        edited = Opened(SOURCE, record).patched(given["patch"])
    except Refused as error:
        refused(error)
    else:
        assert edited.source.edited
        assert len(edited.data) <= _MOST
        assert json_text.dump(json_text.parse(edited.data)) == edited.data


def request(data: bytes) -> None:
    """A request to the replay function is served, or refused in words of ours."""
    try:
        given: Any = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(given, dict):
        return
    try:
        answer = DESK.service.serve(given, invoked(ANN))
    except PipelineError as error:
        untold(error)
    else:
        assert isinstance(answer, dict)
