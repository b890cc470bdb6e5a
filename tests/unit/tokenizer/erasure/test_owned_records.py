"""A record's list is kept until nothing is left that it leads to: no index entry and no value."""

from tests.support.members import for_all
from tokenizer.erasure.owned_records import OwnedLists, OwnedRecord
from tokenizer.records import ListedValue, VaultRecord

FIRST, SECOND = ListedValue(b"index 1", b"value 1"), ListedValue(b"index 2", b"value 2")
LISTS = OwnedRecord(b"lists", 7, consistent=False, uses=(FIRST, SECOND))
TOMBSTONE = OwnedRecord(b"tombstone", 8, consistent=False, uses=(SECOND,), erased=True)
OWNED = {
    "s1": [LISTS, OwnedRecord(b"without", 1, consistent=False), OwnedRecord(b"value", 2, consistent=True)],
    "s2": [TOMBSTONE, OwnedRecord(b"empty", 3, consistent=False, erased=True)],
}


def test_the_lists_of_a_customer_are_those_of_all_names_with_their_owners() -> None:
    lists = OwnedLists.of(OWNED)
    assert lists.records == (
        VaultRecord(b"lists", {}, subject="s1", arrived=7),
        VaultRecord(b"tombstone", {}, subject="s2", arrived=8),
    )
    assert [each.uses for each in lists.records] == [(FIRST, SECOND), (SECOND,)]
    assert lists.emptied == {b"tombstone"}
    assert lists.brought == {b"value 1", b"value 2"}


@for_all(
    ("entries", "values", "left"),
    [
        (set(), set(), set()),
        ({b"index 1"}, set(), {b"lists"}),
        (set(), {b"value 1"}, {b"lists"}),
        ({b"index 2"}, set(), {b"lists", b"tombstone"}),
        (set(), {b"value 2"}, {b"lists", b"tombstone"}),
        ({b"index 1"}, {b"value 2"}, {b"lists", b"tombstone"}),
        ({b"value 1"}, {b"index 1"}, set()),
    ],
)
def test_a_list_is_finished_when_none_of_its_values_is_left(
    entries: set[bytes], values: set[bytes], left: set[bytes]
) -> None:
    unfinished = OwnedLists.of(OWNED).unfinished(entries, values)
    assert unfinished.keys() == left
    assert all(each.record_id == name and each.uses for name, each in unfinished.items())
