"""A check after a restore counts erasures without their mark, and records that answer again or are stored again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ops.audit.chain import Stored
from ops.audit.erasures import Returned, check_erasures
from tests.support.members import for_all
from tokenizer.audit.lines import Line, Place, seal
from tokenizer.records import moment_of

ANN, BOB, VALUE = "ann's name", "bob's name", "ab" * 12
T = 1_795_600_000_000  # milliseconds since 1970
Erasure = tuple[str, str, int, str]  # action, subject, moment, result
Item = Mapping[str, Any]


class Trail:
    """A trail of erasures, each on a day of its own."""

    def __init__(self, erasures: Sequence[Erasure]) -> None:
        self._erasures = erasures

    def days(self) -> list[str]:
        return [str(at) for at in range(len(self._erasures))]

    def lines(self, day: str) -> Iterator[Stored | str]:
        action, subject, moment, result = self._erasures[int(day)]
        place = Place("2026-11-25", "c" * 32, 1)
        facts = {"subject": subject, "erasure_id": f"era_{day}", "result": result}
        line = Line(place, moment_of(moment).isoformat(timespec="milliseconds"), action, "carla", facts)
        yield Stored(place, seal(line, b"key")[1], 1, hidden=False, locked_days=10)


class Tables:
    """A DynamoDB client of two tables, each with one item a page."""

    def __init__(self, **tables: Sequence[Item]) -> None:
        self._tables = tables

    def get_paginator(self, operation: str) -> "Tables":
        assert operation == "scan"
        return self

    def paginate(self, TableName: str, *, ConsistentRead: bool) -> Iterator[Item]:  # noqa: N803 -- boto3's
        assert ConsistentRead
        return ({"Items": [each]} for each in self._tables[TableName])


def mark(name: str, until: int) -> Item:
    return {"id": {"S": name}, "until": {"N": str(until)}}


def record(record_id: str, arrived: int, **names: str) -> dict[str, Any]:
    return {
        "id": {"S": record_id},
        "arrived": {"S": str(arrived)},
        **{key: {"S": each} for key, each in names.items()},
    }


def checked(erasures: Sequence[Erasure], marks: Sequence[Item], vault: Sequence[Item]) -> Returned:
    return check_erasures(Trail(erasures), Tables(marks=marks, vault=vault), "marks", "vault", lambda _: None)


OF_ANN = ("erase", ANN, T, "marked")
AROUND = [record(str(at), T + at, subject=ANN) for at in (-6, -5, -4, 0, 1)]


@for_all(
    ("marks", "expected"),
    [
        ([], Returned(1, [ANN], readable=4)),
        ([mark(ANN, T - 5)], Returned(1, [ANN], readable=2, stored=2)),
        ([mark(ANN, T)], Returned(1, [], stored=4)),
        ([mark(ANN, T + 1)], Returned(1, [], stored=5)),
        ([mark(BOB, T)], Returned(1, [ANN], readable=4)),
    ],
)
def test_a_record_answers_again_if_it_came_after_the_mark_that_is_left_and_before_the_erasure(
    marks: list[Item], expected: Returned
) -> None:
    assert checked([OF_ANN], marks, AROUND) == expected


@for_all(
    ("item", "readable"),
    [
        (record("1", T, owner=ANN), 1),
        (record("1", T, owner=f"{ANN}.orders"), 1),
        (record("1", T, subject=f"{ANN}.orders"), 1),
        (record("1", T, subject=BOB, owner=ANN), 0),
        (record("1", T, subject=BOB), 0),
        (record("1", T), 0),
        ({"id": {"S": "1"}, "subject": {"S": ANN}}, 0),  # without a moment it is no record of an order
        (record("1", T, subject=ANN) | {"erased": {"N": "1"}}, 0),
    ],
)
def test_a_record_belongs_to_its_subject_or_else_to_its_owner_and_a_tombstone_to_nobody(
    item: Item, readable: int
) -> None:
    assert checked([OF_ANN], [mark(ANN, 0)], [item]).readable == readable


@for_all(
    ("marks", "item", "expected"),
    [
        ([], record(VALUE, T), Returned(1, [VALUE], readable=1)),
        ([mark(VALUE, T)], record(VALUE, T), Returned(1, [], stored=1)),
        ([mark(VALUE, T - 1)], record(VALUE, T), Returned(1, [VALUE], readable=1)),
        ([], record(VALUE, T) | {"erased": {"N": "1"}}, Returned(1, [VALUE])),
        ([], record("cd" * 12, T), Returned(1, [VALUE])),
    ],
)
def test_a_value_is_known_by_the_id_of_its_record(marks: list[Item], item: Item, expected: Returned) -> None:
    assert checked([("erase_value", VALUE, T, "marked")], marks, [item]) == expected


def test_each_action_that_sets_a_mark_counts_and_no_other_line() -> None:
    erasures = [
        ("erase", ANN, T, "marked"),
        ("erase_order", "order", T, "marked"),
        ("erase_value", VALUE, T, "marked"),
        ("erase", BOB, T, "denied"),
        ("sweep", BOB, T, "marked"),
    ]
    assert checked(erasures, [], []) == Returned(3, sorted([ANN, "order", VALUE]))


@for_all("body", [None, b"", b"{}", b"no JSON", b'{"version":999}'])
def test_a_line_that_can_not_be_read_is_counted_and_the_others_are_compared(body: bytes | None) -> None:
    class Broken(Trail):
        def lines(self, day: str) -> Iterator[Stored | str]:
            yield Stored(Place("2026-11-25", "d" * 32, 1), body, 1, hidden=False, locked_days=10)
            yield "audit/2026-11-25/other"
            yield from super().lines(day)

    ticks: list[int] = []
    tables = Tables(marks=[mark(BOB, T)], vault=AROUND)
    found = check_erasures(Broken([OF_ANN]), tables, "marks", "vault", ticks.append)
    assert found == Returned(1, [ANN], readable=4, unread=2)
    assert sum(ticks) == 3 + 1 + len(AROUND)


def test_of_several_erasures_of_one_customer_the_latest_needs_its_mark() -> None:
    erasures = [("erase", ANN, T + at, "marked") for at in (0, 2, 1)]
    assert checked(erasures, [mark(ANN, T + 1)], []) == Returned(3, [ANN])
    assert checked(erasures, [mark(ANN, T + 2)], []) == Returned(3, [])
