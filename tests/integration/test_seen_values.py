"""Tests on moto's DynamoDB that a caller's different values are counted once, and that a full window takes no more."""

from datetime import timedelta

import pytest

from tests.support.aws_account import Aws, make_table
from tests.support.fakes.reveals import NOON
from tokenizer.authorization.budget_rules import Window
from tokenizer.aws.authorization.seen_values import DynamoSeenValues


@pytest.fixture
def seen(aws: Aws) -> DynamoSeenValues:
    dynamodb = aws.client("dynamodb")
    return DynamoSeenValues(dynamodb, make_table(dynamodb, "budgets"))


def test_the_same_value_costs_nothing_again_and_beyond_the_limit_there_is_no_room(
    seen: DynamoSeenValues,
) -> None:
    def add(*values: str) -> bool:
        return seen.add("ann", Window.HOUR, NOON, values, 2)

    assert [add("a"), add("a", "b"), add("b"), add("c"), add("a")] == [True, True, True, False, False]


def test_callers_and_windows_have_room_of_their_own(seen: DynamoSeenValues) -> None:
    assert seen.add("ann", Window.HOUR, NOON, ["a"], 1)
    assert not seen.add("ann", Window.HOUR, NOON, ["b"], 1)
    assert seen.add("bob", Window.HOUR, NOON, ["b"], 1)
    assert seen.add("ann", Window.DAY, NOON, ["b"], 1)
    assert seen.add("ann", Window.HOUR, NOON + timedelta(hours=1), ["b"], 1)


def test_a_full_window_stays_small_and_holds_no_value(aws: Aws, seen: DynamoSeenValues) -> None:
    for start in range(0, 300, 100):
        seen.add("ann", Window.HOUR, NOON, [f"canary-{number}" for number in range(start, start + 100)], 5)
    (item,) = aws.stored("budgets")
    assert len(item["seen"]["SS"]) == 100
    assert "canary" not in str(item)
