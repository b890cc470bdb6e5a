from datetime import UTC, datetime

import pytest

from tests.support.fakes.reveals import SHIPPED
from tokenizer.authorization.budget_rules import BudgetRules, Steps, Window
from tokenizer.errors import Configuration
from tokenizer.vault.categories import CATEGORIES

TEXT = """
purposes = ["charge"]
[[reveals]]
groups = ["payments", "support"]
categories = ["card_number"]
hour = { full = 1, shown = 2 }
day = { full = 3, shown = 4 }
[[reveals]]
purposes = ["charge"]
hour = { full = 5, shown = 6 }
day = { full = 7, shown = 8 }
[[reveals]]
hour = { full = 0, shown = 0 }
day = { full = 0, shown = 0 }
[misses]
hour = 9
day = 10
[declines]
hour = 11
day = 12
[look_ups]
hour = 13
day = 14
[edits]
hour = 15
day = 16
"""


@pytest.mark.parametrize(
    ("groups", "purpose", "category", "full"),
    [
        (("payments",), "charge", "card_number", 1),
        (("analytics", "support"), "other", "card_number", 1),
        (("payments",), "charge", "email", 5),
        (("payments",), "made up", "email", 0),
        ((), "charge", "card_number", 5),
    ],
)
def test_the_first_row_that_fits_counts(
    groups: tuple[str, ...], purpose: str, category: str, full: int
) -> None:
    assert BudgetRules.parse(TEXT).steps(Window.HOUR, groups, purpose, category).full == full


def test_hours_and_days_have_steps_of_their_own() -> None:
    limits = BudgetRules.parse(TEXT)
    assert limits.steps(Window.DAY, ("payments",), "charge", "card_number") == Steps(full=3, shown=4)
    counts = [
        limit.of(window)
        for limit in (limits.misses, limits.declines, limits.look_ups, limits.edits)
        for window in Window
    ]
    assert counts == [9, 10, 11, 12, 13, 14, 15, 16]


def test_purposes_that_callers_make_up_are_counted_together() -> None:
    limits = BudgetRules.parse(TEXT)
    assert (limits.purpose("charge"), limits.purpose("x"), limits.purpose("y")) == (
        "charge",
        "other",
        "other",
    )


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("hour = 9", "hour = -1"), "misses.hour"),
        (("hour = 9", 'hour = "9"'), "misses.hour"),
        (("hour = 9", ""), "misses.hour"),
        (("full = 1, shown = 2", "full = 2, shown = 1"), "full: no more than shown"),
        (("full = 1,", "full = 1, ful = 1,"), "reveals.0.hour.ful"),
        (('["card_number"]', '["card"]'), "no category: card"),
        (('["card_number"]', "[]"), "reveals.0.categories"),
        (('purposes = ["charge"]\nhour', 'purposes = ["refund"]\nhour'), "not among the purposes: refund"),
        (("[misses]", '[[reveals]]\ngroups = ["x"]\nhour = { full = 0, shown = 0 }\nday = { full = 0, shown = 0 }\n[misses]'), "the last row must fit everybody"),
        (("[misses]", "[misses"), "budgets"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_of_this_form_is_refused_by_name(change: tuple[str, str], named: str) -> None:
    wrong = TEXT.replace(*change)
    assert wrong != TEXT
    with pytest.raises(Configuration, match=named):
        BudgetRules.parse(wrong)


# Written out, not read: the budgets that ship, so that no edit of the file goes by unseen. In full and shown, in the hour and in the day.
MASKED_FOR_SUPPORT = ("card_number", "birth_date")
SHIPPED_STEPS: dict[str, tuple[int, int, int, int]] = {
    "payments": (50, 300, 150, 1_000),
    "support": (60, 120, 300, 600),
    "compliance": (200, 500, 500, 2_000),
    "operators": (50, 50, 200, 200),
    "iam": (5_000, 5_000, 20_000, 20_000),
    "analytics": (5, 20, 10, 50),
    "shop": (5, 20, 10, 50),
    "nobody": (5, 20, 10, 50),
}


def expected(group: str, category: str) -> tuple[int, int, int, int]:
    masked = group == "support" and category in MASKED_FOR_SUPPORT
    return (0, 60, 0, 200) if masked else SHIPPED_STEPS[group]


@pytest.mark.parametrize("group", SHIPPED_STEPS)
@pytest.mark.parametrize("category", CATEGORIES)
def test_the_shipped_budgets_are_these_for_every_group_and_category(group: str, category: str) -> None:
    for purpose in (*SHIPPED.purposes, "made up"):
        steps = [SHIPPED.steps(window, (group,), purpose, category) for window in (Window.HOUR, Window.DAY)]
        found = tuple(number for each in steps for number in (each.full, each.shown))
        assert found == expected(group, category), purpose


def test_of_several_groups_the_first_row_of_the_shipped_file_counts() -> None:
    groups = ["nobody", "iam", "compliance", "support", "payments"]
    found = [
        SHIPPED.steps(Window.HOUR, groups[: end + 1], "charge", "email").full for end in range(len(groups))
    ]
    assert found == [5, 5_000, 200, 60, 50]


def test_the_shipped_misses_and_purposes_are_these() -> None:
    assert [SHIPPED.misses.of(window) for window in (Window.HOUR, Window.DAY)] == [200, 500]
    assert SHIPPED.purposes == {
        "charge",
        "refund",
        "support",
        "legal_request",
        "fraud_investigation",
        "repair",
    }


def test_a_window_is_named_by_the_clock_of_utc() -> None:
    moment = datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)
    assert [window.of(moment) for window in Window] == ["2026-11-24T23", "2026-11-24"]
