"""Tests that the analyst's questions get the same answers from tokens as from raw orders, duplicates included."""

import copy
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from local.demo.raw_answers import answers
from ops.lake.database import Database
from ops.lake.questions import Question, orders
from tests.support.lake import envelope

Event = dict[str, Any]
LakeOf = Callable[[Iterable[bytes]], Database]
TOKEN = "tok_1gb8tgx31kfs46r9wgjm8em128"


@pytest.mark.parametrize("question", Question)
def test_the_answer_from_tokens_is_that_from_raw_orders(
    raw: list[Event], details: list[Event], lake_of: LakeOf, question: Question
) -> None:
    told = lake_of(envelope(detail) for detail in details).ask(question.sql)
    wanted = answers(raw)[question]
    assert Counter(told.rows) == Counter(wanted)
    assert len(wanted) >= 3


@pytest.mark.parametrize("question", Question)
def test_events_that_are_delivered_twice_change_no_answer(
    raw: list[Event], details: list[Event], lake_of: LakeOf, question: Question
) -> None:
    told = lake_of(envelope(detail) for detail in [*details, *details[::2]]).ask(question.sql)
    assert Counter(told.rows) == Counter(answers(raw)[question])


def test_without_dropping_duplicates_the_answers_would_be_wrong(
    details: list[Event], lake_of: LakeOf
) -> None:
    lake = lake_of(envelope(detail) for detail in [*details, *details[::2]])
    careless = Question.REVENUE.sql.replace("WHERE place = 1", "")
    assert Counter(lake.ask(careless).rows) != Counter(lake.ask(Question.REVENUE.sql).rows)


def test_an_order_counts_in_its_newest_event(raw: list[Event], details: list[Event], lake_of: LakeOf) -> None:
    lake = lake_of(envelope(detail) for detail in details)
    told = lake.ask("SELECT count(*), count(DISTINCT order_id) FROM orders WHERE total = 7.77")
    assert told.rows == [(20, 20)]


def test_values_that_the_guard_turned_into_tokens_spoil_no_answer(
    details: list[Event], lake_of: LakeOf
) -> None:
    hit = copy.deepcopy(details[:1])
    hit[0]["metadata"]["occurred_at"] = TOKEN
    hit[0]["data"]["order"]["total"] = TOKEN
    hit[0]["data"]["order"]["items"][0]["quantity"] = TOKEN
    told = {question: lake_of(map(envelope, hit)).ask(question.sql).rows for question in Question}
    assert [row[-2:] for row in told[Question.REVENUE]] == [(1, None)]
    assert [(row[0], *row[2:]) for row in told[Question.BASKET]] == [(None, 0, None)]


def test_an_empty_lake_answers_with_no_rows(lake_of: LakeOf) -> None:
    lake = lake_of([])
    assert [lake.ask(question.sql).rows for question in Question] == [[], [], []]


def test_each_question_reads_the_orders_by_the_one_definition_of_them() -> None:
    for question in Question:
        assert orders().splitlines()[0] in question.sql
        assert question.sql.count("FROM order_placed") == 1
