"""A stack for the command `replay`: its queues, its replay function and its events, in this process."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.support.fakes.replay_function import body

LETTERS, RAW = "letters", "raw"
_OUTPUTS = {
    "DeadLetterQueueUrl": LETTERS,
    "UnprocessedQueueUrl": RAW,
    "ReplayFunctionName": "function",
    "SanitizedBusName": "bus",
}
Answer = Mapping[str, Any]


def letter(at: int, code: str = "invalid_field") -> dict[str, str]:
    """A message of the queue, with an id of 36 characters that begins with the number."""
    return {"MessageId": f"{at:08d}".ljust(36, "-"), "ReceiptHandle": f"r{at}", "Body": body(at, code)}


class FakeStack:
    """A deployed stack whose function gives one answer to each action.

    Args:
        letters: the messages of the dead-letter queue.
        answers: by action; a function gets the request.
        held: how many letters and raw messages somebody else holds.
        raw: how many raw messages wait.
        states: of a replay of the archive, one for each time that it is asked for; the last one stays.
    """

    def __init__(
        self,
        letters: list[dict[str, str]] | None = None,
        answers: Mapping[str, Answer | Callable[[Any], Answer]] | None = None,
        held: Mapping[str, int] | None = None,
        raw: int = 0,
        states: Sequence[str] = ("COMPLETED",),
    ) -> None:
        self.letters = list(letters or [])
        self.answers = answers or {}
        self.held = held or {}
        self.raw = raw
        self.states = list(states)
        self.roles: list[str] = []
        self.chosen: tuple[str | None, ...] = ()
        self.asked: list[dict[str, Any]] = []
        self.aliases: list[str] = []
        self.holds: list[int] = []
        self.taken: list[str] = []  # receipts of letters that are held now
        self.deleted: list[str] = []
        self.replays: list[dict[str, Any]] = []

    def client(self, _service: str) -> Any:
        return self

    def output(self, name: str) -> str:
        return _OUTPUTS[name]

    def operator(self) -> str:
        return "ann"

    def wanted(self, action: str) -> list[dict[str, Any]]:
        """The requests of an action."""
        return [each for each in self.asked if each["action"] == action]

    def invoke(self, FunctionName: str, Payload: bytes, Qualifier: str = "") -> dict[str, Any]:  # noqa: N803 -- boto3's
        assert FunctionName == "function"
        request = json.loads(Payload)
        self.asked.append(request)
        self.aliases.append(Qualifier)
        answer = self.answers[request["action"]]
        text = json.dumps(answer(request) if callable(answer) else answer)
        return {"Payload": io.BytesIO(text.encode())}

    def get_queue_attributes(self, QueueUrl: str, **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        waiting = len(self.letters) if QueueUrl == LETTERS else self.raw
        held = self.held.get(QueueUrl, 0)
        return {
            "Attributes": {
                "ApproximateNumberOfMessages": str(waiting),
                "ApproximateNumberOfMessagesNotVisible": str(held),
            }
        }

    def receive_message(self, QueueUrl: str, VisibilityTimeout: int, **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        assert QueueUrl == LETTERS
        self.holds.append(VisibilityTimeout)
        free = [each for each in self.letters if each["ReceiptHandle"] not in self.taken][:10]
        self.taken += [each["ReceiptHandle"] for each in free]
        return {"Messages": free}

    def change_message_visibility_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        for each in Entries:
            if each["VisibilityTimeout"] == 0:
                self.taken.remove(each["ReceiptHandle"])
        return {}

    def delete_message_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        gone = [each["ReceiptHandle"] for each in Entries]
        self.deleted += gone
        self.letters = [each for each in self.letters if each["ReceiptHandle"] not in gone]
        self.taken = [each for each in self.taken if each not in gone]
        return {}

    def start_replay(self, **request: Any) -> dict[str, Any]:
        self.replays.append(request)
        return {"State": "STARTING"}

    def describe_replay(self, ReplayName: str) -> dict[str, Any]:  # noqa: N803 -- boto3's
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return {"State": state, "Name": ReplayName}

    def cancel_replay(self, ReplayName: str) -> dict[str, Any]:  # noqa: N803 -- boto3's
        self.replays.append({"cancelled": ReplayName})
        return {"State": "CANCELLING"}
