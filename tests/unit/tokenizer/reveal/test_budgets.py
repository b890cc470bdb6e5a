"""Tests how much is granted, and which steps are reported as crossed."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from tests.support.budgets import LIMITS
from tests.support.fakes.reveals import NOON, FakeCounters
from tokenizer.authorization.budget_rules import Window
from tokenizer.errors import Unavailable
from tokenizer.reveal.budgets import Granted, RevealBudgets


class Till:
    def __init__(self) -> None:
        self.counters = FakeCounters()
        self.moment = NOON

    def take(
        self,
        count: int = 0,
        *,
        misses: int = 0,
        in_full: bool = True,
        caller: str = "ann",
        purpose: str = "charge",
        category: str = "email",
    ) -> Granted:
        return RevealBudgets(LIMITS, self.counters).take(
            caller,
            ("payments",),
            purpose,
            self.moment,
            wanted={category: count} if count else {},
            misses=misses,
            in_full=in_full,
        )

    def later(self, **time: int) -> None:
        self.moment += timedelta(**time)


def steps(granted: Granted) -> tuple[int, int]:
    return granted.full["email"], granted.shown["email"]


def test_values_are_shown_in_full_then_masked_then_not_at_all() -> None:
    till = Till()
    assert [steps(till.take(8)) for _ in range(5)] == [(8, 8), (2, 8), (0, 8), (0, 6), (0, 0)]


def test_masked_values_leave_room_for_full_ones_and_not_the_other_way_round() -> None:
    till = Till()
    assert steps(till.take(20, in_full=False)) == (0, 20)
    assert steps(till.take(8)) == (8, 8)
    assert steps(till.take(8, in_full=False)) == (0, 2)
    assert steps(till.take(1)) == (0, 0)


def test_an_hour_and_a_day_must_both_have_room() -> None:
    till = Till()
    assert steps(till.take(30)) == (10, 30)
    till.later(hours=1)
    assert steps(till.take(30)) == (0, 10), "the day has counted thirty of its 25 in full"
    till.later(hours=1)
    assert steps(till.take(30)) == (0, 0)
    till.later(days=1)
    assert steps(till.take(30)) == (10, 30)


def test_callers_purposes_and_categories_are_counted_apart() -> None:
    till = Till()
    till.take(100)
    assert steps(till.take(10, caller="bob")) == (10, 10)
    assert steps(till.take(10, purpose="refund")) == (10, 10)
    assert till.take(10, category="phone").full == {"phone": 10}
    assert steps(till.take(10, purpose="made up")) == (10, 10)
    assert steps(till.take(10, purpose="made up too")) == (0, 10)


def test_a_step_is_told_of_once_when_it_is_crossed() -> None:
    till = Till()
    assert till.take(10).crossed == ()
    assert till.take(1).crossed == ("hour charge/email/full",)
    assert till.take(1).crossed == ()
    assert till.take(60).crossed == (
        "hour charge/email/shown",
        "day charge/email/full",
        "day charge/email/shown",
    )
    assert till.take(1).crossed == ()


def test_too_many_misses_block_everything_until_the_window_ends() -> None:
    till = Till()
    assert till.take(1, misses=5) == Granted({"email": 1}, {"email": 1}, blocked=False, crossed=())
    guessed = till.take(1, misses=1)
    assert (guessed.blocked, steps(guessed), guessed.crossed) == (True, (0, 0), ("hour misses",))
    assert till.take(1).blocked, "a hit does not unblock"
    assert till.take(1, purpose="refund").blocked, "another purpose is no way around"
    assert not till.take(1, caller="bob").blocked
    till.later(hours=1)
    assert not till.take(1).blocked
    assert till.take(1, misses=3).crossed == ("day misses",)
    till.later(hours=1)
    assert till.take(1).blocked


def test_without_the_counters_nothing_is_granted() -> None:
    till = Till()
    till.counters.down = Unavailable("down")
    with pytest.raises(Unavailable):
        till.take(1)


def test_whatever_is_asked_costs_one_call_a_window() -> None:
    class Counting(FakeCounters):
        calls = 0

        def add(
            self, caller: str, window: Window, moment: datetime, amounts: Mapping[str, int]
        ) -> Mapping[str, int]:
            self.calls += 1
            return super().add(caller, window, moment, amounts)

    till = Till()
    for count, misses in ((0, 0), (0, 100), (100, 0), (50, 50)):
        till.counters = counters = Counting()
        till.take(count, misses=misses)
        assert counters.calls == 2
