"""Of the messages that nobody processed, those that are done leave their queue, and the others stay as they are."""

from collections.abc import Sequence
from typing import Any

import pytest

from tokenizer.aws.replay.queues import Unprocessed
from tokenizer.errors import PipelineError, Unavailable
from tokenizer.messages.mode import Mode
from tokenizer.replay import messages
from tokenizer.replay.messages import Entry, Result

ARN = "arn:aws:sqs:us-east-1:000000000000:raw"
# Whether a message with this result is done. One that failed has its letter, so it would get another one each time.
DONE = {
    "published": True,
    "failed": True,
    "unavailable": False,
    "refused": False,
    "expired": False,
    "skipped": False,
    "partly": False,
    "split": False,
}


class Queue:
    """Answers with messages, and keeps each call. Any other call than these two is an error."""

    def __init__(self, count: int) -> None:
        self._count = count
        self.asked: list[dict[str, Any]] = []
        self.deleted: list[str] = []

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        found = [
            {
                "MessageId": f"m-{at}",
                "ReceiptHandle": f"receipt of m-{at}",
                "Body": "{",
                "Attributes": {"SentTimestamp": "1795428901250"},
            }
            for at in range(self._count)
        ]
        return {"Messages": found} if found else {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803 -- boto3's
        assert QueueUrl == "url"
        self.deleted.append(ReceiptHandle)


class Tokenizers:
    """Answers with one status for each entry, or an error."""

    def __init__(self, *statuses: str, error: Exception | None = None) -> None:
        self._statuses = statuses
        self._error = error
        self.given: list[tuple[str, Mode]] = []

    def tokenize(self, entries: Sequence[Entry], mode: Mode) -> list[Result]:
        self.given += [(each["messageId"], mode) for each in entries]
        if self._error:
            raise self._error
        return [{"status": each} for each in self._statuses]


def replayed(queue: Any, tokenizers: Any) -> list[Result]:
    return Unprocessed(queue, "url", ARN, tokenizers).replay()


def test_the_table_has_every_status() -> None:
    words = {value for name, value in vars(messages).items() if name.isupper() and isinstance(value, str)}
    no_status = {messages.EDIT_REFUSED, messages.APPROVAL_NEEDED, messages.NO_LETTER}
    assert words - no_status == DONE.keys()


@pytest.mark.parametrize("status", DONE)
def test_a_message_leaves_the_queue_if_it_is_done(status: str) -> None:
    queue, tokenizers = Queue(1), Tokenizers(status)
    assert replayed(queue, tokenizers) == [{"status": status, "message_id": "m-0"}]
    assert queue.deleted == ["receipt of m-0"] * DONE[status]
    assert tokenizers.given == [("m-0", Mode.REPLAYED_WITHOUT_LETTER)]


@pytest.mark.parametrize("turn", range(len(DONE)))
def test_of_messages_with_every_result_exactly_those_that_are_done_leave(turn: int) -> None:
    """Each result stands in each place once."""
    statuses = [*list(DONE)[turn:], *list(DONE)[:turn]]
    queue = Queue(len(statuses))
    assert replayed(queue, Tokenizers(*statuses)) == [
        {"status": status, "message_id": f"m-{at}"} for at, status in enumerate(statuses)
    ]
    assert queue.deleted == [f"receipt of m-{at}" for at, status in enumerate(statuses) if DONE[status]]


@pytest.mark.parametrize("error", [Unavailable("down"), RuntimeError("defect")], ids=["outage", "defect"])
def test_without_results_all_stay(error: Exception) -> None:
    queue = Queue(3)
    with pytest.raises(PipelineError):
        replayed(queue, Tokenizers(error=error))
    assert queue.deleted == []


def test_an_empty_queue_has_no_results() -> None:
    queue = Queue(0)
    assert replayed(queue, Tokenizers()) == []
    assert queue.deleted == []
