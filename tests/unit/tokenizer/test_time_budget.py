from random import Random

import pytest

from tokenizer.aws.platform.batches import resend
from tokenizer.errors import Denied, OutOfTime, PipelineError, Throttled
from tokenizer.time_budget import Budget


class Time:
    """Virtual time; a budget of some seconds from now."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self.waits: list[float] = []

    def budget(self) -> Budget:
        return Budget(lambda: self.left, self.wait, Random(1))

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.left -= seconds


def test_waits_grow_are_drawn_at_random_and_end_with_the_budget() -> None:
    time = Time(10)
    attempts = list(time.budget().attempts(most=50))
    assert attempts == list(range(len(attempts)))
    assert 0 <= time.left < 10
    assert all(wait <= min(2.0, 0.05 * 2**attempt) for attempt, wait in enumerate(time.waits, start=1))
    assert len(set(time.waits)) == len(time.waits)


def test_a_spent_budget_starts_nothing() -> None:
    asked: list[object] = []

    def send(keys: object) -> dict[str, PipelineError]:
        asked.append(keys)
        return {}

    answer = resend(["a"], send, Time(0).budget(), "testing")
    assert isinstance(answer["a"], OutOfTime)
    assert asked == []


def test_a_part_of_the_budget_can_be_kept_for_later() -> None:
    budget = Time(10).budget()
    assert not budget.spent
    assert budget.keeping(10).spent
    assert budget.keeping(4).remaining() == 6


def test_only_what_failed_is_sent_again_and_a_denial_is_not() -> None:
    sent: list[list[str]] = []

    def send(keys: object) -> dict[str, PipelineError]:
        assert isinstance(keys, (list, tuple))
        sent.append(list(keys))
        errors: dict[str, PipelineError] = {"b": Throttled("busy"), "c": Denied("no")}
        return errors if len(sent) == 1 else {}

    failures = resend(["a", "b", "c"], send, Time(10).budget(), "testing")
    assert sent == [["a", "b", "c"], ["b"]]
    assert list(failures) == ["c"]


@pytest.mark.parametrize("seconds", [1, 5, 30])
def test_what_is_never_taken_is_reported_when_the_time_is_over(seconds: float) -> None:
    time = Time(seconds)
    failures = resend(["a"], lambda _: {"a": Throttled("busy")}, time.budget(), "testing")
    assert isinstance(failures["a"], Throttled)
    assert time.left >= 0
