"""Erasures at their very millisecond, as DynamoDB's conditions decide them (moto)."""

from typing import Any

import pytest

from tests.support.aws_account import Aws
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, ample_budget
from tokenizer.aws.erasure.marks import DynamoErasures
from tokenizer.aws.erasure.store import DynamoErasureStore
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.erasure.certificates import Certificate
from tokenizer.records import IndexEntry
from tokenizer.vault.tokens import Pointer

VALUE = b"v" * 32
OLD, NEW = (Pointer(each * 12, b"tag0").token for each in (b"a", b"b"))
ARRIVED = 1_000


@pytest.fixture
def store(aws: Aws) -> DynamoErasureStore:
    return DynamoErasureStore(aws.client("dynamodb"), aws.settings.erasures_table)


def index(aws: Aws) -> DynamoBlindIndex:
    return DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)


@pytest.mark.parametrize(
    ("owner", "erased_until", "replaced"),
    [
        ("ann", ARRIVED - 1, False),
        ("ann", ARRIVED, True),
        ("ann", ARRIVED + 1, True),
        ("ann", None, False),
        ("bob", ARRIVED + 1, False),
    ],
)
def test_an_entry_gives_way_to_its_own_owner_once_an_erasure_reaches_its_arrival(
    aws: Aws, owner: str, erased_until: int | None, replaced: bool
) -> None:
    before = IndexEntry("scope", VALUE, OLD, "ann", ARRIVED)
    after = IndexEntry("scope", VALUE, NEW, owner, ARRIVED + 60_000)
    index(aws).claim([before], {}, ample_budget())
    erasures = {} if erased_until is None else {owner: erased_until}
    tokens = index(aws).claim([after], erasures, ample_budget())
    assert tokens.found == {VALUE: after if replaced else before}
    assert index(aws).lookup([("scope", VALUE)], ample_budget()).found == tokens.found


@pytest.mark.parametrize(("second", "marked"), [(9, 10), (10, 10), (11, 11)])
def test_a_mark_never_goes_back(aws: Aws, store: DynamoErasureStore, second: int, marked: int) -> None:
    store.mark("ann", 10)
    store.mark("ann", second)
    erasures = DynamoErasures(aws.client("dynamodb"), aws.settings.erasures_table)
    assert erasures.until(["ann", "bob"], ample_budget()) == {"ann": marked}


@pytest.mark.parametrize(("now", "due"), [(999, []), (1_000, ["era_1"]), (1_001, ["era_1"])])
def test_a_sweep_is_due_from_its_millisecond_on(store: DynamoErasureStore, now: int, due: list[str]) -> None:
    details: dict[str, Any] = {"requested_by": "carla", "purpose": "p", "requested_at": 1, "until": 1}
    store.keep(Certificate("era_1", "ann", **details, next_sweep=1_000))
    store.keep(Certificate("era_2", "bob", **details, next_sweep=0))
    assert [each.erasure_id for each in store.due(now)] == due
