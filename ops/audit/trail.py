"""Walks a trail day by day and chain by chain. What is in memory is a day's heads and a few hundred lines."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from ops.audit.chain import ChainCheck, Stored
from ops.audit.findings import Finding, Kind
from tokenizer.audit.lines import Head

TOLD = 1000  # findings kept for a day; all are counted


class Trail(Protocol):
    """A trail that can be read."""

    def heads(self, day: str) -> Mapping[str, Head]:
        """By chain, as they are now."""
        ...

    def head(self, day: str, chain: str) -> Head | None:
        """One chain's, as it is now."""
        ...

    def lines(self, day: str) -> Iterator[Stored | str]:
        """What lies there, in the order of the keys; the key alone where no line can lie."""
        ...

    def open_key(self, chain: str, wrapped: bytes) -> bytes | None:
        """A chain's key, None if it was not made for that chain."""
        ...


@dataclass(slots=True)
class Day:
    """What was found on a day.

    Args:
        day: as YYYY-MM-DD.
        chains: with a line or a head.
        lines: that are there.
        unanswered: lines beyond their head: their writer ended before it could answer.
        first: time of the first line.
        last: time of the last line.
        locked_days: the shortest lock of a line, in days from when it was put.
        broken: findings in all.
        findings: the first of them.
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
        """Count findings, and keep the first of them."""
        for each in found:
            self.broken += 1
            if len(self.findings) < TOLD:
                self.findings.append(each)

    def saw(self, time: str | None, locked_days: int | None) -> None:
        """Take note of a line."""
        self.lines += 1
        if time is not None:
            self.first = min(self.first or time, time)
            self.last = max(self.last or time, time)
        if locked_days is not None:
            self.locked_days = min(self.locked_days or locked_days, locked_days)


def check(trail: Trail, days: Iterable[str], tick: Callable[[int], None] = lambda _: None) -> Iterator[Day]:
    """Check days.

    The heads are read before the lines are listed: a head names nothing that a later list may lack.

    Args:
        trail: to check.
        days: as YYYY-MM-DD.
        tick: told of each line.
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
