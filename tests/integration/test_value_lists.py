"""An order's record leads an erasure to its consistent values (moto): whoever died, was rolled back or has an end."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from tests.support.aws_account import Aws
from tests.support.fakes.customers import NOW, Customers
from tests.support.fakes.world import ample_budget
from tests.support.faults.releases import Writes, writing
from tests.support.watched_calls import Watched, moments
from tokenizer.aws.compose import tokenize
from tokenizer.erasure.certificates import SWEEPS


class Killed(BaseException):
    """The function is gone."""


@pytest.fixture
def customers(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Customers:
    return Customers(aws, monkeypatch)


def owned(customers: Customers, table: str) -> set[str]:
    """Returns the keys of items of a table that an index by owner holds."""
    return {item["id"]["S"] for item in customers.aws.stored(table) if "owner" in item}


def swept(customers: Customers, sweeps: int = 3) -> Any:
    """Runs the first sweeps of all erasures; returns the last certificate."""
    certificate = None
    for each in SWEEPS[:sweeps]:
        customers.now = NOW + each
        certificate = customers.eraser().sweep(ample_budget())[-1]
    return certificate


def assert_nothing_left(customers: Customers) -> None:
    assert customers.whole() == []
    assert customers.aws.stored("blind-index") == customers.aws.stored("shares") == []
    # Lists go once nothing is left that they lead to.
    assert [
        item for item in customers.aws.stored("vault") if {"owner", "subject", "uses"} & item.keys()
    ] == []


def test_an_index_by_owner_holds_the_order_and_none_of_its_values(customers: Customers) -> None:
    customers.order("C-1", 1, phone="+12025550123")
    assert (len(customers.aws.stored("vault")), len(customers.aws.stored("blind-index"))) == (3, 2)
    assert (len(owned(customers, "vault")), owned(customers, "blind-index")) == (1, set())
    customers.erase("C-1")
    assert swept(customers).shown("C-1")["complete"]
    assert_nothing_left(customers)


def test_an_order_with_a_lifetime_leaves_its_values_in_the_indexes(customers: Customers, aws: Aws) -> None:
    """A list that expires would leave values that nobody finds."""
    aws.settings = replace(aws.settings, vault_retention_days=30)
    customers.order("C-1", 1)
    assert (len(owned(customers, "vault")), len(owned(customers, "blind-index"))) == (2, 1)
    assert not any("uses" in item for item in aws.stored("vault"))
    for item in aws.stored("vault"):
        if "expires_at" in item:
            aws.client("dynamodb").delete_item(TableName="vault", Key={"id": item["id"]})
    customers.erase("C-1")
    swept(customers)
    assert_nothing_left(customers)


def test_what_a_function_left_that_died_at_any_call_is_erased_although_nothing_comes_again(
    customers: Customers, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokenizer = Watched(monkeypatch, tokenize)
    calls: list[str] = []
    tokenizer.hook = lambda when, name: calls.append(f"{when} {name}")
    customers.order("C-0", 1)
    customers.erase("C-0", "era_counted")
    assert "after BatchWriteItem" in calls
    for at in moments(calls):
        steps = iter(count())

        def kill(_when: str, _name: str, at: int = at, steps: Iterator[int] = steps) -> None:
            if next(steps) == at:
                raise Killed

        tokenizer.hook = kill
        with pytest.raises(Killed):
            customers.order(f"C-{at + 1}", at + 100)
        tokenizer.hook = lambda _when, _name: None
        customers.now = NOW
        customers.erase(f"C-{at + 1}", f"era_{at}")
    swept(customers)
    assert_nothing_left(customers)


@pytest.mark.parametrize("releases", [(Writes.BEFORE, Writes.TODAY), (Writes.TODAY, Writes.BEFORE)], ids=str)
def test_an_erasure_finds_what_this_release_and_the_one_before_have_written(
    customers: Customers, releases: tuple[Writes, Writes]
) -> None:
    tokens: list[str] = []
    for sequence, writes in enumerate(releases):
        with writing(writes):
            tokens += customers.order("C-1", sequence)
            tokens += customers.order("C-1", 10 + sequence, email=f"another{sequence}@example.com")
    assert customers.erase("C-1").kept_for_others == 0
    assert customers.statuses(tokens) == {"erased"}
    swept(customers)
    assert_nothing_left(customers)


def test_a_release_that_is_rolled_back_takes_no_list_away(customers: Customers) -> None:
    """It delivers the same order again, and writes a record without a list."""
    customers.order("C-1", 1)
    with writing(Writes.BEFORE):
        customers.order("C-1", 1)
    assert sum("uses" in item for item in customers.aws.stored("vault")) == 1
    customers.erase("C-1")
    swept(customers)
    assert_nothing_left(customers)


def test_an_heir_whose_record_lists_nothing_is_found_by_the_index(customers: Customers, aws: Aws) -> None:
    customers.order("C-1", 1, email="both@example.com")
    settings = aws.settings
    aws.settings = replace(settings, vault_retention_days=30)
    (_, email) = customers.order("C-2", 2, email="both@example.com")
    aws.settings = settings
    customers.erase("C-1")
    swept(customers)
    (entry,) = aws.stored("blind-index")
    assert ("owner" in entry, "subject" in entry) == (True, False)
    assert customers.statuses([email]) == {"ok"}
    customers.now = NOW
    customers.erase("C-2", "era_2")
    swept(customers)
    assert customers.whole() == []
    assert aws.stored("blind-index") == []


def test_a_forged_list_destroys_nothing_and_is_told_of(customers: Customers) -> None:
    """Somebody may write the vault's table and has no key: they give a record another's list."""
    (_, theirs) = customers.order("C-2", 2)
    customers.order("C-1", 1)
    subject = customers.eraser().subjects("C-1")[0]
    items = [item for item in customers.aws.stored("vault") if "uses" in item]
    (mine,) = (item for item in items if item["owner"]["S"].startswith(subject))
    (other,) = (item for item in items if item != mine)
    customers.aws.client("dynamodb").put_item(TableName="vault", Item=mine | {"uses": other["uses"]})
    certificate = customers.erase("C-1")
    assert (certificate.unproven, certificate.shown("C-1")["complete"]) == (1, False)
    certificate = swept(customers)
    assert certificate.unproven == 1
    assert customers.statuses([theirs]) == {"ok"}


def test_a_record_of_a_later_release_waits(customers: Customers) -> None:
    tokens = customers.order("C-1", 1)
    for item in customers.aws.stored("vault"):
        later = item | {"version": {"N": "9"}}
        customers.aws.client("dynamodb").put_item(TableName="vault", Item=later)
    certificate = customers.erase("C-1")
    assert (certificate.failed, certificate.records) == (True, 0)
    assert customers.statuses(tokens) == {"unavailable"}
