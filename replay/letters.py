"""Letters as they lie on the queue: told apart by shape, taken for a while, given back, deleted.

Nothing in here can open one.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from ops.errors import CommandError
from ops.explain import explained
from schemas.dead_letter import DeadLetter, ErrorCode

_BATCH = 10  # ReceiveMessage, DeleteMessageBatch: at most 10 a call
_ATTEMPTS = 3  # for what SQS left of a batch by a fault of its own
_TRACE = "AWSTraceHeader"
# Any wait asks all of SQS's servers; without one an answer may be empty while letters lie on a server that was not asked:
# docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
_WAIT = 1
_EMPTY_ANSWERS = 2  # in a row


@dataclass(frozen=True, slots=True)
class Letter:
    """One message on the dead-letter queue.

    Args:
        letter_id: SQS's id of the message.
        shape: `sealed` (ours), `positions` (Lambda's failure record), or `unknown`.
        code: why it is there; `unknown` for what is no letter.
        source: `stream`, `queue` or `unknown`.
        place: sequence number or message id of the record.
        arrived_at: when the record arrived at its source.
        records: how many records it stands for.
        attempts: deliveries that failed.
        message: the letter's own sentence.
        trace: id of the trace of the invocation that wrote it, where there is one.
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
        """What may be shown."""
        return {
            "id": self.letter_id,
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
    """A message told apart by its shape; whatever is neither ours nor Lambda's is `unknown` and never sent on."""
    header = message.get("Attributes", {}).get(_TRACE, "")
    root = next((part[5:] for part in header.split(";") if part.startswith("Root=")), None)
    return replace(_told_apart(message), trace=root)


def _told_apart(message: dict[str, Any]) -> Letter:
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
    """The dead-letter queue, as the operator's role may use it."""

    def __init__(self, sqs: Any, url: str, hold_seconds: int) -> None:
        """A queue whose letters are kept from other operators for some seconds once they are taken."""
        self._sqs = sqs
        self._url = url
        self._hold = hold_seconds
        # By a letter's receipt the latest one, where it was received again.
        self._renewed: dict[str, str] = {}

    def take(self, known: Collection[str] = frozenset()) -> Iterator[Letter]:
        """Every letter that nobody else holds, once each; they come back when the hold ends.

        Args:
            known: ids of letters to leave out.
        """
        first: dict[str, str] = {}
        again: set[str] = set()
        passing: set[str] = set()  # received again since the last new letter
        empty = 0
        try:
            while empty < _EMPTY_ANSWERS:
                messages = self._received()
                new = [each for each in messages if each["MessageId"] not in first.keys() | known]
                old = [each for each in messages if each not in new]
                empty = 0 if messages else empty + 1
                passing = set() if new else passing
                if any(each["MessageId"] in passing for each in old):
                    empty = (
                        _EMPTY_ANSWERS  # all that is left went by: holds end faster than letters are received
                    )
                passing |= {each["MessageId"] for each in old}
                for each in messages:
                    receipt = first.setdefault(each["MessageId"], each["ReceiptHandle"])
                    if each in old:
                        # Its hold ended meanwhile. The new one lasts until the end, or it would stand before the others.
                        self._renewed[receipt] = each["ReceiptHandle"]
                        again.add(receipt)
                yield from map(read, new)
        finally:
            self.give_back(list(again))

    def _received(self) -> list[dict[str, Any]]:
        with explained("receiving letters"):
            answer = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_BATCH,
                WaitTimeSeconds=_WAIT,
                VisibilityTimeout=self._hold,
                MessageSystemAttributeNames=[_TRACE],
            )
        return list(answer.get("Messages", []))

    def give_back(self, receipts: Sequence[str]) -> None:
        """End the hold on letters."""
        self._in_batches("change_message_visibility_batch", receipts, VisibilityTimeout=0)

    def delete(self, receipts: Sequence[str]) -> None:
        """Delete letters; one that is gone already does not matter."""
        self._in_batches("delete_message_batch", receipts)

    def counts(self) -> dict[str, int]:
        """About how many letters wait, and how many somebody holds."""
        return count(self._sqs, self._url)

    def _in_batches(self, method: str, receipts: Sequence[str], **extra: Any) -> None:
        for start in range(0, len(receipts), _BATCH):
            entries = [
                {"Id": str(at), "ReceiptHandle": self._renewed.get(receipt, receipt), **extra}
                for at, receipt in enumerate(receipts[start : start + _BATCH])
            ]
            with explained("handling letters"):
                self._handle(method, entries)

    def _handle(self, method: str, entries: Sequence[dict[str, Any]]) -> None:
        """Hand a batch to SQS, and again what it did not take by a fault of its own; a letter that is gone is the sender's."""
        left = list(entries)
        for _ in range(_ATTEMPTS):
            failed = getattr(self._sqs, method)(QueueUrl=self._url, Entries=left).get("Failed", [])
            again = {each["Id"] for each in failed if not each["SenderFault"]}
            left = [each for each in left if each["Id"] in again]
            if not left:
                return
        raise CommandError(
            f"handling letters: SQS did not take {len(left)} of them",
            "try again: a letter that stayed is replayed once more, which changes nothing",
        )


def count(sqs: Any, url: str) -> dict[str, int]:
    """About how many messages wait on a queue, and how many somebody holds."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    with explained("counting letters"):
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return {"waiting": int(found[names[0]]), "held": int(found[names[1]])}
