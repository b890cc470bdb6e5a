"""The audit trail keeps of a request to the replay function what is harmless: every name and form that is known, and nothing else."""

from typing import Any

from tests.support.members import for_all
from tokenizer.aws.replay.audit_facts import WITHHELD, kept_filter, kept_ids

ID = "0192f0c8-1111-7abc-8def-000000000001"
KNOWN: dict[str, list[Any]] = {
    "codes": [
        *("malformed_json", "not_an_object", "unknown_event_type", "unsupported_schema_version"),
        *("invalid_field", "too_large", "retries_exhausted", "unknown"),
    ],
    "sources": ["stream", "queue", "unknown"],
    "event_types": ["order.placed", "order.refunded", "customer.updated"],
    "ids": [ID, ID[:8], "a", "0192f0c"],
}
SINGLE: dict[str, list[Any]] = {
    "since": [None, "2026-11-23T10:15:00+00:00", "2026-11-23"],
    "until": [None, "2026-11-23T10:15:00+00:00", "2026-11-23"],
    "limit": [None, 0, 1, 999_999],
}
# What may be a value in the place of each.
OTHERS: dict[str, list[Any]] = {
    "codes": ["ann", "", 1, None, "stream"],
    "sources": ["ann", "", 1, None, "api", "too_large"],
    "event_types": ["order.lost", "", 1, None],
    "ids": [ID[:9], ID.upper(), f"{ID}0", "01920008", "19900401", "", 7, None],
    "since": ["ann", "", 1, "6h"],
    "until": ["ann", "", 1, "6h"],
    "limit": [-1, 1_000_000, True, 1.5, "1"],
}


@for_all(("name", "members"), KNOWN.items())
def test_every_known_member_of_a_list_is_kept(name: str, members: list[Any]) -> None:
    assert kept_filter({name: members}) == {name: members}
    assert kept_filter({name: members[0]}) == {name: [members[0]]}


@for_all(("name", "members"), SINGLE.items())
def test_every_known_form_of_a_time_and_a_count_is_kept(name: str, members: list[Any]) -> None:
    for each in members:
        assert kept_filter({name: each}) == {name: each}


@for_all(("name", "members"), OTHERS.items())
def test_anything_else_is_withheld(name: str, members: list[Any]) -> None:
    for each in members:
        withheld = [WITHHELD] if name in KNOWN else WITHHELD
        assert kept_filter({name: each}) == {name: withheld}, each


def test_fields_that_no_filter_has_are_one_that_is_withheld() -> None:
    assert kept_filter({"ann": 1, "bob": 2, "limit": 1}) == {"others": WITHHELD, "limit": 1}
    assert kept_filter(None) is None


def test_ids_are_kept_alike_without_a_filter() -> None:
    assert kept_ids([ID, "ann"]) == [ID, WITHHELD]
    assert kept_ids(None) is None
