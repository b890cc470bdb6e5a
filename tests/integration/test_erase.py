"""Erasing against DynamoDB and KMS (moto): the adapters, and a crash before and after every call."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from tests.support.aws_account import Aws
from tests.support.fakes.customers import NOW, Customers
from tests.support.fakes.world import SCOPE_KEYS, ample_budget
from tokenizer.aws.erasure.subject_data import DynamoSubjectData
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.aws.vault.vault import owners
from tokenizer.erasure.certificates import SWEEPS
from tokenizer.records import IndexEntry, Share


class Killed(BaseException):
    """The function is gone."""


@pytest.fixture
def customers(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Customers:
    return Customers(aws, monkeypatch)


def test_a_customers_items_become_tombstones_which_the_owner_index_does_not_list(
    customers: Customers,
) -> None:
    mine, other = customers.order("C-1", 1), customers.order("C-2", 2)
    assert customers.erase("C-1").records == 1
    assert customers.statuses(mine) == {"erased"}
    assert customers.statuses(other) == {"ok"}
    (swept,) = customers.sweep()
    assert (swept.records, swept.pending, swept.sweeps, swept.failed) == (2, (), 1, False)
    assert len(customers.whole()) == 2
    assert customers.statuses(mine) == {"erased"}
    owners = {
        item["owner"]["S"].partition(".")[0] for item in customers.aws.stored("vault") if "owner" in item
    }
    assert owners == {customers.eraser().subjects("C-2")[0]}
    assert len(customers.aws.stored("blind-index")) == 1


def test_a_shared_value_is_handed_over_and_goes_with_the_last(customers: Customers) -> None:
    (_, email) = customers.order("C-1", 1, email="both@example.com")
    assert customers.order("C-2", 2, email="both@example.com")[1] == email
    assert customers.erase("C-1").kept_for_others == 1
    customers.sweep()
    assert customers.statuses([email]) == {"ok"}
    (entry,) = customers.aws.stored("blind-index")
    assert entry["owner"]["S"].partition(".")[0] == customers.eraser().subjects("C-2")[0]
    customers.now = NOW
    customers.erase("C-2", "era_2")
    customers.sweep()
    assert customers.statuses([email]) == {"erased"}
    assert customers.whole() == []
    assert customers.aws.stored("shares") == []
    assert customers.aws.stored("blind-index") == []


def test_an_entry_that_nobody_owns_is_taken_over_by_the_first_who_uses_it(aws: Aws) -> None:
    index = DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", SCOPE_KEYS)
    nobodys = IndexEntry("scope", b"i" * 32, "tok_1")
    index.claim([nobodys], {}, ample_budget())
    mine = replace(nobodys, owner="a" * 32, arrived=5)
    assert index.adopt([mine], ample_budget()).found == {mine.blind_index: mine}
    later, stale = replace(mine, owner="b" * 32, arrived=6), replace(mine, token="tok_2", owner="b" * 32)
    for each in (mine, later, stale):
        assert index.adopt([each], ample_budget()).found == {mine.blind_index: mine}
    assert index.lookup([("scope", mine.blind_index)], ample_budget()).found == {mine.blind_index: mine}
    (item,) = aws.stored("blind-index")
    assert item["owner"]["S"] in owners("a" * 32)


def test_a_tombstone_that_was_edited_or_a_record_that_lost_its_owner_is_refused(customers: Customers) -> None:
    mine = customers.order("C-1", 1)
    for item in customers.aws.stored("vault"):
        changed = {key: value for key, value in item.items() if key != "owner"}
        customers.aws.client("dynamodb").put_item(TableName="vault", Item=changed)
    assert customers.statuses(mine) == {"tampered"}


def test_killed_at_any_call_an_erasure_is_either_not_begun_or_finished_by_its_sweep(
    customers: Customers, aws: Aws
) -> None:
    calls: list[str] = []
    customers.order("C-0", 1)
    customers.hook = lambda when, name: calls.append(f"{when} {name}")
    customers.erase("C-0", "era_counted")
    # The sixteen queries of an index in a row are alike: the first and the last stand for all.
    points = [
        at for at in range(len(calls)) if calls[at - 2 : at - 1] + calls[at + 2 : at + 3] != [calls[at]] * 2
    ]
    assert len(points) > 20
    for at in points:
        customer = f"C-{at + 1}"
        tokens = customers.order(customer, at + 100)
        steps = iter(count())

        def kill(_when: str, _name: str, at: int = at, steps: Iterator[int] = steps) -> None:
            if next(steps) == at:
                raise Killed

        customers.now, customers.hook = NOW, kill
        with pytest.raises(Killed):
            customers.erase(customer, f"era_{at}")
        customers.hook = lambda _when, _name: None
        kept = {item["id"]["S"] for item in aws.stored("erasures")}
        if f"era_{at}" not in kept:  # whoever asked got no certificate, and asks again
            customers.erase(customer, f"era_{at}")
        customers.sweep()
        assert customers.statuses(tokens) == {"erased"}
    customers.now = NOW + SWEEPS[1]
    customers.eraser().sweep(ample_budget())
    assert customers.whole() == []


def test_no_key_of_the_index_of_sharers_gets_hot(aws: Aws) -> None:
    """A hot key of an index throttles its table, so each subject has sixteen keys.

    docs.aws.amazon.com/amazondynamodb/latest/developerguide/gsi-throttling.html.
    """
    keys: Any = None
    index = DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", keys)
    shares = [Share(bytes([at]) * 32, "5ub1ec7", 1, "owner", 1) for at in range(64)]
    assert index.share(shares, ample_budget()) == [None] * 64
    assert {item["sharer"]["S"] for item in aws.stored("shares")} == set(owners("5ub1ec7"))
    subject_data = DynamoSubjectData(aws.client("dynamodb"), "vault", "blind-index", "shares")
    assert len(subject_data.shares("5ub1ec7")) == 64
