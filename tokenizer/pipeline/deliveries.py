"""Takes Lambda's deliveries, and finds the records that end their invocation before it can answer.

A record that takes all time or memory, or crashes a library, leaves no answer, and comes back with its neighbours. So
for records that may be one of those, invocations that begin are counted in a table, and forgotten at any orderly end,
also after an outage. What stays in the table began and never ended. Nothing is counted for other records: they are
neither a message that SQS delivers again, nor alone in a batch of the stream and older than the function's timeout.

Records with one unfinished start shared it with their batch. They are taken one at a time, after the others. A record
with more of them ended an invocation that was its own, so it waits until those are done, and is then taken alone. After
`MOST_STARTS` the record is dead-lettered. If the table can't be reached, work goes on as if it were empty.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord, OutOfTime
from tokenizer.guard.authentication_data import scrub_text
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.records import Letter, Outcome, RawRecord
from tokenizer.time_budget import Budget

MOST_STARTS = 5
_FOR_STARTS = 2.0  # seconds of an invocation that are kept for the table of starts
_LEAST = 12.0  # seconds in which one more record may be begun


class Starts(Protocol):
    """Remembers how many invocations for a record began and never ended. It raises nothing."""

    def unfinished(self, ids: Collection[str], budget: Budget) -> Mapping[str, int]:
        """Returns the counts that are there. A record without any, or whose count can't be read, is left out."""
        ...

    def note(self, starts: Mapping[str, int], budget: Budget) -> None:
        """Sets the counts of records; those of 0 are deleted."""
        ...


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Tokenizes what Lambda delivers."""

    tokenizer: Tokenizer
    starts: Starts

    def from_queue(self, records: Sequence[RawRecord], budget: Budget) -> list[Outcome]:
        """Processes a batch of messages; see `Tokenizer.tokenize_batch`."""
        return self._run(records, [at for at, each in enumerate(records) if each.attempts > 1], budget)

    def from_stream(
        self, records: Sequence[RawRecord], budget: Budget, now: datetime, timeout: float
    ) -> list[Outcome]:
        """Processes a batch of the stream; see `Tokenizer.tokenize_batch`.

        Lambda cuts a batch whose invocation ended without an answer, until one record of Kinesis is left.

        Args:
            records: the raw records; several may be user records of one record of Kinesis.
            budget: the time that is left.
            now: the time of the invocation.
            timeout: the seconds after which Lambda ends the function.
        """
        alone = len({each.item_id for each in records}) == 1
        old = alone and (now - records[0].arrived_at).total_seconds() > timeout
        return self._run(records, range(len(records)) if old else (), budget)

    def _run(self, records: Sequence[RawRecord], watched: Collection[int], budget: Budget) -> list[Outcome]:
        if not watched:
            return self.tokenizer.tokenize_batch(records, budget)
        ingest_id = self.tokenizer.reader.sanitizer.ingest_id
        ids = {at: ingest_id(records[at]) for at in watched}
        known = self.starts.unfinished(set(ids.values()), _short(budget))
        counts = {at: known.get(ids[at], 0) for at in watched}
        done: dict[int, Outcome] = {}
        for at, count in counts.items():
            if count == MOST_STARTS:
                # Even to remove what no letter may hold is work on the record, so it counts as a start as well.
                self.starts.note({ids[at]: count + 1}, _short(budget))
                done[at] = self._given_up(records[at], ids[at], budget)
                if done[at].letter is not None:
                    self.starts.note({ids[at]: 0}, _short(budget))
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

    def _given_up(self, record: RawRecord, ingest_id: str, budget: Budget) -> Outcome:
        why = BadRecord(
            ErrorCode.RETRIES_EXHAUSTED, f"{MOST_STARTS} invocations began with this record and never ended"
        )
        letter = Letter(
            why.code,
            why.message,
            record.identity,
            record.source,
            record.attempts,
            scrub_text(record.data)[0],
            ingest_id,
        )
        (failure,) = self.tokenizer.letters.send([letter], budget)
        return Outcome(record, letter=why) if failure is None else Outcome(record, failure=failure)


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
