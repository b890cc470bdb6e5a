"""Replays letters: several requests at once, within a given rate.

A letter is deleted only after its events were published. One that stands for many records is also deleted if those that
failed have letters of their own.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from ops.console import counted
from ops.entry import typed
from ops.errors import CommandError
from replay.filters import Filter
from replay.function import ReplayFunction
from replay.letters import Letter, LetterQueue

LETTERS = 25
REQUEST_BYTES = 4_000_000  # Lambda accepts 6 MB in a request
PUBLISHED = "published"
SKIPPED = "skipped"
# A letter that stands for many records: a portion of them is done, or all are, and the bad ones have letters of their own.
PARTLY, SPLIT = "partly", "split"
_WORST_FIRST = ("failed", SPLIT, PUBLISHED)


@dataclass
class Report:
    """Holds the results of a run.

    Args:
        held: the number of selected messages that somebody else holds, so that their result is not known yet.
    """

    statuses: Counter[str] = field(default_factory=Counter)
    results: list[dict[str, Any]] = field(default_factory=list)
    stopped: str | None = None
    held: int = 0

    @property
    def all_replayed(self) -> bool:
        """Returns True if no selected letter is left."""
        return self.stopped is None and not self.held and not set(self.statuses) - {PUBLISHED, SKIPPED}


@dataclass(frozen=True, slots=True)
class Pace:
    """Says how fast a run goes.

    Args:
        rate: records a second; 0 for no limit.
        concurrency: the number of requests at once.
        stop_after: the number of failures in a row after which the run ends.
    """

    rate: float
    concurrency: int
    stop_after: int


class Runner:
    """Drives one run. `run` may be called several times; `give_back` ends the hold on the letters that are left."""

    def __init__(
        self, queue: LetterQueue, function: ReplayFunction, pace: Pace, tick: Callable[[int], None]
    ) -> None:
        self._queue = queue
        self._function = function
        self._pace = pace
        self._tick = tick
        self._in_a_row = 0
        self._next_start = time.monotonic()
        self.report = Report()
        self._left: list[str] = []
        self._unsettled: dict[str, None] = {}  # receipts of letters that were taken and have no result yet

    def run(self, letters: Iterator[Letter], wanted: Filter) -> Report:
        """Replays letters.

        Args:
            letters: taken from the queue only as they are needed, so that few are held if the run is killed.
            wanted: the filter. The function skips records of other event types, because it can read them.
        """
        running: dict[Future[list[dict[str, Any]]], Sequence[Letter]] = {}
        pool = ThreadPoolExecutor(self._pace.concurrency)
        try:
            for batch in _batches(self._noted(letters)):
                self._keep_pace(sum(letter.records for letter in batch))
                running[pool.submit(self._replay, batch, wanted)] = batch
                while len(running) >= self._pace.concurrency:
                    self._settle(running)
                if self.report.stopped:
                    break
            while running:
                self._settle(running)
        except KeyboardInterrupt:
            # What is on its way gets a result, unless somebody interrupts again.
            while running:
                self._settle(running)
            raise
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return self.report

    def give_back(self) -> None:
        """Ends the hold on the letters that are left, and on those that have no result."""
        self._queue.give_back_unread()
        self._queue.give_back([*self._left, *self._unsettled])
        self._left.clear()
        self._unsettled.clear()

    def _noted(self, letters: Iterator[Letter]) -> Iterator[Letter]:
        for letter in letters:
            self._unsettled[letter.receipt] = None
            yield letter

    def _replay(self, batch: Sequence[Letter], wanted: Filter) -> list[dict[str, Any]]:
        answer = self._function.ask(
            "replay",
            letters=[letter.body for letter in batch],
            ids=[letter.letter_id for letter in batch],
            event_types=list(wanted.event_types),
        )
        return [
            self._finished(letter, result) for letter, result in zip(batch, answer["results"], strict=True)
        ]

    def _finished(self, letter: Letter, result: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._finish(letter, result)
        except CommandError as error:
            return {"status": "unavailable", "message": str(error)}

    def _finish(self, letter: Letter, result: dict[str, Any]) -> dict[str, Any]:
        """Replays what is left of a letter that stands for many records, a portion with each request.

        Returns:
            The worst result of all portions, with the number of records and of letters that the bad ones became.
        """
        portions: list[dict[str, Any]] = []
        while result["status"] == PARTLY:
            portions.append(result)
            self._queue.hold_on([letter.receipt])
            if self._pace.rate:
                time.sleep(result["records"] / self._pace.rate)
            (result,) = self._function.ask(
                "replay", letters=[letter.body], ids=[letter.letter_id], first=result["next"]
            )["results"]
            if result.get("next", portions[-1]["next"] + 1) <= portions[-1]["next"]:
                raise CommandError("the replay function makes no progress", f"`{typed()}` tries again")
        if not portions or result["status"] not in _WORST_FIRST:
            return result
        every = [*portions, result]
        statuses = {each.get("so_far", each["status"]) for each in every}
        return {
            **result,
            "status": next(status for status in _WORST_FIRST if status in statuses),
            "records": sum(each.get("records", 0) for each in every),
            "letters": sum(each.get("letters", 0) for each in every),
        }

    def _settle(self, running: dict[Future[list[dict[str, Any]]], Sequence[Letter]]) -> None:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            batch = running.pop(future)
            try:
                results = future.result()
            except CommandError as error:
                results = [{"status": "unavailable", "message": str(error)} for _ in batch]
            self._settled(batch, results)

    def _settled(self, batch: Sequence[Letter], results: Sequence[dict[str, Any]]) -> None:
        pairs = list(zip(batch, results, strict=True))
        done = {PUBLISHED, SPLIT}
        self._queue.delete([letter.receipt for letter, result in pairs if result["status"] in done])
        self._queue.give_back([letter.receipt for letter, result in pairs if result["status"] == SKIPPED])
        for letter, result in pairs:
            self._unsettled.pop(letter.receipt, None)
            self.report.statuses[result["status"]] += 1
            self.report.results.append({"id": letter.letter_id, **result})
            if result["status"] in {*done, SKIPPED}:
                self._in_a_row = 0
            else:
                self._in_a_row += 1
                self._left.append(letter.receipt)
            self._tick(1)
        if self._in_a_row >= self._pace.stop_after:
            self.report.stopped = f"{counted(self._in_a_row, 'failure')} in a row"

    def _keep_pace(self, records: int) -> None:
        if not self._pace.rate:
            return
        pause = self._next_start - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        self._next_start = max(self._next_start, time.monotonic()) + records / self._pace.rate


def _batches(letters: Iterator[Letter]) -> Iterator[list[Letter]]:
    batch: list[Letter] = []
    size = 0
    for letter in letters:
        own = len(
            json.dumps(letter.body)
        )  # bytes in the request: quotes and other alphabets take more than one
        if batch and (len(batch) == LETTERS or size + own > REQUEST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(letter)
        size += own
    if batch:
        yield batch
