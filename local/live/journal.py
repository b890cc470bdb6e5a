"""Remembers the orders that the page sent, their events, and the letters on the queue. Knows no AWS.

Bounded: the oldest orders are forgotten, the figures are not.
"""

import json
from dataclasses import dataclass, field
from threading import Condition
from typing import Any

from replay.letters import Letter

_KEPT = 40
_SHOWN_BYTES = 20_000  # of a raw record; one kind of poison has hundreds of thousands
WAITING, PUBLISHED, LETTER = "waiting", "published", "dead letter"

Patch = list[dict[str, Any]]


@dataclass
class Sent:
    """Holds a record that the page sent.

    Args:
        kind: `order`, or what is wrong with it.
        place: its sequence number or message id.
        fix: the JSON Patch that makes an order of it, None where there is none.
    """

    number: int
    kind: str
    source: str
    place: str
    data: bytes = field(repr=False)
    fix: Patch | None = field(default=None, repr=False)
    state: str = WAITING
    event: dict[str, Any] | None = field(default=None, repr=False)

    @property
    def event_id(self) -> str | None:
        """Returns the order as the producer gave it; None if the record can't be read."""
        try:
            found = json.loads(self.data)
        except ValueError:
            return None
        return str(found.get("event_id")) if isinstance(found, dict) else None

    def to_dict(self) -> dict[str, Any]:
        """Returns one line of the list."""
        return {"number": self.number, "kind": self.kind, "source": self.source, "state": self.state}


class Journal:
    """Holds everything on the page but the switches; each change wakes those who wait for one."""

    def __init__(self) -> None:
        self.changes = Condition()
        self.version = 1
        self._sent: dict[int, Sent] = {}
        self._figures = dict.fromkeys(("sent", "published", "lettered", "replayed", "elsewhere"), 0)
        self._letters: dict[str, Letter] = {}
        self._seen: set[str] = set()
        self._results: dict[str, str] = {}
        self.trouble: str | None = None

    def changed(self) -> None:
        """Notes that something is to be shown."""
        with self.changes:
            self.version += 1
            self.changes.notify_all()

    def sent(self, kind: str, source: str, place: str, data: bytes, fix: Patch | None = None) -> int:
        """Notes that a record was sent; returns its number."""
        with self.changes:
            number = self._figures["sent"] = self._figures["sent"] + 1
            self._sent[number] = Sent(number, kind, source, place, data, fix)
            self._sent.pop(number - _KEPT, None)
            self.changed()
        return number

    def received(self, body: str) -> None:
        """Notes an event; one that another producer's order became is counted, and not shown."""
        event = json.loads(body)
        with self.changes:
            sent = next(
                (
                    each
                    for each in self._sent.values()
                    if each.event_id == event["detail"]["metadata"]["event_id"]
                ),
                None,
            )
            if sent is None:
                self._figures["elsewhere"] += 1
            elif sent.state != PUBLISHED:
                self._figures["published"] += 1
                sent.state, sent.event = PUBLISHED, event
            self.changed()

    def letters(self, found: list[Letter]) -> None:
        """Notes which letters are on the queue."""
        with self.changes:
            self._letters = {each.letter_id: each for each in found}
            self._figures["lettered"] += len(self._letters.keys() - self._seen)
            self._seen |= self._letters.keys()
            for letter in found:
                sent = self._by_place(letter.place)
                if sent and sent.state == WAITING:
                    sent.state = LETTER
            self.changed()

    def replayed(self, letter_id: str, result: str, *, gone: bool) -> None:
        """Notes what became of a letter that was replayed."""
        with self.changes:
            self._results[letter_id] = result
            if gone:
                self._letters.pop(letter_id, None)
                self._figures["replayed"] += 1
            self.changed()

    def told_of(self, trouble: str | None) -> None:
        """Notes that the stack can't be watched, or can again."""
        if trouble != self.trouble:
            self.trouble = trouble
            self.changed()

    @property
    def letter_count(self) -> int:
        """Returns how many letters are shown."""
        return len(self._letters)

    def fix_of(self, letter: Letter) -> Patch | None:
        """Returns the patch for a letter's record, where the page knows one."""
        sent = self._by_place(letter.place)
        return sent.fix if sent else None

    def order(self, number: int) -> dict[str, Any] | None:
        """Returns one record and its event, None if it is forgotten."""
        sent = self._sent.get(number)
        if sent is None:
            return None
        raw = sent.data[:_SHOWN_BYTES].decode(errors="backslashreplace")
        left = len(sent.data) - _SHOWN_BYTES
        return {**sent.to_dict(), "raw": raw, "left": max(0, left), "event": sent.event}

    def to_dict(self) -> dict[str, Any]:
        """Returns all that is shown but the orders themselves."""
        with self.changes:
            orders = [each.to_dict() for each in reversed(self._sent.values())]
            letters = [self._letter(each) for each in self._letters.values()]
            waiting = sum(each["state"] == WAITING for each in orders)
            figures = {**self._figures, "waiting": waiting}
            return {"version": self.version, "figures": figures, "orders": orders, "letters": letters, "trouble": self.trouble}  # fmt: skip

    def _letter(self, letter: Letter) -> dict[str, Any]:
        sent = self._by_place(letter.place)
        shown = {key: letter.to_dict()[key] for key in ("id", "code", "source", "attempts", "message")}
        order, fix = (sent.number, sent.fix) if sent else (None, None)
        return {**shown, "order": order, "fix": fix, "result": self._results.get(letter.letter_id)}

    def _by_place(self, place: str) -> Sent | None:
        return next((each for each in self._sent.values() if each.place == place), None)
