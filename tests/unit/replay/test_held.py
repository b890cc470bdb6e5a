"""A run waits for what others hold, over a queue and a clock in memory."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from replay import arguments
from replay.commands import run as command
from replay.filters import Filter
from replay.held import waited_for
from replay.letters import LetterQueue
from replay.runner import Pace, Report, Runner
from tests.support.fakes.replay_function import FakeFunction, body

LIMIT = 60


class Clock:
    """Time passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class HeldSqs:
    """A queue on which letters lie; some are held by others for a while, and some of those are deleted then.

    As with SQS, a message that is received again is deleted by its latest receipt alone.
    """

    def __init__(self, clock: Clock, free: int, held_until: dict[str, float], deleted: set[str]) -> None:
        self._clock = clock
        self._held_until = {f"id-{at}": 0.0 for at in range(free)} | held_until
        self._deleted_by_others = deleted
        self._receipts: dict[str, str] = {}
        self._made = 0
        self.given_back = 0

    def receive_message(self, VisibilityTimeout: int, **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        free = [each for each, until in self._lying().items() if until <= self._clock.now][:10]
        messages = []
        for each in free:
            self._held_until[each] = self._clock.now + VisibilityTimeout
            self._made += 1
            self._receipts[each] = f"{each}/{self._made}"
            messages.append({"MessageId": each, "ReceiptHandle": self._receipts[each], "Body": body(0)})
        return {"Messages": messages}

    def get_queue_attributes(self, **_: Any) -> dict[str, Any]:
        held = sum(until > self._clock.now for until in self._lying().values())
        waiting = len(self._lying()) - held
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return {"Attributes": dict(zip(names, (str(waiting), str(held)), strict=True))}

    def delete_message_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        for each in Entries:
            message_id = each["ReceiptHandle"].partition("/")[0]
            if self._receipts[message_id] == each["ReceiptHandle"]:
                del self._held_until[message_id]
        return {}

    def change_message_visibility_batch(self, Entries: list[dict[str, Any]], **_: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        for each in Entries:
            message_id = each["ReceiptHandle"].partition("/")[0]
            if message_id in self._held_until:
                self._held_until[message_id] = self._clock.now
                self.given_back += 1
        return {}

    def _lying(self) -> dict[str, float]:
        for each in [each for each in self._deleted_by_others if self._held_until[each] <= self._clock.now]:
            del self._held_until[each]
            self._deleted_by_others.remove(each)
        return self._held_until


def ran(
    sqs: HeldSqs,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    rule: Any = lambda _: "published",
    wanted: Filter = Filter(),  # noqa: B008 -- frozen
) -> tuple[int, Report]:
    """Runs as `replay run --apply` does; answers with how many letters are held in the end."""

    def waited(held: Callable[[], int], take: Callable[[], bool], patience: float) -> int:
        return waited_for(held, take, patience, lambda: clock.now, clock.sleep)

    monkeypatch.setattr(command, "waited_for", waited)
    monkeypatch.setattr(arguments.chosen, "hold", LIMIT)
    queue = LetterQueue(sqs, "url", LIMIT)
    function: Any = FakeFunction(rule)
    runner = Runner(queue, function, Pace(0, 2, 50), lambda _: None)
    before = queue.counts()["held"]
    command._run_chosen(queue, runner, wanted)
    return command._run_held(queue, runner, wanted, before), runner.report


def test_letters_of_a_run_that_died_are_replayed_once_they_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    sqs = HeldSqs(clock, 30, {f"theirs-{at}": 45.0 for at in range(12)}, set())
    held, report = ran(sqs, clock, monkeypatch)
    assert (held, report.statuses) == (0, {"published": 42})
    assert 45 <= clock.now < LIMIT


def test_a_run_that_is_slower_than_its_own_hold_replays_each_letter_once_and_deletes_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    sqs = HeldSqs(clock, 200, {}, set())

    def slowly(_: str) -> str:
        clock.sleep(3.0)  # a request of 25 letters takes 75 seconds, and the hold is 60
        return "published"

    held, report = ran(sqs, clock, monkeypatch, slowly)
    assert (held, report.statuses) == (0, {"published": 200})
    assert not sqs._lying()


class SlowSqs(HeldSqs):
    """A queue whose every answer takes longer than letters are held, so the first letters are always free again."""

    def receive_message(self, VisibilityTimeout: int, **more: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
        self._clock.sleep(LIMIT + 1.0)
        return super().receive_message(VisibilityTimeout, **more)


def test_a_run_whose_letters_come_back_before_it_has_met_the_others_begins_again_for_those(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    sqs = SlowSqs(clock, 75, {}, set())
    held, report = ran(sqs, clock, monkeypatch)
    assert (held, report.statuses) == (0, {"published": 75})
    assert not sqs._lying()


def test_a_run_of_bad_letters_that_come_back_at_once_ends_with_each_tried_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    sqs = SlowSqs(clock, 10, {}, set())
    held, report = ran(sqs, clock, monkeypatch, lambda _: "failed")
    assert (held, report.statuses) == (0, {"failed": 10})
    assert len(sqs._lying()) == 10


def test_letters_that_another_run_deletes_are_waited_for_and_not_replayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    theirs = {f"theirs-{at}": 20.0 for at in range(12)}
    held, report = ran(HeldSqs(clock, 5, theirs, set(theirs)), clock, monkeypatch)
    assert (held, report.statuses) == (0, {"published": 5})


class BackBeforeTheyAreCounted(HeldSqs):
    """A queue whose letters' holds end after the last was received, and before those that are held are counted again."""

    counted = 0

    def get_queue_attributes(self, **given: Any) -> dict[str, Any]:
        self.counted += 1
        if self.counted == 2:
            self._clock.now = 20.0
        return super().get_queue_attributes(**given)


def test_letters_that_come_back_after_the_last_was_received_are_replayed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock()
    held, report = ran(BackBeforeTheyAreCounted(clock, 5, {"theirs": 20.0}, set()), clock, monkeypatch)
    assert (held, report.statuses) == (0, {"published": 6})


def test_letters_that_stay_held_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    held, report = ran(HeldSqs(clock, 5, {"theirs": 10_000.0}, set()), clock, monkeypatch)
    assert (held, report.statuses) == (1, {"published": 5})
    assert clock.now >= LIMIT


def test_letters_that_fail_again_are_tried_once_and_held_from_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    sqs = HeldSqs(clock, 5, {"theirs": 20.0}, set())
    held, report = ran(sqs, clock, monkeypatch, lambda _: "failed")
    assert (held, report.statuses) == (0, {"failed": 6})
    assert sqs.given_back > 6  # once for each, and whenever they were received again


# A value for each part of the filter that a letter of the queue here has.
PARTS: dict[str, Any] = {
    "codes": ("invalid_field",),
    "sources": ("stream", "queue"),
    "since": datetime(2000, 1, 1, tzinfo=UTC),
    "until": datetime(2100, 1, 1, tzinfo=UTC),
    "event_types": ("order.placed",),
    "ids": ("theirs",),
}


def test_each_part_of_the_filter_but_the_limit_is_tested() -> None:
    assert {each.name for each in fields(Filter)} - {"limit"} == PARTS.keys()


@pytest.mark.parametrize("part", PARTS)
def test_a_run_for_chosen_letters_waits_for_those_that_may_be_held(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    clock = Clock()
    wanted = Filter(**{part: PARTS[part]})
    held, report = ran(HeldSqs(clock, 2, {"theirs": 20.0}, set()), clock, monkeypatch, wanted=wanted)
    assert (held, report.statuses["published"]) == (0, 1 if part == "ids" else 3)


@pytest.mark.parametrize("part", PARTS)
def test_a_chosen_letter_that_may_still_be_held_is_not_replayed(
    monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    clock = Clock()
    wanted = Filter(**{part: PARTS[part]})
    held, report = ran(HeldSqs(clock, 2, {"theirs": 10_000.0}, set()), clock, monkeypatch, wanted=wanted)
    assert (held, command._may_be_held(wanted, report)) == (1, True)
    assert clock.now >= LIMIT


@pytest.mark.parametrize("wanted", [Filter(ids=("id-0",)), Filter(ids=("id-0", "id-1")), Filter(limit=1)])
def test_a_run_whose_letters_are_found_waits_for_nobody(
    monkeypatch: pytest.MonkeyPatch, wanted: Filter
) -> None:
    clock = Clock()
    held, report = ran(HeldSqs(clock, 2, {"theirs": 10_000.0}, set()), clock, monkeypatch, wanted=wanted)
    assert (held, clock.now) == (1, 0.0)
    assert not command._may_be_held(wanted, report)


def test_what_is_held_is_not_all_replayed() -> None:
    assert Report().all_replayed
    assert not Report(held=1).all_replayed


def test_whoever_looks_again_sees_the_same_letters_again() -> None:
    queue = LetterQueue(HeldSqs(Clock(), 12, {}, set()), "url", LIMIT)
    for _ in range(2):
        looked_at = list(queue.take())
        queue.give_back([each.receipt for each in looked_at])
        assert len(looked_at) == 12


def test_a_look_ends_even_if_holds_end_before_the_next_answer() -> None:
    clock = Clock()

    class Slow(HeldSqs):
        def receive_message(self, VisibilityTimeout: int, **others: Any) -> dict[str, Any]:  # noqa: N803 -- boto3's
            clock.sleep(VisibilityTimeout + 1.0)
            return super().receive_message(VisibilityTimeout, **others)

    assert len(list(LetterQueue(Slow(clock, 8, {}, set()), "url", 5).take())) == 8
