"""Compares the erasures in the audit trail with the marks and the vault, for a check after tables were restored.

A mark is what erases. If the table of marks comes back from a time before an erasure, everything erased since then can be
revealed again, and no table says so. The audit trail does: its lines can't be deleted, and an erasure has one before it
begins.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ops.audit.chain import Stored
from tokenizer.audit.lines import Line, Newer, NotWhole, unseal

_ERASING = frozenset({"erase", "erase_order", "erase_value"})  # the actions that set a mark


class Lines(Protocol):
    """Reads the lines of a trail."""

    def days(self) -> Iterable[str]:
        """Returns the days that have a line or a head."""
        ...

    def lines(self, day: str) -> Iterator[Stored | str]:
        """Yields a day's stored lines, or only the key if it is not that of a line."""
        ...


@dataclass(slots=True)
class Returned:
    """Holds what a check found. Customers and orders of guests are known by the vault's names for them.

    Args:
        erasures: the erasures in the audit trail.
        unmarked: the customers and orders that were erased and have no mark as late as that, in order.
        readable: the vault records of theirs that answer again though they were erased.
        stored: the vault records of marked customers and orders that are stored again; nobody can read them.
        unread: the lines that are no lines of this release.
    """

    erasures: int
    unmarked: list[str]
    readable: int = 0
    stored: int = 0
    unread: int = 0


def check_erasures(
    trail: Lines, dynamodb: Any, marks_table: str, vault_table: str, tick: Callable[[int], None]
) -> Returned:
    """Returns which erasures of the audit trail no longer hold.

    Args:
        trail: the audit trail.
        dynamodb: a DynamoDB client that may scan both tables.
        marks_table: the table of marks and certificates.
        vault_table: the vault's table.
        tick: is called with the number of lines and items that were read.
    """
    asked = _asked(trail, tick)
    marks: dict[str, int] = {}
    for item in _items(dynamodb, marks_table, tick):
        name = item["id"]["S"]
        if "until" in item:
            marks[name] = int(item["until"]["N"])
        elif name in asked.by_id:
            # A customer has a name under each version of the subject key, and a mark under each name.
            asked.erased(asked.by_id[name], item["subject"]["S"], *(each["S"] for each in item["also"]["L"]))
            asked.nameless.discard(name)
    erased = asked.by_subject
    unmarked = {each for each, moment in erased.items() if marks.get(each, 0) < moment}
    found = Returned(asked.count, sorted([*unmarked, *asked.nameless]), unread=asked.unread)
    for item in _items(dynamodb, vault_table, tick):
        # A tombstone holds no value. It names its owner while it lists what is left of theirs.
        named = {} if "erased" in item else item
        subject = named.get("subject", named.get("owner", {"S": ""}))["S"].partition(".")[0]
        arrived = int(item.get("arrived", {"S": "0"})["S"])
        value = item["id"]["S"] if "erased" not in item else ""  # a value's mark has the id of its record
        if value in unmarked:
            found.readable += 1
        elif value in marks:
            found.stored += 1
        elif subject in unmarked and marks.get(subject, 0) < arrived <= erased[subject]:
            found.readable += 1
        elif subject and arrived <= marks.get(subject, 0):
            found.stored += 1
    return found


@dataclass(slots=True)
class _Asked:
    """Holds the erasures of the trail, with their moments in milliseconds since 1970.

    Args:
        by_subject: the latest of each customer and order, by the vault's name.
        by_id: each by its id.
        nameless: the ids of those whose line has no name, since the guard took it for a number.
        count: how many there are.
        unread: the lines that are no lines of this release.
    """

    by_subject: dict[str, int] = field(default_factory=dict)
    by_id: dict[str, int] = field(default_factory=dict)
    nameless: set[str] = field(default_factory=set)
    count: int = 0
    unread: int = 0

    def erased(self, moment: int, *subjects: str) -> None:
        for subject in subjects:
            self.by_subject[subject] = max(moment, self.by_subject.get(subject, 0))


def _asked(trail: Lines, tick: Callable[[int], None]) -> _Asked:
    asked = _Asked()
    for line in _lines(trail, tick):
        if line is None:
            asked.unread += 1
        elif line.action in _ERASING and line.facts.get("result") == "marked":
            asked.count += 1
            moment = round(datetime.fromisoformat(line.time).timestamp() * 1000)
            subject, erasure_id = str(line.facts.get("subject")), str(line.facts.get("erasure_id"))
            asked.by_id[erasure_id] = moment
            if subject.startswith("withheld"):
                asked.nameless.add(erasure_id)
            else:
                asked.erased(moment, subject)
    return asked


def _lines(trail: Lines, tick: Callable[[int], None]) -> Iterator[Line | None]:
    """Yields each line, or None for what is none."""
    for day in trail.days():
        for stored in trail.lines(day):
            tick(1)
            try:
                yield unseal(stored.body or b"").line if isinstance(stored, Stored) else None
            except (Newer, NotWhole):
                yield None


def _items(dynamodb: Any, table: str, tick: Callable[[int], None]) -> Iterator[Mapping[str, Any]]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        tick(len(page["Items"]))
        yield from page["Items"]
