"""The use case: a batch of raw records, each published, dead-lettered, or reported to be delivered again.

Order of effects: vault first, bus second, dead letters third; so no event is out whose tokens can't be read.
Nothing here remembers anything between batches, and repeating a batch repeats its effects exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from schemas.dead_letter import ErrorCode
from tokenizer.budget import Budget
from tokenizer.errors import BadRecord, PipelineError, Unavailable
from tokenizer.intake import Intake, Judged
from tokenizer.ports import BlindIndex, Bus, DeadLetters, Tokens, Vault
from tokenizer.records import IndexEntry, Outcome, RawRecord, SanitizedRecord, VaultRecord
from tokenizer.sanitize import ConsistentUse, Draft

_SECONDS_PER_DAY = 86_400

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
    bus: Bus
    letters: DeadLetters
    retention_days: int = 0

    def run(self, records: Sequence[RawRecord], budget: Budget, *, replayed: bool = False) -> list[Outcome]:
        """Take a batch through, whatever is in it.

        Args:
            records: in the order of their arrival.
            budget: the time that is left.
            replayed: the records come from dead letters; those that fail again keep theirs, and no new one is sent.

        Returns:
            One outcome a record, in the same order.
        """
        judged = [self.intake.judge(record) for record in records]
        failures: Failures = {
            at: each.verdict for at, each in enumerate(judged) if isinstance(each.verdict, BadRecord)
        }
        drafts = {at: each.verdict for at, each in enumerate(judged) if isinstance(each.verdict, Draft)}
        failures |= self._oversize(drafts)
        failures |= self._publish(
            records, {at: draft for at, draft in drafts.items() if at not in failures}, budget
        )
        letters = {at: bad for at, failure in failures.items() if (bad := _final(records[at], failure))}
        unsent = {} if replayed else self._dead_letter(judged, letters, budget)
        return [
            Outcome(record, letter=letters[at])
            if at in letters and at not in unsent
            else Outcome(record, failure=unsent.get(at, failures.get(at)))
            for at, record in enumerate(records)
        ]

    def _oversize(self, drafts: Drafts) -> Failures:
        # Known before anything is written: a settled token is as long as the one it replaces.
        checked = {at: self.bus.oversize(draft.sanitized) for at, draft in drafts.items()}
        return {at: BadRecord(ErrorCode.TOO_LARGE, why) for at, why in checked.items() if why is not None}

    def _publish(self, records: Sequence[RawRecord], drafts: Drafts, budget: Budget) -> Failures:
        """Vault, then bus; answers with what failed on the way."""
        known = self._known(drafts, budget)
        first = _first_seen(drafts, known)
        written = self._write(records, drafts, first, budget)
        claimed = self._claim(first, written, budget)
        tokens = Tokens({**known.found, **claimed.found}, {**known.failed, **claimed.failed})
        failures: Failures = {}
        ready: dict[int, SanitizedRecord] = {}
        for at, draft in drafts.items():
            failure = written.get(draft.record_id) or _unsettled(draft, tokens)
            if failure is not None:
                failures[at] = failure
            else:
                ready[at] = _settled(draft, tokens.found)
        return failures | _failed(ready, self.bus.publish(list(ready.values()), budget) if ready else [])

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


def _first_seen(drafts: Drafts, known: Tokens) -> dict[bytes, ConsistentUse]:
    """The consistent values that have no token yet, each as it comes first in the batch."""
    first: dict[bytes, ConsistentUse] = {}
    for draft in drafts.values():
        for use in draft.uses:
            if use.blind_index not in known.found and use.blind_index not in known.failed:
                first.setdefault(use.blind_index, use)
    return first


def _unsettled(draft: Draft, tokens: Tokens) -> PipelineError | None:
    """Why a draft's consistent tokens can't be settled, None if they can."""
    for use in draft.uses:
        if use.blind_index not in tokens.found:
            return tokens.failed.get(
                use.blind_index, Unavailable("the record of a consistent value was not written")
            )
    return None


def _settled(draft: Draft, found: Mapping[bytes, str]) -> SanitizedRecord:
    """The event with the tokens that its consistent values have in the place of those they drew."""
    detail = draft.sanitized.detail
    for use in draft.uses:
        drawn, token = use.pointer.token, found[use.blind_index]
        if drawn != token:
            detail = detail.replace(drawn.encode(), token.encode())
    return replace(draft.sanitized, detail=detail)
