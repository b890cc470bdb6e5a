"""Lambda's two event source mappings and its execution environments, over the real handlers.

The stream's mapping is `local.emulator.kinesis_mapping`, tested rule by rule on its own. The queue's is the few lines below:
visibility, receive counts, deletion of what did not fail, and SQS's own redrive.
"""

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any
from unittest import mock

from handlers import tokenize_queue, tokenize_stream
from local.emulator.kinesis_mapping import (
    Answer,
    GiveUp,
    Invoke,
    Lane,
    Record,
    Settings,
    failure_record,
    interpret,
    lambda_event,
)
from tests.support.faults.aws import Aws, Killed
from tests.support.faults.releases import Release, writing
from tokenizer.aws.compose import tokenize
from tokenizer.aws.pipeline.starts import DynamoStarts
from tokenizer.aws.platform.expiring_cache import KEPT
from tokenizer.aws.platform.settings import TokenizeSettings
from tokenizer.pipeline.batch import Tokenizer

STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/raw"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:raw"
SHARD = "shardId-000000000000"
TIMEOUT = 60.0
VISIBILITY = 361.0
MAX_RECEIVES = 5
BATCH = 8
SETTINGS = TokenizeSettings(
    vault_table="vault",
    vault_crypto_name="vault",
    vault_key_arn="vault-key",
    letter_key_arn="letter-key",
    token_key_arn="token-key",
    token_keys_table="token-keys",
    blind_index_table="blind-index",
    shares_table="shares",
    erasures_table="erasures",
    alias_table="aliases",
    starts_table="starts",
    bus_name="sanitized",
    dead_letter_queue_url="https://sqs.us-east-1.amazonaws.com/000000000000/letters",
    letter_bucket="letters",
    raw_stream_arn=STREAM,
    raw_queue_arn=QUEUE,
    api_name="api:orders",
    max_receive_count=MAX_RECEIVES,
)
_MAPPING = Settings(
    mapping_id="m",
    stream_arn=STREAM,
    function_arn="f",
    batch_size=BATCH,
    bisect=True,
    retries=-1,
    record_age=86_400,
    partial_answers=True,
)


class Function:
    """A function and its execution environment: warm until it is killed."""

    def __init__(self, aws: Aws, handler: Callable[[Any, Any], Any], module: Any) -> None:
        self._aws = aws
        self._handler = handler
        self._module = module
        self._tokenizer: Tokenizer | None = None
        self._made = 0.0
        self.release = Release()
        self.invocations = 0

    def deploy(self, release: Release) -> None:
        """Updates the function; its environments end."""
        self.release = release
        self.cool()

    def cool(self) -> None:
        """Loses the environment, and all that was kept in its memory."""
        self._tokenizer = None

    def __call__(self, event: dict[str, Any]) -> tuple[Any, str | None]:
        """Invokes the function; returns its payload and Lambda's word for an error."""
        self.invocations += 1
        ends = self._aws.clock.now + TIMEOUT
        others, self._aws.deadline = self._aws.deadline, ends
        context = SimpleNamespace(
            aws_request_id=f"r-{self.invocations}",
            get_remaining_time_in_millis=lambda: int((ends - self._aws.clock.now) * 1000),
        )
        try:
            with (
                writing(self.release.writes),
                mock.patch.object(self._module, "_tokenizer", self._warm),
                mock.patch.object(self._module, "_starts", self._starts),
                mock.patch.object(self._module, "_settings", self._settings),
            ):
                return json.loads(json.dumps(self._handler(event, context))), None
        except Killed:
            self.cool()
            return None, "Unhandled"
        except RuntimeError:
            return None, "Unhandled"
        finally:
            self._aws.deadline = others

    def _settings(self) -> TokenizeSettings:
        return SETTINGS

    def _starts(self) -> DynamoStarts:
        return tokenize.unfinished_starts(SETTINGS)

    def _warm(self) -> Tokenizer:
        # Keys are opened again after five minutes, as handlers do.
        if self._tokenizer is None or self._aws.clock.now - self._made >= KEPT:
            self._tokenizer, self._made = tokenizer(self.release), self._aws.clock.now
        return self._tokenizer


def tokenizer(release: Release) -> Tokenizer:
    """Returns the use case as a release has it."""
    settings = replace(SETTINGS, vault_lifetimes=release.lifetimes)
    return tokenize.tokenizer(settings, release.catalog)


