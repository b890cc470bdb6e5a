"""Each budget with a limit in each window: the last one that has room passes, one more does not, whichever window is full."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.fakes.approvals import FakeEditCounts
from tests.support.fakes.audit import FakeAudit
from tests.support.members import for_all
from tokenizer.authorization.budget_rules import Limit, Window
from tokenizer.authorization.edit_limits import ALONE, EditLimits
from tokenizer.authorization.look_ups import LookUps
from tokenizer.callers import Caller
from tokenizer.payments.declines import DeclineBudget

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ANN = Caller("ann", ("support",))
ANY: Any = None


@dataclass
class Counted:
    """Counts by caller and window, as the table does."""

    counts: Counter[tuple[str, Window, str]] = field(default_factory=Counter)
    values: dict[tuple[str, Window], set[str]] = field(default_factory=dict)

    def counters(self) -> Any:
        def add(caller: str, window: Window, _: datetime, amounts: Mapping[str, int]) -> dict[str, int]:
            for name, amount in amounts.items():
                self.counts[caller, window, name] += amount
            return {name: self.counts[caller, window, name] for name in amounts}

        return SimpleNamespace(add=add)

    def seen(self) -> Any:
        def add(caller: str, window: Window, _: datetime, values: Collection[str], most: int) -> bool:
            known = self.values.setdefault((caller, window), set())
            known.update(values)
            return len(known) <= most

        return SimpleNamespace(add=add)


Signals = list[tuple[str, int]]
Take = Callable[[str], bool]


def _edits(limit: Limit, counted: Counted, signals: Signals) -> Take:
    limits = EditLimits(
        FakeEditCounts(),
        SimpleNamespace(edits=limit),  # type: ignore[arg-type]  # all that is asked of the rules
        counted.counters(),
        lambda *told: signals.append(told),
        lambda: NOON,
    )
    numbers = iter(range(100))  # another letter each time
    return lambda caller: limits.begin(f"letter {next(numbers)}", caller) is None


def _declines(limit: Limit, counted: Counted, signals: Signals) -> Take:
    rules: Any = SimpleNamespace(declines=limit)
    budget = DeclineBudget(rules, counted.counters(), lambda *told: signals.append(told))
    return lambda caller: budget.take(caller, NOON)


def _look_ups(limit: Limit, counted: Counted, signals: Signals) -> Take:
    rules: Any = SimpleNamespace(look_ups=limit)
    look_ups = LookUps(ANY, rules, counted.seen(), ANY, lambda *told: signals.append(told), lambda: NOON)
    numbers = iter(range(100))  # another value each time
    return lambda caller: look_ups.count(Caller(caller), [f"value {next(numbers)}"])


BUDGETS = {"edits": _edits, "declines": _declines, "look-ups": _look_ups}


@for_all("budget", BUDGETS)
def test_a_budget_has_room_up_to_its_limit_in_either_window(budget: str) -> None:
    for hour, day in ((2, 9), (9, 2)):
        counted, signals = Counted(), Signals()
        take = BUDGETS[budget](Limit(hour=hour, day=day), counted, signals)
        assert [take("ann"), take("ann")] == [True, True]
        assert signals == []
        assert [take("ann"), take("ann")] == [False, False]
        assert signals == [("BudgetExceeded", 1)] * 2
        assert take("bob")  # has a budget of their own
        assert len(signals) == 2


def test_a_refused_charge_and_one_that_is_given_back_are_not_counted_in_any_window() -> None:
    counted, signals = Counted(), Signals()
    rules: Any = SimpleNamespace(declines=Limit(hour=2, day=9))
    budget = DeclineBudget(rules, counted.counters(), lambda *told: signals.append(told))
    for _ in range(4):
        budget.take("ann", NOON)
    assert set(counted.counts.values()) == {2}
    assert len(counted.counts) == 2
    budget.give_back("ann", NOON)
    assert set(counted.counts.values()) == {1}
    assert budget.take("ann", NOON)


def test_attempts_on_a_letter_take_a_second_person_after_the_fifth_whoever_tries() -> None:
    rules: Any = SimpleNamespace(edits=Limit(hour=99, day=99))
    limits = EditLimits(
        FakeEditCounts(), rules, Counted().counters(), lambda *_: pytest.fail("room"), lambda: NOON
    )
    found = [limits.begin("letter", f"caller {at % 3}") for at in range(ALONE + 2)]
    assert [each and each.code for each in found] == [None] * 5 + ["approval_needed"] * 2
    assert limits.begin("letter", "ann", approved=True) is None
    assert limits.begin("another letter", "ann") is None


def test_a_budget_goes_before_an_approval() -> None:
    signals = Signals()
    rules: Any = SimpleNamespace(edits=Limit(hour=0, day=9))
    limits = EditLimits(
        FakeEditCounts(), rules, Counted().counters(), lambda *told: signals.append(told), lambda: NOON
    )
    refused = limits.begin("letter", "ann", approved=True)
    assert refused is not None
    assert (refused.code, signals) == ("too_many_edits", [("BudgetExceeded", 1)])


def test_a_window_has_its_length_and_its_own_limit() -> None:
    assert {window: window.seconds for window in Window} == {Window.HOUR: 3_600, Window.DAY: 86_400}
    assert [Limit(hour=1, day=2).of(window) for window in (Window.HOUR, Window.DAY)] == [1, 2]
    assert [window.of(NOON) for window in (Window.HOUR, Window.DAY)] == ["2026-11-24T12", "2026-11-24"]


@pytest.mark.parametrize("purpose", ["support", ""])
def test_the_line_of_a_look_up_has_each_of_its_fields(purpose: str) -> None:
    audit = FakeAudit()
    look_ups = LookUps(ANY, ANY, ANY, audit, ANY, ANY)
    machine = Caller("client", ("a group",), scopes=("orders/read", "tokens/write"))
    look_ups.note(machine, "find", purpose, "shown", tokens=["tok_a"])
    assert audit.lines == [
        {
            "action": "look_up", "operator": "client", "groups": ["a group"],
            "scopes": ["orders/read", "tokens/write"], "route": "find", "purpose": purpose, "result": "shown",
            "tokens": ["tok_a"],
        }
    ]  # fmt: skip
