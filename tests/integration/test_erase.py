"""Erasing against DynamoDB and KMS (moto): the adapters, and a crash before and after every call."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from tests.support.aws_account import Aws
from tests.support.fakes.customers import NOW, Customers
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, ample_budget
from tests.support.format_samples import kept
from tests.support.watched_calls import moments
from tokenizer.aws.erasure.subject_data import DynamoSubjectData
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.aws.vault.vault import owners
from tokenizer.erasure.certificates import SWEEPS
from tokenizer.errors import VaultIntegrity
from tokenizer.formats import INDEX_ENTRY
from tokenizer.records import IndexEntry, Share
from tokenizer.vault.tokens import Pointer


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
    index = DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)
    nobodys = IndexEntry("scope", b"i" * 32, "tok_1", arrived=3)
    index.claim([nobodys], {}, ample_budget())
    assert index.lookup([("scope", nobodys.blind_index)], ample_budget()).found == {
        nobodys.blind_index: nobodys
    }
    mine = replace(nobodys, owner="a" * 32, arrived=5)
    read = {mine.blind_index: nobodys}
    assert index.amend([mine], read, ample_budget()).found == {mine.blind_index: mine}
    later, stale = replace(mine, owner="b" * 32, arrived=6), replace(mine, token="tok_2", owner="b" * 32)
    for each in (mine, later, stale):
        assert index.amend([each], read, ample_budget()).found == {mine.blind_index: mine}
    assert index.lookup([("scope", mine.blind_index)], ample_budget()).found == {mine.blind_index: mine}
    (item,) = aws.stored("blind-index")
    assert item["owner"]["S"] in owners("a" * 32)


def test_an_entry_that_an_order_owns_is_taken_over_by_the_first_customer(aws: Aws) -> None:
    index = DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)
    orders = IndexEntry("scope", b"i" * 32, "tok_1", "0" * 34, arrived=3)
    index.claim([orders], {}, ample_budget())
    mine, later = (replace(orders, owner=each * 32, arrived=5) for each in "ab")
    for each in (mine, later):
        adopted = index.amend([each], {orders.blind_index: orders}, ample_budget())
        assert adopted.found == {mine.blind_index: mine}
    assert index.lookup([("scope", mine.blind_index)], ample_budget()).found == {mine.blind_index: mine}


def test_a_record_that_lost_its_owner_or_its_list_is_refused(customers: Customers) -> None:
    """The revealing functions check the vault's own signature."""
    mine = customers.order("C-1", 1)
    before = customers.aws.stored("vault")
    for names in ({"owner", "subject"}, {"uses", "subject"}, {"version"}):
        for item in before:
            changed = {key: value for key, value in item.items() if key not in names}
            customers.aws.client("dynamodb").put_item(TableName="vault", Item=changed)
        assert customers.statuses(mine) == {"tampered"}, names


def test_killed_at_any_call_an_erasure_is_either_not_begun_or_finished_by_its_sweep(
    customers: Customers, aws: Aws
) -> None:
    calls: list[str] = []
    customers.order("C-0", 1)
    customers.hook = lambda when, name: calls.append(f"{when} {name}")
    customers.erase("C-0", "era_counted")
    # The sixteen queries of an index in a row are alike: the first and the last stand for all.
    points = [
        at for at in moments(calls) if calls[at - 2 : at - 1] + calls[at + 2 : at + 3] != [calls[at]] * 2
    ]
    assert len(points) > 10
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
    index = DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", keys, SUBJECT_KEYS)
    shares = [Share(bytes([at]) * 32, "5ub1ec7", 1, "owner", 1) for at in range(64)]
    assert index.share(shares, ample_budget()) == [None] * 64
    assert {item["sharer"]["S"] for item in aws.stored("shares")} == set(owners("5ub1ec7"))
    subject_data = DynamoSubjectData(aws.client("dynamodb"), "vault", "blind-index", "shares", SUBJECT_KEYS)
    assert len(subject_data.shares("5ub1ec7")) == 64


CHANGES: dict[str, Any] = {
    "arrived": {"N": "1"},
    "token": {"S": Pointer(b"another00001", b"tag0").token},
    "owned": {"B": b"0" * 16},
    "seal": {"B": b"0" * 16},
    "version": None,
}


OWNERS: dict[bool, tuple[str, Any]] = {
    False: ("owner", {"S": owners("c" * 32)[0]}),
    True: ("subject", {"S": "c" * 32}),
}


