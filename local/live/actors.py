"""Defines those who act behind the page, each with its role's credentials: producer, consumer, operator."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from local.demo.actors import Consumer
from local.emulator.stack import Stack
from ops.errors import CommandError
from ops.stack import Stack as OperatorsStack
from replay.function import ReplayFunction
from replay.letters import Letter, LetterQueue
from replay.runner import PUBLISHED

_HOLD_SECONDS = 10  # for which letters are kept from other operators, while the page looks at them
_REPLAY_SECONDS = 150  # longer than the replay function works
_PURPOSE = "fixed on the live page"

Failed = (ClientError, BotoCoreError, CommandError)


def why(error: BaseException) -> str:
    """Returns the part of an error that may be shown: AWS's error code, or the name of its class."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return str(error) if isinstance(error, CommandError) else type(error).__name__


def put(stack: Stack, source: str, data: bytes) -> str:
    """Sends a record as the producer's role; returns its sequence number or message id."""
    producer = stack.assume(stack.outputs["ProducerRoleArn"])
    if source == "stream":
        kinesis = stack.client("kinesis", producer)
        answer = kinesis.put_record(
            StreamName=stack.outputs["RawOrdersStreamName"], PartitionKey="live", Data=data
        )
        return str(answer["SequenceNumber"])
    sqs = stack.client("sqs", producer)
    answer = sqs.send_message(QueueUrl=stack.outputs["RawOrdersQueueUrl"], MessageBody=data.decode())
    return str(answer["MessageId"])


@dataclass(frozen=True, slots=True)
class Watchers:
    """Holds those who look at the results: a consumer of events, and an operator of dead letters."""

    consumer: Consumer = field(repr=False)
    _queue: LetterQueue = field(repr=False)

    @classmethod
    def of(cls, stack: Stack) -> Self:
        """Subscribes and assumes the roles; doing it again is harmless."""
        return cls(Consumer.subscribe(stack, "live"), _operators(stack, _HOLD_SECONDS)[0])

    def letters(self, known: int) -> list[Letter] | None:
        """Returns the letters on the queue; None while their number is unchanged, so that nobody else misses them."""
        counts = self._queue.counts()
        if counts["held"] or counts["waiting"] == known:
            return None
        return _looked_at(self._queue)


def replay(
    stack: Stack, letter_id: str, patch_of: Callable[[Letter], list[Any] | None]
) -> dict[str, Any] | None:
    """Replays a letter as the operator's role, and deletes it once its event is published.

    Args:
        stack: the local one.
        letter_id: of the letter.
        patch_of: the JSON Patch to fix it by, None to replay it as it is.

    Returns:
        What became of it, None if it is not on the queue.
    """
    queue, function = _operators(stack, _REPLAY_SECONDS)
    taken = {each.letter_id: each for each in queue.take()}
    letter = taken.pop(letter_id, None)
    queue.give_back([each.receipt for each in taken.values()])
    if letter is None:
        return None
    request: dict[str, Any] = {"letters": [letter.body], "ids": [letter_id]}
    done = False
    try:
        patch = patch_of(letter)
        answer = function.ask("edit", **request, patch=patch, purpose=_PURPOSE) if patch else function.ask("replay", **request)  # fmt: skip
        result: dict[str, Any] = answer["results"][0]
        done = result["status"] == PUBLISHED
    finally:
        (queue.delete if done else queue.give_back)([letter.receipt])
    return result


def _operators(stack: Stack, hold_seconds: int) -> tuple[LetterQueue, ReplayFunction]:
    session = stack.session(stack.assume(stack.outputs["ReplayOperatorRoleArn"]))
    theirs = OperatorsStack(stack.outputs, session, stack.endpoint_url)
    queue = LetterQueue(theirs.client("sqs"), theirs.output("DeadLetterQueueUrl"), hold_seconds)
    return queue, ReplayFunction(theirs)


def _looked_at(queue: LetterQueue) -> list[Letter]:
    found = list(queue.take())
    queue.give_back([each.receipt for each in found])
    return found