class Stream:
    """One shard of the raw stream and its mapping."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._lane = Lane(_MAPPING)
        self._sequence = 49_000_000_000_000_000_000
        self.function = Function(aws, tokenize_stream.handler, tokenize_stream)
        self.records: dict[str, bytes] = {}
        self._keys: dict[str, str] = {}
        self.given_up: list[dict[str, Any]] = []

    def put(self, data: bytes, key: str = "") -> str:
        """Puts a record under a partition key; without one, under a key of its own."""
        self._sequence += 1
        sequence = str(self._sequence)
        self.records[sequence] = data
        self._keys[sequence] = key or sequence
        self._offer(sequence)
        return sequence

    def rewind(self, sequence: str) -> None:
        """Loses the checkpoint: everything from a record on is delivered again, in order."""
        self._lane = Lane(_MAPPING)
        for each in self.records:
            if int(each) >= int(sequence):
                self._offer(each)

    def _offer(self, sequence: str) -> None:
        data = base64.b64encode(self.records[sequence]).decode()
        self._lane.offer(Record(sequence, self.arrived(sequence), self._keys[sequence], data))

    def arrived(self, sequence: str) -> float:
        """Returns the arrival of a record, in seconds since 1970."""
        # Kinesis gives a record one time of arrival, whenever it is delivered.
        return 1_763_892_000.0 + int(sequence) % 900

    @property
    def drained(self) -> bool:
        return self._lane.drained

    def step(self) -> None:
        """Does the next thing that the mapping does."""
        match self._lane.next(self._aws.clock.now):
            case Invoke(segment):
                payload, error = self.function(lambda_event(_MAPPING, SHARD, segment.records, "role"))
                answer: Answer = interpret(_MAPPING, payload, error, segment.records)
                self._lane.answered(answer, self._aws.clock.now)
            case GiveUp() as given_up:
                self.given_up.append(failure_record(_MAPPING, SHARD, given_up, "r", self._aws.clock.now))
            case None:
                pass
            case wait:
                self._aws.clock.now = max(self._aws.clock.now, wait.until)


@dataclass
class Message:
    """A message on the raw queue."""

    message_id: str
    body: str
    sent: float
    visible: float = 0.0
    receives: int = 0


@dataclass
class Queue:
    """The raw queue and its mapping."""

    aws: Aws
    messages: dict[str, Message] = field(default_factory=dict)
    unprocessed: dict[str, Message] = field(default_factory=dict)
    sent: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.function = Function(self.aws, tokenize_queue.handler, tokenize_queue)

    def put(self, data: bytes) -> str:
        message_id = f"00000000-0000-4000-8000-{len(self.sent):012}"
        self.sent[message_id] = data
        self.messages[message_id] = Message(message_id, data.decode(), self.aws.clock.now)
        return message_id

    @property
    def drained(self) -> bool:
        return not self.messages

    def step(self) -> None:
        """Receives a batch, invokes the function, and deletes what did not fail."""
        batch = list(self._received())
        if not batch:
            self.aws.clock.advance(10.0)
            return
        payload, error = self.function({"Records": [self._entry(message) for message in batch]})
        if error:
            return
        failed = {each["itemIdentifier"] for each in payload["batchItemFailures"]}
        if failed - {message.message_id for message in batch}:
            return
        for message in batch:
            if message.message_id not in failed:
                del self.messages[message.message_id]

    def _received(self) -> Iterator[Message]:
        waiting = [each for each in self.messages.values() if each.visible <= self.aws.clock.now]
        for message in waiting[:BATCH]:
            if message.receives >= MAX_RECEIVES:
                self.unprocessed[message.message_id] = self.messages.pop(message.message_id)
                continue
            message.receives += 1
            message.visible = self.aws.clock.now + VISIBILITY
            yield message

    def _entry(self, message: Message) -> dict[str, Any]:
        return {
            "messageId": message.message_id,
            "receiptHandle": "h",
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.receives),
                "SentTimestamp": str(int(message.sent * 1000)),
            },
            "eventSource": "aws:sqs",
            "eventSourceARN": QUEUE,
            "awsRegion": "us-east-1",
        }


@contextmanager
def queue_settings() -> Iterator[None]:
    """Gives the queue's function the redrive limit that it reads from its settings."""
    with mock.patch.object(tokenize_queue, "_settings", return_value=SETTINGS):
        yield
