"""Walks through a trail by days and chains. It keeps only a day's heads and a few hundred lines in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from ops.audit.chain import ChainCheck, Stored
from ops.audit.findings import Finding, Kind
from tokenizer.audit.lines import Head

TOLD = 1000  # findings that are kept for a day; all are counted


class Trail(Protocol):
    """Reads a trail."""

    def heads(self, day: str) -> Mapping[str, Head]:
        """Returns the present heads of a day by chain."""
        ...

    def head(self, day: str, chain: str) -> Head | None:
        """Returns the present head of one chain, or None."""
        ...

    def lines(self, day: str) -> Iterator[Stored | str]:
        """Yields a day's stored lines in the order of their keys, or only the key if it is not that of a line."""
        ...

    def open_key(self, chain: str, wrapped: bytes) -> bytes | None:
        """Returns a chain's key, or None if it was not made for that chain."""
        ...


@dataclass(slots=True)
class Day:
    """Holds what was found on a day.

    Args:
        day: the day as YYYY-MM-DD.
        chains: the number of chains with a line or a head.
        lines: the number of existing lines.
        unanswered: the number of lines after their chain's head. Their writer ended before it could answer.
        first: time of the first line.
        last: time of the last line.
        locked_days: the shortest lock of a line, in days from when it was written.
        broken: the number of findings.
        findings: the first findings.
    """

    day: str
    chains: int = 0
    lines: int = 0
    unanswered: int = 0
    first: str | None = None
    last: str | None = None
    locked_days: int | None = None
    broken: int = 0
    findings: list[Finding] = field(default_factory=list)

    def note(self, found: Iterable[Finding]) -> None:
        """Counts findings and keeps the first ones."""
        for each in found:
            self.broken += 1
            if len(self.findings) < TOLD:
                self.findings.append(each)

    def saw(self, time: str | None, locked_days: int | None) -> None:
        """Counts a line."""
        self.lines += 1
        if time is not None:
            self.first = min(self.first or time, time)
            self.last = max(self.last or time, time)
        if locked_days is not None:
            known = locked_days if self.locked_days is None else self.locked_days
            self.locked_days = min(known, locked_days)


def check(trail: Trail, days: Iterable[str], tick: Callable[[int], None] = lambda _: None) -> Iterator[Day]:
    """Checks the trail of some days.

    The heads are read before the lines are listed, so that no head names a line that the list may lack.

    Args:
        trail: the trail to check.
        days: the days as YYYY-MM-DD.
        tick: is called with the number of lines that were read.
    """
    for name in days:
        day = Day(name)
        heads = dict(trail.heads(name))
        for chain, stored in groupby(_lines(trail, day, tick), key=lambda each: each.place.chain):
            _check_chain(trail, day, chain, heads.pop(chain, None), stored)
        for chain, head in heads.items():
            _check_chain(trail, day, chain, head, ())
        yield day


def _lines(trail: Trail, day: Day, tick: Callable[[int], None]) -> Iterator[Stored]:
    for each in trail.lines(day.day):
        if isinstance(each, Stored):
            tick(1)
            yield each
        else:
            day.note([Finding(day.day, each, None, Kind.FORGED, "an object that is no line")])


def _check_chain(
    trail: Trail,
    day: Day,
    chain: str,
    head: Head | None,
    stored: Iterable[Stored],
) -> None:
    day.chains += 1
    checked = ChainCheck(day.day, chain, head, trail.open_key)
    for each in stored:
        day.note(checked.take(each))
        day.saw(checked.time, each.locked_days)
    day.note(checked.end(lambda: trail.head(day.day, chain)))
    day.unanswered += checked.unanswered
