"""Reads letters from the queue: recognizes their shape, holds them for a while, gives them back or deletes them.

Nothing in this file can open a letter.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from ops.entry import uninterrupted
from ops.errors import CommandError
from ops.explain import explained
from schemas.dead_letter import DeadLetter, ErrorCode
from tokenizer.replay.messages import letter_named

NEEDS = "replay needs the stack's ReplayOperatorRoleArn"
_BATCH = 10  # ReceiveMessage and DeleteMessageBatch take at most 10 a call
_ATTEMPTS = 3  # for the part of a batch that SQS failed on
_TRACE = "AWSTraceHeader"
# Any wait asks all of SQS's servers, so one empty answer means that no letter is there. Without a wait, an answer may be
# empty although a server that was not asked has letters:
# docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
_WAIT = 1


@dataclass(frozen=True, slots=True)
class Letter:
    """Holds one message of the dead-letter queue.

    Args:
        letter_id: SQS's id of the message.
        shape: `sealed` (one of ours), `positions` (Lambda's failure record), or `unknown`.
        code: the error code; `unknown` if the message is no letter.
        source: `stream`, `queue` or `unknown`.
        place: the sequence number or message id of the record.
        arrived_at: when the record arrived at its source.
        records: the number of records in it.
        attempts: the number of failed deliveries.
        message: the error message in the letter.
        trace: the trace id of the invocation that wrote it, or None.
    """

    letter_id: str
    shape: str
    code: str
    source: str
    place: str
    arrived_at: datetime | None
    records: int
    attempts: int
    message: str
    body: str = field(repr=False)
    receipt: str = field(repr=False)
    trace: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns what may be shown of a letter."""
        return {
            "id": self.letter_id,
            "audit_id": letter_named(self.body),
            "shape": self.shape,
            "code": self.code,
            "source": self.source,
            "place": self.place,
            "arrived_at": self.arrived_at.isoformat() if self.arrived_at else None,
            "records": self.records,
            "attempts": self.attempts,
            "message": self.message,
            "trace": self.trace,
        }


def read(message: dict[str, Any]) -> Letter:
    """Recognizes a message by its shape. One that is neither ours nor Lambda's is `unknown`, and is never sent on."""
    header = message.get("Attributes", {}).get(_TRACE, "")
    root = next((part[5:] for part in header.split(";") if part.startswith("Root=")), None)
    return replace(_recognized(message), trace=root)


def _recognized(message: dict[str, Any]) -> Letter:
    letter_id, body, receipt = message["MessageId"], message["Body"], message["ReceiptHandle"]
    try:
        ours = DeadLetter.model_validate_json(body)
    except ValidationError:
        return _of_lambda(letter_id, body, receipt)
    return Letter(
        letter_id,
        "sealed",
        str(ours.error.code),
        "stream" if ours.source.stream else "queue",
        ours.source.sequence_number or ours.source.message_id or "",
        _moment(ours.source.arrived_at),
        1,
        ours.attempts,
        ours.error.message,
        body,
        receipt,
    )


def _of_lambda(letter_id: str, body: str, receipt: str) -> Letter:
    try:
        document = json.loads(body)
        info, request = document["KinesisBatchInfo"], document["requestContext"]
        return Letter(
            letter_id,
            "positions",
            str(ErrorCode.RETRIES_EXHAUSTED),
            "stream",
            str(info["startSequenceNumber"]),
            _moment(info["approximateArrivalOfFirstRecord"]),
            int(info["batchSize"]),
            int(request["approximateInvokeCount"]),
            str(request["condition"])[:40],
            body,
            receipt,
        )
    except (ArithmeticError, KeyError, RecursionError, TypeError, ValueError):
        return Letter(
            letter_id,
            "unknown",
            "unknown",
            "unknown",
            "",
            None,
            0,
            0,
            "no letter of this stack",
            body,
            receipt,
        )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class LetterQueue:
    """Accesses the dead-letter queue with the operator's role."""

    def __init__(self, sqs: Any, url: str, hold_seconds: int) -> None:
        """Uses a queue. Letters that are taken are held back from other operators for `hold_seconds`."""
        self._sqs = sqs
        self._url = url
        self._hold = hold_seconds
        # The latest receipt of a letter that was received again, by its first receipt.
        self._renewed: dict[str, str] = {}
        self._unread: dict[str, None] = {}  # receipts of letters that were received and not yielded yet
        # Whether the last `take` ended since letters came back faster than new ones came: it may have missed some.
        self.came_round = False

    def take(self, known: Collection[str] = frozenset()) -> Iterator[Letter]:
        """Yields each letter that nobody else holds, once. The letters come back when the hold ends.

        Args:
            known: the ids of letters to skip.
        """
        first: dict[str, str] = {}
        again: set[str] = set()
        passing: set[str] = set()  # received again since the last new letter
        self.came_round = False
        try:
            while messages := self._noted():
                new = [
                    each
                    for each in messages
                    if each["MessageId"] not in first and each["MessageId"] not in known
                ]
                old = [each for each in messages if each not in new]
                passing = set() if new else passing
                # All that is left was seen again, or holds end faster than letters are received.
                over = any(each["MessageId"] in passing for each in old)
                passing |= {each["MessageId"] for each in old}
                for each in messages:
                    receipt = first.setdefault(each["MessageId"], each["ReceiptHandle"])
                    if each in old:
                        # Its hold ended in the meantime. The new hold lasts until the end; otherwise this letter would
                        # come before the others.
                        self._renewed[receipt] = each["ReceiptHandle"]
                        again.add(receipt)
                self._unread = {each["ReceiptHandle"]: None for each in new}
                for each in new:
                    del self._unread[each["ReceiptHandle"]]
                    yield read(each)
                if over:
                    self.came_round = True
                    break
        finally:
            self.give_back(list(again))

    def _noted(self) -> list[dict[str, Any]]:
        """Receives letters, whose receipts are noted before an interruption ends the command: it gives them back."""
        with uninterrupted():
            messages = self._received()
            self._unread = {each["ReceiptHandle"]: None for each in messages}
        return messages

    def _received(self) -> list[dict[str, Any]]:
        with explained("receiving letters", NEEDS):
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_BATCH,
                WaitTimeSeconds=_WAIT,
                VisibilityTimeout=self._hold,
                MessageSystemAttributeNames=[_TRACE],
            )
        return list(answer.get("Messages", []))

    def give_back(self, receipts: Sequence[str]) -> None:
        """Ends the hold on letters; an interruption comes afterwards."""
        with uninterrupted():
            self._in_batches("change_message_visibility_batch", receipts, VisibilityTimeout=0)

    def hold_on(self, receipts: Sequence[str]) -> None:
        """Holds letters back for another while."""
        self._in_batches("change_message_visibility_batch", receipts, VisibilityTimeout=self._hold)

    def give_back_unread(self) -> None:
        """Ends the hold on letters that were received and not taken, because somebody stopped taking."""
        self.give_back(list(self._unread))
        self._unread.clear()

    def delete(self, receipts: Sequence[str]) -> None:
        """Deletes letters. Letters that are gone already are ignored."""
        self._in_batches("delete_message_batch", receipts)

    def counts(self) -> dict[str, int]:
        """Returns the approximate numbers of letters that wait and that somebody holds."""
        return count(self._sqs, self._url)

    def _in_batches(self, method: str, receipts: Sequence[str], **extra: Any) -> None:
        for start in range(0, len(receipts), _BATCH):
            entries = [
                {"Id": str(index), "ReceiptHandle": self._renewed.get(receipt, receipt), **extra}
                for index, receipt in enumerate(receipts[start : start + _BATCH])
            ]
            with explained("handling letters", NEEDS):
                self._handle(method, entries)

    def _handle(self, method: str, entries: Sequence[dict[str, Any]]) -> None:
        """Sends a batch to SQS, and repeats the entries that failed on SQS's side.

        Letters that are gone are ignored.
        """
        left = list(entries)
        for _ in range(_ATTEMPTS):
            failed = getattr(self._sqs, method)(QueueUrl=self._url, Entries=left).get("Failed", [])
            again = {each["Id"] for each in failed if not each["SenderFault"]}
            left = [each for each in left if each["Id"] in again]
            if not left:
                return
        raise CommandError(
            f"handling letters: SQS did not take {len(left)} of them",
            "run the same command again: `replay run` replays a letter that stayed once more, which changes nothing",
        )


def count(sqs: Any, url: str) -> dict[str, int]:
    """Returns the approximate numbers of messages on a queue that wait and that somebody holds."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    with explained("counting letters", NEEDS):
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return {"waiting": int(found[names[0]]), "held": int(found[names[1]])}