@pytest.mark.parametrize("listed", [False, True], ids=["in the index by owner", "listed"])
@pytest.mark.parametrize("name", [*CHANGES, "its owner"])
def test_an_entry_that_somebody_changed_is_refused_whatever_they_changed(
    aws: Aws, name: str, *, listed: bool
) -> None:
    """Somebody may write the table and has no key. Nothing but the key of the item is left out."""
    index = DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)
    entry = IndexEntry(
        "scope", b"i" * 32, Pointer(b"consistent01", b"tag0").token, "a" * 32, 5, listed=listed
    )
    index.claim([entry], {}, ample_budget())
    (item,) = aws.stored("blind-index")
    changes = dict([*CHANGES.items(), OWNERS[listed]])
    assert item.keys() == changes.keys() | {"id"}
    name = OWNERS[listed][0] if name == "its owner" else name
    taken_out = {each: value for each, value in item.items() if each != name}
    other_way = {OWNERS[not listed][0]: OWNERS[not listed][1]}
    for changed in (
        taken_out,
        taken_out | ({name: changes[name]} if changes[name] else {}),
        taken_out | other_way,
        item | other_way,
    ):
        aws.client("dynamodb").put_item(TableName="blind-index", Item=changed)
        answer = index.lookup([("scope", entry.blind_index)], ample_budget())
        assert isinstance(answer.failed[entry.blind_index], VaultIntegrity)
        assert not answer.found


def test_an_entry_stripped_to_the_older_format_with_its_owner_is_refused(aws: Aws) -> None:
    index = DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)
    entry = IndexEntry("scope", b"i" * 32, Pointer(b"consistent01", b"tag0").token, "a" * 32, 5)
    index.claim([entry], {}, ample_budget())
    (item,) = aws.stored("blind-index")
    for name in ("version", "owned"):
        del item[name]
    aws.client("dynamodb").put_item(
        TableName="blind-index", Item=item | {"owner": {"S": owners("b" * 32)[0]}}
    )
    assert isinstance(
        index.lookup([("scope", entry.blind_index)], ample_budget()).failed[entry.blind_index], VaultIntegrity
    )


@pytest.mark.parametrize("listed", [False, True], ids=["into the index by owner", "into no index"])
@pytest.mark.parametrize("shared", [False, True], ids=["alone", "with an heir"])
def test_an_entry_moved_to_the_erased_customer_stays_with_whom_it_is(
    customers: Customers, *, shared: bool, listed: bool
) -> None:
    customers.order("C-1", 1)
    (_, theirs) = customers.order("C-2", 2)
    if shared:
        customers.order("C-3", 3, email="C-2@example.com")
    dynamodb = customers.aws.client("dynamodb")
    (item,) = (each for each in customers.aws.stored("blind-index") if each["token"]["S"] == theirs)
    subject = customers.eraser().subjects("C-1")[0]
    del item["subject"]
    moved = item | (
        {"subject": {"S": subject}}
        if listed
        else {"owner": {"S": owners(subject)[int(item["id"]["S"][1], 16)]}}
    )
    dynamodb.put_item(TableName="blind-index", Item=moved)
    certificate = customers.erase("C-1")
    assert (certificate.unproven, certificate.shown("C-1")["complete"]) == (0 if listed else 1, False)
    customers.sweep()
    assert moved in customers.aws.stored("blind-index")
    assert customers.statuses([theirs]) == {"ok"}


def test_an_entry_that_was_handed_over_is_sealed_for_its_heir(customers: Customers) -> None:
    (_, email) = customers.order("C-1", 1, email="both@example.com")
    customers.order("C-2", 2, email="both@example.com")
    customers.erase("C-1")
    customers.sweep()
    assert customers.order("C-2", 3, email="both@example.com")[1] == email  # its seals are checked here


def test_an_entry_of_the_older_format_is_handed_over_and_removed_as_before(aws: Aws) -> None:
    (sample,) = (each for each in kept(INDEX_ENTRY, 1) if each.name == "owned")
    subject_data = DynamoSubjectData(aws.client("dynamodb"), "vault", "blind-index", "shares", SUBJECT_KEYS)
    index = DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)
    aws.client("dynamodb").put_item(TableName="blind-index", Item=sample.stored)
    (entry,) = subject_data.entries(sample.given["owner"], [], ample_budget())
    heir = Share(b"consistent01", "b" * 32, 9, entry.owner, entry.arrived)
    assert subject_data.hand_over(entry, heir)
    answer = index.lookup([("contact", entry.blind_index)], ample_budget())
    assert answer.found[entry.blind_index].owner == heir.subject
    (inherited,) = subject_data.entries(heir.subject, [], ample_budget())
    assert subject_data.drop_entry(inherited)
    assert aws.stored("blind-index") == []
