"""The demo's analyst counts an answer as right only if it is the raw orders' own."""

from decimal import Decimal

import pytest

from local.demo.analyst import Compared
from local.demo.raw_answers import Rows, answers
from ops.lake.answer import Answer
from ops.lake.questions import Question
from tests.support.samples import order

ANSWER = Answer(["month", "orders", "average"], [("2026-10", 2, 1.5), ("2026-11", 1, 2.0)])


@pytest.mark.parametrize(
    ("raw", "equal"),
    [
        ([("2026-11", 1, 2.0), ("2026-10", 2, 1.5)], True),
        ([("2026-10", 2, 1.5)], False),
        ([("2026-10", 2, 1.5), ("2026-11", 1, 2.1)], False),
        ([("2026-10", 2, 1.5), ("2026-11", 1, 2.0), ("2026-11", 1, 2.0)], False),
    ],
)
def test_an_answer_is_right_if_it_has_the_raw_orders_rows_in_any_order(raw: Rows, equal: bool) -> None:
    assert Compared(Question.BASKET, ANSWER, raw).equal is equal


def test_no_rows_are_no_right_answer() -> None:
    assert not Compared(Question.BASKET, Answer([], []), []).equal


def test_rows_are_shown_with_the_raw_figure_beside() -> None:
    raw: Rows = [("2026-10", 2, 1.5), ("2026-11", 1, 7.0)]
    shown = Compared(Question.BASKET, ANSWER, raw).rows()
    assert shown == [["2026-10", "2", "1.50", "1.50"], ["2026-11", "1", "2.00", "7.00"]]


def test_the_raw_answers_of_a_handful_of_orders_are_those_reckoned_by_hand() -> None:
    first, again, other = (order(order_id=each) for each in ("A", "A", "B"))
    for event, occurred_at, total in (
        (first, "2026-01-31T23:30:00-02:00", "10.00"),
        (again, "2026-02-01T02:00:00Z", "12.50"),
        (other, "2026-02-28T10:00:00Z", "7.50"),
    ):
        event["occurred_at"] = occurred_at
        event["order"] |= {"total": total}
    told = answers([again, first, other])
    ((*_, orders, revenue),) = told[Question.REVENUE]
    assert (orders, revenue) == (2, Decimal("20.00"))
    assert told[Question.REPEAT] == [(2, 1)]
    assert [(row[0], *row[2:]) for row in told[Question.BASKET]] == [("2026-02", 2, 10.0)]
