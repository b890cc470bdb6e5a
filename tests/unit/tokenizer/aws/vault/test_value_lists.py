"""Tests that a list of consistent values opens for the record, owner and arrival that it was sealed for, and no other."""

from itertools import pairwise
from typing import Any

import pytest

from tests.support.fakes.world import SUBJECT_KEY
from tokenizer.aws.vault.value_lists import ValueLists
from tokenizer.errors import VaultIntegrity
from tokenizer.records import ListedValue
from tokenizer.vault.tokens import SubjectKey, Versions

RECORD, SUBJECT, ARRIVED = b"r" * 12, "5" * 32, 1_795_428_901_250
LATER = ARRIVED + 1_000
KEYS = Versions(((0, SUBJECT_KEY), (LATER, SubjectKey(b"o" * 32))))
LISTS = ValueLists(KEYS)
VALUES = tuple(ListedValue(bytes([at]) * 32, SUBJECT_KEY.value_record_id(RECORD, at)) for at in range(3))


def sealed(**changes: Any) -> bytes:
    given: dict[str, Any] = {
        "values": VALUES,
        "record_id": RECORD,
        "subject": SUBJECT,
        "arrived": ARRIVED,
    }
    return LISTS.seal(**given | changes)


@pytest.mark.parametrize("count", range(1, 4))
def test_a_list_opens_to_what_was_sealed_and_knows_the_records_of_its_values(count: int) -> None:
    assert LISTS.open(sealed(values=VALUES[:count]), RECORD, SUBJECT, ARRIVED) == VALUES[:count]


def test_a_list_is_as_short_as_it_can_be_and_shows_nothing_of_its_values() -> None:
    """An order of a kilobyte costs one write unit."""
    assert len(sealed()) == 3 * 32 + 16
    assert not any(each.blind_index[:4] in sealed() for each in VALUES)


def test_lists_of_the_same_values_have_nothing_in_common() -> None:
    one, other = (sealed(record_id=each) for each in (RECORD, b"s" * 12))
    assert not any(one[at : at + 4] in other for at in range(len(one) - 3))


@pytest.mark.parametrize(
    "other",
    [{"record_id": b"s" * 12}, {"subject": "6" * 32}, {"arrived": ARRIVED + 1}, {"arrived": LATER}],
    ids=["another record", "another owner", "another arrival", "another key"],
)
def test_a_list_of_something_else_is_forged(other: dict[str, Any]) -> None:
    with pytest.raises(VaultIntegrity):
        LISTS.open(sealed(**other), RECORD, SUBJECT, ARRIVED)


@pytest.mark.parametrize("changed", [b"", sealed()[:-1], sealed()[:15], bytes(len(sealed()))], ids=len)
def test_a_changed_list_is_forged(changed: bytes) -> None:
    with pytest.raises(VaultIntegrity):
        LISTS.open(changed, RECORD, SUBJECT, ARRIVED)


def test_the_ids_of_values_differ_by_record_place_and_key() -> None:
    ids = [
        key.value_record_id(record, at)
        for key in (SUBJECT_KEY, SubjectKey(b"o" * 32))
        for record in (RECORD, b"s" * 12)
        for at in (0, 1, 11)
    ]
    assert all(len(each) == 12 for each in ids)
    assert all(one != other for one, other in pairwise(sorted(ids)))
