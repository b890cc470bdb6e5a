"""Takes a batch through the pipeline. Each record is published, dead-lettered, or returned to be delivered again.

The vault is written first, the bus second, dead letters third. So no event is published before its tokens can be read.
Nothing is remembered between batches, and repeating a batch repeats its effects exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord, OutOfTime, PipelineError
from tokenizer.messages.mode import Mode
from tokenizer.pipeline.ports import Bus, DeadLetters
from tokenizer.pipeline.record_reader import ParsedRecord, RecordReader
from tokenizer.pipeline.sanitize import Draft
from tokenizer.pipeline.vault_stage import Drafts, Failures, VaultStage, failed
from tokenizer.records import Outcome, RawRecord
from tokenizer.time_budget import Budget

_FOR_LETTERS = 5.0  # seconds of an invocation that are kept for dead letters


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Tokenizes batches of raw records."""

    reader: RecordReader
    vault_stage: VaultStage
    bus: Bus
    letters: DeadLetters

    def tokenize_batch(
        self, records: Sequence[RawRecord], budget: Budget, mode: Mode = Mode.DELIVERED
    ) -> list[Outcome]:
        """Processes a batch.

        Args:
            records: the raw records in the order of their arrival.
            budget: the time that is left.
            mode: how the records came, which decides whether events are published and whether letters are sent.

        Returns:
            One outcome for each record, in the same order.
        """
        early = budget.keeping(_FOR_LETTERS)
        # A record that is read must be written and published in the same invocation. Otherwise a slow batch would never
        # finish.
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
        if mode.publishes and events:
            failures |= failed(events, self.bus.publish(list(events.values()), early))
        letters = {
            at: bad
            for at, failure in failures.items()
            if parsed[at].kept is not None and (bad := _final(records[at], failure))
        }
        unsent = self._dead_letter(parsed, letters, budget) if mode.sends_letters else {}
        return [
            Outcome(record, letter=letters[at])
            if at in letters and at not in unsent
            else Outcome(
                record, None, unsent.get(at, failures.get(at)), _guard_hits(parsed[at]), events.get(at)
            )
            for at, record in enumerate(records)
        ]

    def _oversize(self, drafts: Drafts) -> Failures:
        # This is known before anything is written, because a resolved token is as long as the one it replaces.
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
    """Returns why a failed record is dead-lettered now, or None if it is delivered again."""
    if isinstance(failure, BadRecord):
        return failure
    if record.last_attempt:
        return BadRecord(
            ErrorCode.RETRIES_EXHAUSTED, f"delivery {record.attempts}, the last, failed: {failure}"
        )
    return None
