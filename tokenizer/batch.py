"""The use case: a batch of raw records, each published, dead-lettered, or reported to be delivered again.

Order of effects: vault first, bus second, dead letters third; so no event is out whose tokens can't be read.
Nothing here remembers anything between batches, and repeating a batch repeats its effects exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from schemas.dead_letter import ErrorCode
from tokenizer.aliases import claim_aliases
from tokenizer.budget import Budget
from tokenizer.errors import BadRecord, OutOfTime, PipelineError
from tokenizer.intake import Intake, Judged
from tokenizer.ports import Aliases, BlindIndex, Bus, DeadLetters, Tokens, Vault
from tokenizer.records import IndexEntry, Outcome, RawRecord, SanitizedRecord, VaultRecord
from tokenizer.sanitize import ConsistentUse, Draft
from tokenizer.settle import aliased, first_seen, settled, unsettled

_SECONDS_PER_DAY = 86_400
_FOR_LETTERS = 5.0  # seconds of an invocation that are left for dead letters

Key = TypeVar("Key")

# Records are known by their position in the batch: a batch may hold the same record twice.
Drafts = Mapping[int, Draft]
Failures = dict[int, PipelineError]


@dataclass(frozen=True, slots=True)
class Tokenizer:
    """Tokenizes batches of raw records.

    Args:
        retention_days: how long the vault keeps a record's values, counted from its arrival; 0 for ever.
    """

    intake: Intake
    vault: Vault
    index: BlindIndex
    aliases: Aliases
    bus: Bus
    letters: DeadLetters
    retention_days: int = 0

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
        judged = [
            Judged(record, OutOfTime("not read: no time left"), None)
            if reading.spent
            else self.intake.judge(record)
            for record in records
        ]
        failures: Failures = {
            at: each.verdict for at, each in enumerate(judged) if isinstance(each.verdict, PipelineError)
        }
        drafts = {at: each.verdict for at, each in enumerate(judged) if isinstance(each.verdict, Draft)}
        failures |= self._oversize(drafts)
        events, unwritten = self._tokenize(
            records, {at: draft for at, draft in drafts.items() if at not in failures}, early
        )
        failures |= unwritten
        if publish and events:
            failures |= _failed(events, self.bus.publish(list(events.values()), early))
        letters = {
            at: bad
            for at, failure in failures.items()
            if judged[at].kept is not None and (bad := _final(records[at], failure))
        }
        unsent = {} if replayed else self._dead_letter(judged, letters, budget)
        return [
            Outcome(record, letter=letters[at])
            if at in letters and at not in unsent
            else Outcome(
                record, None, unsent.get(at, failures.get(at)), _guard_hits(judged[at]), events.get(at)
            )
            for at, record in enumerate(records)
        ]

    def _oversize(self, drafts: Drafts) -> Failures:
        # Known before anything is written: a settled token is as long as the one it replaces.
        checked = {at: self.bus.oversize(draft.sanitized) for at, draft in drafts.items()}
        return {at: BadRecord(ErrorCode.TOO_LARGE, why) for at, why in checked.items() if why is not None}

    def _tokenize(
        self, records: Sequence[RawRecord], drafts: Drafts, budget: Budget
    ) -> tuple[dict[int, SanitizedRecord], Failures]:
        """Write the vault; answers with the events whose tokens can be read now, and with what failed."""
        drafts, failures = self._aliased(drafts, budget)
        known = self._known(drafts, budget)
        first = first_seen(drafts.values(), known)
        unwritten = self._write(records, drafts, first, budget)
        claimed = self._claim(first, unwritten, budget)
        tokens = Tokens({**known.found, **claimed.found}, {**known.failed, **claimed.failed})
        ready: dict[int, SanitizedRecord] = {}
        for at, draft in drafts.items():
            failure = unwritten.get(draft.record_id) or unsettled(draft, tokens)
            if failure is not None:
                failures[at] = failure
            else:
                ready[at] = settled(draft, tokens.found)
        return ready, failures

    def _aliased(self, drafts: Drafts, budget: Budget) -> tuple[Drafts, Failures]:
        """The drafts with their aliases, before the vault, which signs them; and what failed."""
        uses = [use for draft in drafts.values() for use in draft.aliases]
        if not uses:
            return drafts, {}
        found, failed = claim_aliases(uses, self.aliases, budget)
        failures = {
            at: failed[use.pointer.token]
            for at, draft in drafts.items()
            for use in draft.aliases
            if use.pointer.token in failed
        }
        return {at: aliased(draft, found) for at, draft in drafts.items() if at not in failures}, failures

    def _known(self, drafts: Drafts, budget: Budget) -> Tokens:
        wanted = {(use.scope, use.blind_index) for draft in drafts.values() for use in draft.uses}
        return self.index.lookup(wanted, budget) if wanted else Tokens({}, {})

    def _write(
        self,
        records: Sequence[RawRecord],
        drafts: Drafts,
        first: Mapping[bytes, ConsistentUse],
        budget: Budget,
    ) -> dict[bytes, PipelineError]:
        """Write the vault records of drafts and of first-seen values; answers with the ids that failed."""
        vault_records = {
            draft.record_id: VaultRecord(draft.record_id, draft.fields, self._expiry(records[at]))
            for at, draft in drafts.items()
        }
        for use in first.values():
            # A consistent value outlives the order that it came with: later orders point at it too.
            pointer = use.pointer
            if use.value is not None:
                vault_records[pointer.record_id] = VaultRecord(pointer.record_id, {pointer.tag: use.value}, 0)
        return _failed(
            vault_records, self.vault.write(list(vault_records.values()), budget) if vault_records else []
        )

    def _claim(
        self, first: Mapping[bytes, ConsistentUse], unwritten: Mapping[bytes, PipelineError], budget: Budget
    ) -> Tokens:
        """Enter those first-seen values whose vault record is written, so that no entry points at nothing."""
        entries = [
            IndexEntry(use.scope, key, use.pointer.token)
            for key, use in first.items()
            if use.pointer.record_id not in unwritten
        ]
        return self.index.claim(entries, budget) if entries else Tokens({}, {})

    def _expiry(self, record: RawRecord) -> int:
        if not self.retention_days:
            return 0
        return int(record.arrived_at.timestamp()) + self.retention_days * _SECONDS_PER_DAY

    def _dead_letter(
        self, judged: Sequence[Judged], bad: Mapping[int, BadRecord], budget: Budget
    ) -> Failures:
        ingest_id = self.intake.sanitizer.token_key.ingest_id
        letters = {
            at: judged[at].letter(why, ingest_id(judged[at].record.identity)) for at, why in bad.items()
        }
        return _failed(letters, self.letters.send(list(letters.values()), budget) if letters else [])


def _guard_hits(judged: Judged) -> tuple[str, ...]:
    return judged.verdict.guard_hits if isinstance(judged.verdict, Draft) else ()


def _failed(asked: Mapping[Key, object], results: Sequence[PipelineError | None]) -> dict[Key, PipelineError]:
    return {key: failure for key, failure in zip(asked, results, strict=True) if failure is not None}


def _final(record: RawRecord, failure: PipelineError) -> BadRecord | None:
    """Why a failed record is dead-lettered now, None if it is delivered again."""
    if isinstance(failure, BadRecord):
        return failure
    if record.last_attempt:
        return BadRecord(
            ErrorCode.RETRIES_EXHAUSTED, f"delivery {record.attempts}, the last, failed: {failure}"
        )
    return None
