"""Tests that the analyst's questions get the same answers from tokens as from raw orders, duplicates included."""

import copy
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import pytest

from local.demo.raw_answers import answers
from ops.lake.database import Database
from ops.lake.questions import ABOUT_ORDERS, Question, orders
from tests.support.fakes.world import World, ample_budget
from tests.support.lake import envelope
from tests.support.samples import order, stream_record

pytestmark = pytest.mark.slow

Event = dict[str, Any]
LakeOf = Callable[[Iterable[bytes]], Database]
TOKEN = "tok_1gb8tgx31kfs46r9wgjm8em128"


@pytest.mark.parametrize("question", ABOUT_ORDERS)
def test_the_answer_from_tokens_is_that_from_raw_orders(
    raw: list[Event], details: list[Event], lake_of: LakeOf, question: Question
) -> None:
    told = lake_of(envelope(detail) for detail in details).ask(question.sql)
    wanted = answers(raw)[question]
    assert Counter(told.rows) == Counter(wanted)
    assert len(wanted) >= 3


@pytest.mark.parametrize("question", ABOUT_ORDERS)
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
    told = {question: lake_of(map(envelope, hit)).ask(question.sql).rows for question in ABOUT_ORDERS}
    assert [row[-2:] for row in told[Question.REVENUE]] == [(1, None)]
    assert [(row[0], *row[2:]) for row in told[Question.BASKET]] == [(None, 0, None)]


def test_an_empty_lake_answers_with_no_rows(lake_of: LakeOf) -> None:
    lake = lake_of([])
    assert [lake.ask(question.sql).rows for question in Question] == [[], [], [], []]


def test_each_question_about_orders_reads_the_orders_by_the_one_definition_of_them() -> None:
    for question in ABOUT_ORDERS:
        assert orders().splitlines()[0] in question.sql
        assert question.sql.count("FROM order_placed") == 1


def test_refusals_are_counted_by_week_code_and_field_each_record_once(lake_of: LakeOf) -> None:
    world = World(announces=True)
    bad_lines = order(items=[{"quantity": "1"}, {"quantity": "2"}], total="much")
    broken: list[tuple[Any, str]] = [
        (bad_lines, "2026-11-23T00:00:00+00:00"),
        (order(total="free"), "2026-11-29T23:59:59+00:00"),
        (order(total="free"), "2026-11-30T00:00:00+00:00"),
        (b"{", "2026-11-30T00:00:00+00:00"),
        ({**order(), "event_type": "order.lost"}, "2026-11-30T00:00:00+00:00"),
    ]
    records = [
        stream_record(event, at, arrived_at=datetime.fromisoformat(arrived))
        for at, (event, arrived) in enumerate(broken)
    ]
    for _ in range(2):
        world.tokenizer.tokenize_batch(records, ample_budget())
    lake = lake_of(envelope(detail, "order.refused") for detail in world.bus.details())
    assert lake.ask(Question.REFUSALS.sql).rows == [
        ("2026-11-30", "invalid_field", "order.placed", 1, "/order/total", 1),
        ("2026-11-30", "malformed_json", None, None, None, 1),
        ("2026-11-30", "unknown_event_type", None, None, "/event_type", 1),
        ("2026-11-23", "invalid_field", "order.placed", 1, "/order/total", 2),
        ("2026-11-23", "invalid_field", "order.placed", 1, "/order/items/*/quantity", 1),
    ]
