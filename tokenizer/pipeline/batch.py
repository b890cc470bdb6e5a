"""Takes a batch through the pipeline. Each record is published, dead-lettered, or returned to be delivered again.

The stages stand in their order in `Tokenizer.tokenize_batch`. What a stage computes from one record runs under that
record's guard (`InFlight.run`), so an error there fails that record alone. What a stage asks of AWS it asks for all
records that are still on their way, and each failure goes to the record that it belongs to.

The vault is written first, the bus second, dead letters third, and the events that tell of them last. So no event is published before its tokens can be read.
Nothing is remembered between batches, and repeating a batch repeats its effects exactly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.dead_letter import ErrorCode
from tokenizer.errors import BadRecord, OutOfTime, PipelineError, Unforeseen
from tokenizer.messages.mode import Mode
from tokenizer.pipeline.in_flight import InFlight, Stage, drafts
from tokenizer.pipeline.ports import Bus, DeadLetters
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.pipeline.refusals import refusal_of
from tokenizer.pipeline.sanitize import Draft
from tokenizer.pipeline.vault_stage import VaultStage
from tokenizer.records import Outcome, RawRecord, SanitizedRecord
from tokenizer.time_budget import Budget

_FOR_LETTERS = 5.0  # seconds of an invocation that are kept for dead letters
_FOR_REFUSALS = (
    1.0  # seconds of an invocation that events of letters may take; an outage of the bus costs no more
)


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Tokenizes batches of raw records.

    Args:
        announces: True if each dead letter is followed by an event on the bus.
    """

    reader: RecordReader
    vault_stage: VaultStage
    bus: Bus
    letters: DeadLetters
    announces: bool = False

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
        batch = self._read(records, early)
        self.vault_stage.write(batch, early)
        if mode.publishes:
            self._publish(batch, early)
        self._dead_letter(batch, budget, sends=mode.sends_letters)
        return [record.outcome() for record in batch]

    def _read(self, records: Sequence[RawRecord], budget: Budget) -> list[InFlight]:
        # A record that is read must be written and published in the same invocation. Otherwise a slow batch would never
        # finish.
        reading = budget.keeping(budget.remaining() / 2)
        late = OutOfTime("not read: no time left")
        batch = [InFlight(raw, failure=late) if reading.spent else self.reader.read(raw) for raw in records]
        for record, draft in drafts(batch):
            record.run(Stage.SANITIZING, self._check_size, draft)
        return batch

    def _check_size(self, draft: Draft) -> None:
        """Refuses an event that is too large for the bus, before anything of it is written."""
        why = self.bus.oversize(draft.event_type, draft.most_bytes)
        if why is not None:
            raise BadRecord(ErrorCode.TOO_LARGE, why)

    def _publish(self, batch: Sequence[InFlight], budget: Budget) -> None:
        ready = [(record, record.event) for record in batch if record.event is not None]
        results = self.bus.publish([event for _, event in ready], budget) if ready else ()
        for (record, _), failure in zip(ready, results, strict=True):
            record.fail(Stage.PUBLISHING, failure)

    def _dead_letter(self, batch: Sequence[InFlight], budget: Budget, *, sends: bool) -> None:
        """Sends the letters of the records that are at fault. A record whose letter is not taken is delivered again."""
        failed = [record for record in batch if record.failure is not None]
        for record in failed:
            record.letter = record.final()
        if sends and failed:
            self._send([record for record in failed if record.letter is not None], budget)
            # What can't be sealed, or is refused as a message, must not hold up a shard. The stream still has its bytes.
            self._send([record for record in failed if record.drop_bytes()], budget)
            self.announce(
                [record for record in failed if record.letter is not None and record.unsent is None], budget
            )

    def announce(self, records: Sequence[InFlight], budget: Budget) -> None:
        """Publishes an event for each record whose letter was sent. Whatever fails here changes nothing for a record."""
        if not (self.announces and records):
            return
        short = budget.keeping(max(0.0, budget.remaining() - _FOR_REFUSALS))
        results: Sequence[PipelineError | None]
        try:
            results = self.bus.publish(list(map(self._refusal, records)), short)
        except Exception as error:  # noqa: BLE001 -- the letters are sent; to deliver their records again would repeat them
            results = [Unforeseen(f"announcing letters: {type(error).__name__}")] * len(records)
        for record, failure in zip(records, results, strict=True):
            record.unannounced = failure

    def _refusal(self, record: InFlight) -> SanitizedRecord:
        sanitizer = self.reader.sanitizer
        rules = None if record.plan is None else sanitizer.rules(record.plan)
        return refusal_of(record, sanitizer.ingest_id(record.raw), rules)

    def _send(self, records: Sequence[InFlight], budget: Budget) -> None:
        ingest_id = self.reader.sanitizer.ingest_id
        letters = [record.to_letter(ingest_id(record.raw)) for record in records]
        for record, failure in zip(
            records, self.letters.send(letters, budget) if letters else (), strict=True
        ):
            record.unsent = failure
