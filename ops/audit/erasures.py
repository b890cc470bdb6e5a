"""Compares the erasures in the audit trail with the marks and the vault, for a check after tables were restored.

A mark is what erases. If the table of marks comes back from a time before an erasure, everything erased since then can be
revealed again, and no table says so. The audit trail does: its lines can't be deleted, and an erasure has one before it
begins.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ops.audit.chain import Stored
from tokenizer.audit.lines import Line, Newer, NotWhole, unseal


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
    """Holds what a check found. Customers are known by the vault's names for them.

    Args:
        erasures: the erasures in the audit trail.
        unmarked: the customers who were erased and have no mark as late as that, in order.
        readable: the vault records of theirs that answer again though they were erased.
        stored: the vault records of marked customers that are stored again; nobody can read them.
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
    erased: dict[str, int] = {}
    by_certificate: dict[str, int] = {}
    erasures = unread = 0
    for line in _lines(trail, tick):
        if line is None:
            unread += 1
        elif line.action == "erase" and line.facts.get("result") == "marked":
            erasures += 1
            moment = round(datetime.fromisoformat(line.time).timestamp() * 1000)
            subject = str(line.facts.get("subject"))
            # The guard may have taken a name for a number, and withheld it; its certificate has it then.
            known = by_certificate if subject.startswith("withheld") else erased
            name = str(line.facts.get("erasure_id")) if known is by_certificate else subject
            known[name] = max(moment, known.get(name, 0))
    marks: dict[str, int] = {}
    for item in _items(dynamodb, marks_table, tick):
        name = item["id"]["S"]
        if "until" in item:
            marks[name] = int(item["until"]["N"])
        elif name in by_certificate:
            erased[item["subject"]["S"]] = by_certificate.pop(name)
    unmarked = {each for each, moment in erased.items() if marks.get(each, 0) < moment}
    found = Returned(erasures, sorted([*unmarked, *by_certificate]), unread=unread)
    for item in _items(dynamodb, vault_table, tick):
        subject = item.get("owner", {"S": ""})["S"].partition(".")[0]
        arrived = int(item.get("arrived", {"S": "0"})["S"])
        if subject in unmarked and marks.get(subject, 0) < arrived <= erased[subject]:
            found.readable += 1
        elif subject and arrived <= marks.get(subject, 0):
            found.stored += 1
    return found


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
