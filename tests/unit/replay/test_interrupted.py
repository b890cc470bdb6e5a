"""Whenever somebody presses Ctrl-C while letters are looked at, none of them stays held."""

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ops.entry import uninterrupted
from ops.errors import CommandError
from replay.commands import run as command_run
from replay.filters import Filter
from replay.letters import LetterQueue
from replay.runner import Pace, Runner
from replay.selection import the_letter
from tests.support.fakes.replay_function import FakeFunction, body

LETTERS = 25


class InterruptedSqs:
    """A queue of letters; a signal comes after SQS has done one of its calls, before the answer is there."""

    def __init__(self, at: int, number: int) -> None:
        self._at = at
        self._signal = number
        self.calls = 0
        self.free = [f"id-{at}" for at in range(LETTERS)]
        self.deleted: list[str] = []

    def _called(self) -> None:
        self.calls += 1
        if self.calls == self._at:
            signal.raise_signal(self._signal)

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        self._called()
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return {"Attributes": dict.fromkeys(names, "0")}

    def receive_message(self, **_: Any) -> dict[str, Any]:
        taken, self.free = self.free[:10], self.free[10:]
        self._called()
        return {"Messages": [{"MessageId": each, "ReceiptHandle": each, "Body": body(0)} for each in taken]}

    def change_message_visibility_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        self.free += [each["ReceiptHandle"] for each in Entries if each["ReceiptHandle"] not in self.free]
        self._called()
        return {}

    def delete_message_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        self.deleted += [each["ReceiptHandle"] for each in Entries]
        return {}


def look(queue: LetterQueue) -> None:
    the_letter(queue, "id-7")


def edit_of_none(queue: LetterQueue) -> None:
    with pytest.raises(CommandError):
        the_letter(queue, "other")


def run(queue: LetterQueue) -> None:
    function: Any = FakeFunction(lambda _: "failed")
    runner = Runner(queue, function, Pace(0, 1, 50), lambda _: None)
    command_run._run_chosen(queue, runner, Filter(ids=("id-1",)))  # eleven of them, and others are put aside


@pytest.fixture(autouse=True)
def _as_commands_do() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    for each in before:
        signal.signal(each, signal.default_int_handler)
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [look, edit_of_none, run])
def test_no_letter_stays_held_wherever_it_comes(command: Callable[[LetterQueue], None], number: int) -> None:
    quiet = InterruptedSqs(0, number)
    command(LetterQueue(quiet, "url", 60))
    assert quiet.calls > 5
    for at in range(1, quiet.calls + 1):
        sqs = InterruptedSqs(at, number)
        with pytest.raises(KeyboardInterrupt):
            command(LetterQueue(sqs, "url", 60))
        assert len(sqs.free) == LETTERS, f"call {at} of {quiet.calls}"


def test_a_second_one_is_not_put_off() -> None:
    seen = []

    def twice() -> None:
        with uninterrupted():
            for each in ("first", "second"):
                signal.raise_signal(signal.SIGINT)
                seen.append(each)

    with pytest.raises(KeyboardInterrupt):
        twice()
    assert seen == ["first"]


def test_what_a_job_in_the_background_ignores_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with uninterrupted():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
