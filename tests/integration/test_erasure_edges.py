"""Erasures at their very millisecond, as DynamoDB's conditions decide them (moto)."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.aws_account import Aws
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, ample_budget
from tokenizer.aws.erasure.marks import DynamoErasures
from tokenizer.aws.erasure.store import DynamoErasureStore
from tokenizer.aws.erasure.subject_data import DynamoSubjectData
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.erasure.certificates import Certificate
from tokenizer.errors import PipelineError
from tokenizer.records import IndexEntry, Share
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


CLAIMED_ANEW = IndexEntry("scope", VALUE, NEW, "ann", ARRIVED + 60_000)
HEIR = Share(b"a" * 12, "bob", ARRIVED + 60_000, "ann", ARRIVED)
FOUND = IndexEntry("", VALUE, OLD, "ann", ARRIVED)


def nothing_since(_: Aws) -> None:
    """Leaves the entry as it was found."""


def claimed_anew(aws: Aws) -> None:
    index(aws).claim([CLAIMED_ANEW], {"ann": ARRIVED}, ample_budget())


def handed_over(aws: Aws) -> None:
    assert subject_data(aws).hand_over(FOUND, HEIR)


def dropped(aws: Aws) -> None:
    assert subject_data(aws).drop_entry(FOUND)


def forged(aws: Aws, **changes: Any) -> None:
    (item,) = aws.stored("blind-index")
    aws.client("dynamodb").put_item(TableName="blind-index", Item=item | changes)


def subject_data(aws: Aws) -> DynamoSubjectData:
    return DynamoSubjectData(aws.client("dynamodb"), "vault", "blind-index", "shares", SUBJECT_KEYS)


@pytest.mark.parametrize(
    ("since", "changed", "genuine"),
    [
        (nothing_since, True, True),
        (dropped, False, True),
        (claimed_anew, False, True),  # another token, the same owner
        (handed_over, False, True),  # the same token, another owner
        (lambda aws: forged(aws, arrived={"N": str(ARRIVED - 1)}), False, False),
        (lambda aws: forged(aws, owned={"B": b"forged"}), False, False),
    ],
    ids=["nothing", "it was dropped", "it was claimed anew", "it was handed over", "its arrival was forged", "its seal was forged"],
)  # fmt: skip
@pytest.mark.parametrize("call", ["drop_entry", "hand_over"])
def test_what_happened_to_an_entry_since_the_index_showed_it_is_neither_undone_nor_called_forged(
    aws: Aws, since: Callable[[Aws], None], *, changed: bool, genuine: bool, call: str
) -> None:
    """The index by owner is a moment behind its table."""
    index(aws).claim([IndexEntry("scope", VALUE, OLD, "ann", ARRIVED)], {}, ample_budget())
    since(aws)
    before = aws.stored("blind-index")
    arguments = (FOUND,) if call == "drop_entry" else (FOUND, HEIR)
    assert getattr(subject_data(aws), call)(*arguments) is genuine
    assert (aws.stored("blind-index") != before) is changed


def test_a_mark_knows_if_anything_was_found_whether_it_moves_or_not(store: DynamoErasureStore) -> None:
    assert [store.mark("ann", each) for each in (10, 11, 11, 9)] == [False] * 4
    store.note_found("ann")
    assert [store.mark("ann", each) for each in (9, 11, 12)] == [True] * 3
    assert store.mark("bob", 12) is False


def test_nothing_is_noted_without_a_mark(store: DynamoErasureStore) -> None:
    """A note is no mark: readers take every item of the table that has a subject's name for one."""
    with pytest.raises(PipelineError):
        store.note_found("ann")
    assert store.mark("ann", 10) is False


@pytest.mark.parametrize("found", [True, False])
def test_a_certificate_that_is_kept_knows_if_anything_was_found(
    store: DynamoErasureStore, *, found: bool
) -> None:
    kept = Certificate("era_1", "ann", "carla", "p", 1, 1, next_sweep=1, found=found)
    store.keep(kept)
    assert store.due(1) == [kept]
