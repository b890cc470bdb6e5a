"""Takes deliveries with records that may end their invocation before it can answer.

A record that takes all time or memory, or crashes a library, leaves no answer, and comes back with its neighbours. So
for records that may be one of those (`may_be_deadly` in `sources.py`), invocations that begin are counted in a table,
and forgotten at any orderly end, also after an outage. What stays in the table began and never ended.

Records with one unfinished start shared it with their batch. They are taken one at a time, after the others. A record
with more of them ended an invocation that was its own, so it waits until those are done, and is then taken alone. After
`MOST_STARTS` the record is dead-lettered; an outage of the letters leaves the count as it was. If making its letter ends
the invocation too, the letter of a record of the stream has its position alone, and a message waits until SQS moves it
to the queue of unprocessed ones. If the table can't be reached, work goes on as if it were empty.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord, OutOfTime, PipelineError, Transient
from tokenizer.guard.authentication_data import scrub_text
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.pipeline.in_flight import InFlight
from tokenizer.records import Letter, Outcome, RawRecord
from tokenizer.time_budget import Budget

MOST_STARTS = 5
_FOR_STARTS = 2.0  # seconds of an invocation that are kept for the table of starts
_LEAST = 12.0  # seconds in which one more record may be begun


class Starts(Protocol):
    """Remembers how many invocations for a record began and never ended. It raises nothing."""

    def unfinished(self, ids: Collection[str], budget: Budget) -> Mapping[str, int | PipelineError]:
        """Returns the count of each record that has one, or why it can't be read."""
        ...

    def note(self, starts: Mapping[str, int], budget: Budget) -> Mapping[str, PipelineError]:
        """Sets the counts of records; those of 0 are deleted. Returns why some could not be set."""
        ...


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Tokenizes what Lambda delivers, with an eye on records that may end the invocation."""

    tokenizer: Tokenizer
    starts: Starts

    def tokenize(
        self, records: Sequence[RawRecord], watched: Collection[int], budget: Budget
    ) -> list[Outcome]:
        """Processes a batch; see `Tokenizer.tokenize_batch`.

        Args:
            records: the raw records in the order of their arrival.
            watched: the positions of those that may end the invocation.
            budget: the time that is left.
        """
        ingest_id = self.tokenizer.reader.sanitizer.ingest_id
        ids = {at: ingest_id(records[at]) for at in watched}
        known = self.starts.unfinished(set(ids.values()), _short(budget))
        counts = {at: _count(known.get(ids[at])) for at in watched}
        done: dict[int, Outcome] = {}
        for at, count in counts.items():
            if count == MOST_STARTS or (count > MOST_STARTS and records[at].source.stream is not None):
                if done and budget.remaining() < _LEAST:
                    break
                # Even to remove what no letter may hold is work on the record, so it counts as a start as well.
                self.starts.note({ids[at]: count + 1}, _short(budget))
                done[at] = self._given_up(
                    records[at], ids[at], budget.keeping(_FOR_STARTS), whole=count == MOST_STARTS
                )
                if (after := _after(done[at], count)) is not None:
                    self.starts.note({ids[at]: after}, _short(budget))
        for group in _groups(len(records), counts):
            if done and budget.remaining() < _LEAST:
                break
            begun = {ids[at]: counts[at] + 1 for at in group if at in ids}
            self.starts.note(begun, _short(budget))
            try:
                outcomes = self.tokenizer.tokenize_batch(
                    [records[at] for at in group], budget.keeping(_FOR_STARTS)
                )
            except Exception:
                self.starts.note(dict.fromkeys(begun, 0), _short(budget))
                raise
            self.starts.note(dict.fromkeys(begun, 0), _short(budget))
            done |= dict(zip(group, outcomes, strict=True))
        held_back = OutOfTime("held back: another record of the batch may end the invocation")
        return [done.get(at) or Outcome(each, failure=held_back) for at, each in enumerate(records)]

    def _given_up(self, record: RawRecord, ingest_id: str, budget: Budget, *, whole: bool) -> Outcome:
        """Sends the letter of a record, whole or with its position alone."""
        why = BadRecord(
            ErrorCode.RETRIES_EXHAUSTED, f"{MOST_STARTS} invocations began with this record and never ended"
        )
        letter = Letter(
            why.code,
            why.message,
            record.identity,
            record.source,
            record.attempts,
            scrub_text(record.data)[0] if whole else b"",
            ingest_id,
            position_alone=not whole,
        )
        (failure,) = self.tokenizer.letters.send([letter], budget)
        if failure is not None:
            return Outcome(record, failure=failure)
        refused = InFlight(record, failure=why, letter=why)
        self.tokenizer.announce([refused], budget)
        return Outcome(record, letter=why, unannounced=refused.unannounced)


def _after(given_up: Outcome, before: int) -> int | None:
    """Returns the starts to note of a record whose letter was tried; None if this start is one more without an end.

    An outage is an orderly end. A spent budget is none, because the letter may have taken the time.
    """
    if given_up.letter is not None:
        return 0
    outage = isinstance(given_up.failure, Transient) and not isinstance(given_up.failure, OutOfTime)
    return before if outage else None


def _count(known: int | PipelineError | None) -> int:
    return known if isinstance(known, int) else 0


def _groups(size: int, counts: Mapping[int, int]) -> list[list[int]]:
    """Returns the positions of a batch that are taken now, those together that may be.

    Args:
        size: the number of records in the batch.
        counts: the unfinished starts of the watched ones.
    """
    single = [at for at, count in counts.items() if count == 1]
    several = {at: count for at, count in counts.items() if 1 < count < MOST_STARTS}
    if several and not single:
        return [[min(several, key=several.__getitem__)]]
    others = [at for at in range(size) if not counts.get(at)]
    return [group for group in (others, *([at] for at in single)) if group]


def _short(budget: Budget) -> Budget:
    """Returns the little time that the table may take. At the end of an invocation it is what was kept for it."""
    return budget.keeping(max(0.0, budget.remaining() - _FOR_STARTS))
