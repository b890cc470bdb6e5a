"""The use case: a batch of raw records, each published, dead-lettered, or reported to be delivered again.

Order of effects: vault first, bus second, dead letters third; so no event is out whose tokens can't be read.
Nothing here remembers anything between batches, and repeating a batch repeats its effects exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord, OutOfTime, PipelineError
from tokenizer.pipeline.ports import Bus, DeadLetters
from tokenizer.pipeline.record_reader import ParsedRecord, RecordReader
from tokenizer.pipeline.sanitize import Draft
from tokenizer.pipeline.vault_stage import Drafts, Failures, VaultStage, failed
from tokenizer.records import Outcome, RawRecord
from tokenizer.time_budget import Budget

_FOR_LETTERS = 5.0  # seconds of an invocation that are left for dead letters


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Tokenizes batches of raw records."""

    reader: RecordReader
    vault_stage: VaultStage
    bus: Bus
    letters: DeadLetters

    def run(
        self, records: Sequence[RawRecord], budget: Budget, *, replayed: bool = False, publish: bool = True
    ) -> list[Outcome]:
        """Take a batch through, whatever is in it.

        Args:
            records: in the order of their arrival.
            budget: the time that is left.
            replayed: the records come from dead letters; those that fail again keep theirs, and no new one is sent.
            publish: put the events on the bus; without it they are only answered.

        Returns:
            One outcome a record, in the same order.
        """
        early = budget.keeping(_FOR_LETTERS)
        # What is read must be written and published in the same invocation, or a slow batch would never get anywhere.
        reading = early.keeping(early.remaining() / 2)
        parsed = [
            ParsedRecord(record, OutOfTime("not read: no time left"), None)
            if reading.spent
            else self.reader.read(record)
            for record in records
        ]
        failures: Failures = {
            at: each.verdict for at, each in enumerate(parsed) if isinstance(each.verdict, PipelineError)
        }
        drafts = {at: each.verdict for at, each in enumerate(parsed) if isinstance(each.verdict, Draft)}
        failures |= self._oversize(drafts)
        events, unwritten = self.vault_stage.write(
            {at: draft for at, draft in drafts.items() if at not in failures}, early
        )
        failures |= unwritten
        if publish and events:
            failures |= failed(events, self.bus.publish(list(events.values()), early))
        letters = {
            at: bad
            for at, failure in failures.items()
            if parsed[at].kept is not None and (bad := _final(records[at], failure))
        }
        unsent = {} if replayed else self._dead_letter(parsed, letters, budget)
        return [
            Outcome(record, letter=letters[at])
            if at in letters and at not in unsent
            else Outcome(
                record, None, unsent.get(at, failures.get(at)), _guard_hits(parsed[at]), events.get(at)
            )
            for at, record in enumerate(records)
        ]

    def _oversize(self, drafts: Drafts) -> Failures:
        # Known before anything is written: a resolved token is as long as the one it replaces.
        checked = {at: self.bus.oversize(draft.sanitized) for at, draft in drafts.items()}
        return {at: BadRecord(ErrorCode.TOO_LARGE, why) for at, why in checked.items() if why is not None}

    def _dead_letter(
        self, parsed: Sequence[ParsedRecord], bad: Mapping[int, BadRecord], budget: Budget
    ) -> Failures:
        ingest_id = self.reader.sanitizer.ingest_id
        letters = {at: parsed[at].letter(why, ingest_id(parsed[at].record)) for at, why in bad.items()}
        return failed(letters, self.letters.send(list(letters.values()), budget) if letters else [])


def _guard_hits(parsed: ParsedRecord) -> tuple[str, ...]:
    return parsed.verdict.guard_hits if isinstance(parsed.verdict, Draft) else ()


def _final(record: RawRecord, failure: PipelineError) -> BadRecord | None:
    """Why a failed record is dead-lettered now, None if it is delivered again."""
    if isinstance(failure, BadRecord):
        return failure
    if record.last_attempt:
        return BadRecord(
            ErrorCode.RETRIES_EXHAUSTED, f"delivery {record.attempts}, the last, failed: {failure}"
        )
    return None
