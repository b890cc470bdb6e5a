from datetime import UTC, datetime

import pytest

from tests.fakes.reveals import SHIPPED
from tokenizer.categories import CATEGORIES
from tokenizer.errors import Configuration
from tokenizer.limits import Limits, Steps, Window

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
    assert Limits.parse(TEXT).steps(Window.HOUR, groups, purpose, category).full == full


def test_hours_and_days_have_steps_of_their_own() -> None:
    limits = Limits.parse(TEXT)
    assert limits.steps(Window.DAY, ("payments",), "charge", "card_number") == Steps(full=3, shown=4)
    assert [limits.most_misses(window) for window in Window] == [9, 10]


def test_purposes_that_callers_make_up_are_counted_together() -> None:
    limits = Limits.parse(TEXT)
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
        Limits.parse(wrong)


@pytest.mark.parametrize("group", ["payments", "support", "compliance", "iam", "nobody"])
@pytest.mark.parametrize("window", list(Window))
def test_the_shipped_limits_have_an_end_for_everybody(group: str, window: Window) -> None:
    for category in CATEGORIES:
        for purpose in (*SHIPPED.purposes, "made up"):
            steps = SHIPPED.steps(window, (group,), purpose, category)
            assert 0 <= steps.full <= steps.shown <= 20_000
    assert SHIPPED.most_misses(window) >= 100, "one request's worth"


def test_a_window_is_named_by_the_clock_of_utc() -> None:
    moment = datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC)
    assert [window.of(moment) for window in Window] == ["2026-11-24T23", "2026-11-24"]
