"""Tests counters and honey tokens in DynamoDB: fakes and tables pass the same tests, and many at a time get no more."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.support.aws_account import Aws, make_table
from tests.support.fakes.reveals import NOON, SHIPPED, FakeCounters, FakeHoney
from tests.support.fakes.world import ample_budget
from tokenizer.authorization.budget_rules import Window
from tokenizer.aws.authorization.budget_counters import DynamoCounters
from tokenizer.aws.honeytokens.keeper import HoneyKeeper
from tokenizer.aws.honeytokens.reader import HoneyReader
from tokenizer.errors import Denied
from tokenizer.honeytokens import HoneyToken
from tokenizer.reveal.budgets import Granted, RevealBudgets

EitherCounters = DynamoCounters | FakeCounters


@pytest.fixture
def table(aws: Aws) -> str:
    return make_table(aws.client("dynamodb"), "reveal-budgets")


@pytest.fixture(params=["fake", "dynamodb"])
def counters(request: pytest.FixtureRequest) -> EitherCounters:
    if request.param == "fake":
        return FakeCounters()
    aws: Aws = request.getfixturevalue("aws")
    return DynamoCounters(aws.client("dynamodb"), request.getfixturevalue("table"))


def test_counters_grow_by_what_is_added_and_each_window_and_caller_has_its_own(
    counters: EitherCounters,
) -> None:
    def add(**changes: Any) -> dict[str, int]:
        given: dict[str, Any] = {"caller": "ann", "window": Window.HOUR, "moment": NOON}
        given["amounts"] = {"a/b c": 2, "misses": 0}
        return dict(counters.add(**(given | changes)))

    assert add() == {"a/b c": 2, "misses": 0}
    assert add(amounts={"misses": 3, "a/b c": 0, "new": 1}) == {"misses": 3, "a/b c": 2, "new": 1}
    assert add(moment=NOON + timedelta(minutes=59)) == {"a/b c": 4, "misses": 3}
    assert add(moment=NOON + timedelta(hours=1)) == {"a/b c": 2, "misses": 0}
    assert add(window=Window.DAY) == {"a/b c": 2, "misses": 0}
    assert add(caller="bob") == {"a/b c": 2, "misses": 0}


def test_every_category_at_once_fits_into_one_update(counters: EitherCounters) -> None:
    amounts = {
        f"legal_request/{'category' * 2}{at}/{form}": at for at in range(20) for form in ("full", "shown")
    }
    assert counters.add("ann", Window.DAY, NOON, amounts) == amounts


def test_a_counter_is_deleted_a_week_after_its_window(aws: Aws, table: str) -> None:
    DynamoCounters(aws.client("dynamodb"), table).add("ann", Window.DAY, NOON, {"misses": 1})
    (item,) = aws.stored(table)
    assert item == {
        "id": {"S": "day#2026-11-24#ann"},
        "misses": {"N": "1"},
        "expires_at": {"N": str(int(NOON.timestamp()) + 7 * 86_400)},
    }


def test_without_the_table_nothing_is_granted(aws: Aws) -> None:
    budgets = RevealBudgets(SHIPPED, DynamoCounters(aws.client("dynamodb"), "not-there"))
    with pytest.raises(Denied):
        take(budgets, 1)


def take(budgets: RevealBudgets, count: int) -> Granted:
    return budgets.take(
        "thief", ("payments",), "charge", NOON, wanted={"card_number": count}, misses=0, in_full=True
    )


@pytest.mark.usefixtures("atomic_calls")
def test_many_at_the_same_time_get_a_place_each(aws: Aws, table: str) -> None:
    counters = DynamoCounters(aws.client("dynamodb"), table)
    with ThreadPoolExecutor(24) as threads:
        grown = list(
            threads.map(lambda _: counters.add("thief", Window.HOUR, NOON, {"a": 7})["a"], range(120))
        )
    assert sorted(grown) == [7 * place for place in range(1, 121)]


@pytest.mark.usefixtures("atomic_calls")
def test_many_at_the_same_time_get_no_more_than_the_budget_has(aws: Aws, table: str) -> None:
    """They may get less: who was early in the hour may be late in the day's counter, which is another item."""
    client = aws.client("dynamodb")
    budgets = RevealBudgets(SHIPPED, DynamoCounters(client, table))
    with ThreadPoolExecutor(24) as threads:
        granted = list(threads.map(lambda _: take(budgets, 7), range(120)))
    limit = SHIPPED.steps(Window.HOUR, ("payments",), "charge", "card_number")
    assert 0 < sum(each.full["card_number"] for each in granted) <= limit.full
    assert 0 < sum(each.shown["card_number"] for each in granted) <= limit.shown
    crossed = Counter(step for each in granted for step in each.crossed)
    assert crossed["hour charge/card_number/full"] == crossed["hour charge/card_number/shown"] == 1


TOKENS = [f"tok_{at:026}" for at in range(250)]
Honey = HoneyReader | FakeHoney


@pytest.fixture(params=["fake", "dynamodb"])
def honey(request: pytest.FixtureRequest) -> Honey:
    planted = (TOKENS[3], TOKENS[140])
    if request.param == "fake":
        return FakeHoney(set(planted))
    aws: Aws = request.getfixturevalue("aws")
    client = aws.client("dynamodb")
    made = make_table(client, "honey-tokens")
    for token in planted:
        HoneyKeeper(client, made).note(HoneyToken(token, "name", "the wiki", "2026-11-24T12:00:00+00:00"))
    return HoneyReader(client, made)


def test_honey_tokens_are_found_among_others(honey: Honey) -> None:
    budget = ample_budget()
    assert honey.among(TOKENS, budget) == {TOKENS[3], TOKENS[140]}
    assert honey.among([TOKENS[3], TOKENS[3], "", "x" * 3000, "4111111111111111"], budget) == {TOKENS[3]}
    assert honey.among([TOKENS[4]], budget) == honey.among([], budget) == frozenset()


def test_honey_tokens_that_can_not_be_looked_for_are_no_answer(aws: Aws) -> None:
    with pytest.raises(Denied):
        HoneyReader(aws.client("dynamodb"), "not-there").among(TOKENS[:1], ample_budget())


def test_honey_tokens_are_listed_with_the_oldest_first(aws: Aws) -> None:
    client = aws.client("dynamodb")
    keeper = HoneyKeeper(client, make_table(client, "honey-tokens"))
    noted = [
        HoneyToken(TOKENS[at], "email", f"place {at}", f"2026-11-{30 - at:02}T00:00:00+00:00")
        for at in range(9)
    ]
    for each in noted:
        keeper.note(each)
    assert keeper.all() == list(reversed(noted))
