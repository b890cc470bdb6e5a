"""Checks one chain of the audit trail. Lines come in order, one at a time; only the hash of the last one is kept."""

import base64
import binascii
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ops.audit.findings import Finding, Kind
from tokenizer.audit.lines import Head, Newer, NotWhole, Place, Sealed, unseal

OpenKey = Callable[[str, bytes], bytes | None]


@dataclass(frozen=True, slots=True)
class Stored:
    """Describes what is stored at one place.

    Args:
        place: the place that the object's key encodes.
        body: the oldest version; None if no version is left, or if it is too large for a line.
        versions: the number of versions.
        hidden: True if a delete marker covers them.
        locked_days: the days for which the oldest version was locked in compliance mode; None if it was not.
    """

    place: Place
    body: bytes | None
    versions: int
    hidden: bool
    locked_days: int | None


class ChainCheck:
    """Checks one chain.

    Args:
        day: the day of the chain.
        chain: the chain's id.
        head: the chain's head as it was before the lines were listed. All lines up to it must exist.
        open_key: returns the chain's key from its wrapped form, or None if it was not made for that chain.
    """

    def __init__(self, day: str, chain: str, head: Head | None, open_key: OpenKey) -> None:
        self._day = day
        self._chain = chain
        self._head = head
        self._open_key = open_key
        self._key: bytes | None = None
        self._previous: str | None = None  # hash of the line before
        self._linked = True  # True if that hash is known
        self.last = 0
        self.unanswered = False  # True if no answer was given after the last line
        self.time: str | None = None  # of the last line that could be read

    def take(self, stored: Stored) -> Iterator[Finding]:
        """Checks the next line; yields what is wrong."""
        sequence = stored.place.sequence
        if sequence > self.last + 1:
            missing = _span(self.last + 1, sequence - 1)
            yield self._finding(self.last + 1, Kind.GAP, f"{missing} missing")
            self._linked = False
        self.last = sequence
        yield from self._around(stored)
        if stored.body is None:
            if not stored.hidden:
                yield self._finding(sequence, Kind.FORGED, "too large for a line")
            self._linked = False
            return
        try:
            sealed = unseal(stored.body)
        except Newer:
            yield self._finding(sequence, Kind.NEWER, "a later release wrote it; check with that release")
            self._linked = False
            return
        except NotWhole:
            yield self._finding(sequence, Kind.EDITED, "its content is not what its hash says")
            self._linked = False
            return
        self.time = sealed.line.time
        fault = self._fault(stored.place, sealed)
        if fault is not None:
            yield self._finding(sequence, *fault)
        self._linked = fault is None
        self._previous = sealed.hash

    def end(self, head_now: Callable[[], Head | None]) -> Iterator[Finding]:
        """Finishes the check after the last line; yields what is wrong.

        Args:
            head_now: reads the head again, because a writer may have continued while the lines were listed.
        """
        known = self._head.sequence if self._head else 0
        if self.last == 0:
            yield self._finding(None, Kind.MISSING_CHAIN, f"{_span(1, known)} missing: all of it")
        elif self.last < known:
            missing = _span(self.last + 1, known)
            yield self._finding(self.last + 1, Kind.MISSING_END, f"{missing} missing")
        elif self.last > known:
            now = head_now()
            reached = now.sequence if now else 0
            self.unanswered = reached == self.last - 1
            if reached < self.last - 1:
                state = f"it names line {reached} of {self.last}" if now else "it is missing"
                yield self._finding(None, Kind.HEAD, f"{state}; a writer never goes on without it")

    def _fault(self, place: Place, sealed: Sealed) -> tuple[Kind, str] | None:
        """Returns the first fault of a line whose content fits its hash, or None."""
        line = sealed.line
        if line.place != place:
            stands = f"it is line {line.place.sequence} of chain {line.place.chain} on {line.place.day}"
            return Kind.MISPLACED, stands
        if place.sequence == 1:
            self._key = self._opened(line.key)
            if self._key is None:
                return Kind.FORGED, "its key was not made for this chain under the stack's audit key"
        if self._key is not None and not sealed.made_with(self._key):
            return Kind.FORGED, "written without the chain's key"
        if self._linked and line.previous != self._previous:
            return Kind.FORGED, "it does not follow the line before"
        if self._head and place.sequence == self._head.sequence and sealed.hash != self._head.hash:
            return Kind.HEAD, "it names another line in this place"
        return None

    def _opened(self, wrapped: str | None) -> bytes | None:
        try:
            return self._open_key(self._chain, base64.b64decode(wrapped or "", validate=True))
        except binascii.Error:
            return None

    def _around(self, stored: Stored) -> Iterator[Finding]:
        sequence = stored.place.sequence
        if stored.hidden:
            left = "the line is still there" if stored.body is not None else "no version is left"
            yield self._finding(sequence, Kind.HIDDEN, f"a delete marker lies over it; {left}")
        if stored.versions > 1:
            text = f"{stored.versions} versions; the oldest is taken for the line"
            yield self._finding(sequence, Kind.VERSIONS, text)
        if stored.body is not None and stored.locked_days is None:
            yield self._finding(sequence, Kind.UNLOCKED, "it can be deleted")

    def _finding(self, sequence: int | None, kind: Kind, what: str) -> Finding:
        return Finding(self._day, self._chain, sequence, kind, what)


def _span(first: int, last: int) -> str:
    return f"line {first} is" if first == last else f"lines {first} to {last} are"
