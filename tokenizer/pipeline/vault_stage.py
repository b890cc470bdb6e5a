"""Everything that is written before an event may go out: aliases, vault records, consistent values and who shares them.

What it answers with are events whose tokens can be read, so the order of effects holds. A record whose subject had everything
erased after it arrived is late: its event goes out, with tokens that answer `erased`, and none of its values is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tokenizer.errors import PipelineError
from tokenizer.pipeline.aliases import claim_aliases
from tokenizer.pipeline.ports import Aliases, BlindIndex, Erasures, Tokens, Vault
from tokenizer.pipeline.resolve_consistent import First, aliased, first_seen, resolved, shares_of, unresolved
from tokenizer.pipeline.sanitize import ConsistentUse, Draft
from tokenizer.records import SanitizedRecord, VaultRecord
from tokenizer.time_budget import Budget

Key = TypeVar("Key")

# Records are known by their position in the batch: a batch may hold the same record twice.
Drafts = Mapping[int, Draft]
Failures = dict[int, PipelineError]


@dataclass(frozen=True, slots=True)
class VaultStage:
    """Writes what events rest on."""

    vault: Vault
    index: BlindIndex
    aliases: Aliases
    erasures: Erasures

    def write(self, drafts: Drafts, budget: Budget) -> tuple[dict[int, SanitizedRecord], Failures]:
        """Write the vault; answers with the events whose tokens can be read now, and with what failed."""
        drafts, failures = self._aliased(drafts, budget)
        erased, untold = self._erased(drafts, budget)
        failures |= untold
        drafts = {at: draft for at, draft in drafts.items() if at not in untold}
        late = {at: draft for at, draft in drafts.items() if draft.arrived <= erased.get(draft.subject, 0)}
        timely = {at: draft for at, draft in drafts.items() if at not in late}
        known = self._known(timely, budget)
        first = first_seen(timely.values(), known, erased)
        unwritten = self._write(drafts, late, erased, first, budget)
        claimed = self._claim(first, unwritten, erased, budget)
        tokens = Tokens({**known.found, **claimed.found}, {**known.failed, **claimed.failed})
        unshared = self._share(timely, tokens, budget)
        ready = {at: draft.sanitized for at, draft in late.items()}
        for at, draft in timely.items():
            failure = unresolved(draft, tokens) or unshared.get(draft.subject)
            if failure is None:
                ready[at] = resolved(draft, tokens.found)
            else:
                failures[at] = failure
        failures |= {
            at: unwritten[record.record_id]
            for at, draft in drafts.items()
            for record in draft.records
            if record.record_id in unwritten
        }
        return {at: ready[at] for at in sorted(ready) if at not in failures}, failures

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

    def _erased(self, drafts: Drafts, budget: Budget) -> tuple[dict[str, int], Failures]:
        """Until when each subject's values are erased, and the records for which that can't be told.

        Asked for records with consistent values alone: theirs would come back into the index. Other records of an erased
        subject are never revealed, and the next sweep finds them.
        """
        asking = {at: draft for at, draft in drafts.items() if draft.uses and draft.subject}
        subjects = sorted({draft.subject for draft in asking.values()})
        answers = self.erasures.until(subjects, budget) if subjects else {}
        until = {subject: each for subject, each in answers.items() if isinstance(each, int)}
        untold = {
            at: failure
            for at, draft in asking.items()
            if isinstance(failure := answers.get(draft.subject), PipelineError)
        }
        return until, untold

    def _known(self, drafts: Drafts, budget: Budget) -> Tokens:
        wanted = {(use.scope, use.blind_index) for draft in drafts.values() for use in draft.uses}
        return self.index.lookup(wanted, budget) if wanted else Tokens({}, {})

    def _write(
        self,
        drafts: Drafts,
        late: Drafts,
        erased: Mapping[str, int],
        first: Mapping[bytes, First],
        budget: Budget,
    ) -> dict[bytes, PipelineError]:
        """Write the vault records of drafts and of first-seen values; answers with the ids that failed."""
        records = [each for at, draft in drafts.items() if at not in late for each in draft.records]
        # A consistent value outlives the order that it came with: later orders point at it too.
        records += [
            _consistent(each.draft, each.use) for each in first.values() if each.use.value is not None
        ]
        for draft in late.values():
            gone = [*draft.records, *(_consistent(draft, use) for use in draft.uses if use.value)]
            records += [record.tombstone(erased[draft.subject]) for record in gone]
        by_id = {record.record_id: record for record in records}
        return failed(by_id, self.vault.write(list(by_id.values()), budget) if by_id else [])

    def _claim(
        self,
        first: Mapping[bytes, First],
        unwritten: Mapping[bytes, PipelineError],
        erased: Mapping[str, int],
        budget: Budget,
    ) -> Tokens:
        """Enter those first-seen values whose vault record is written, so that no entry points at nothing."""
        entries = [each.entry for each in first.values() if each.use.pointer.record_id not in unwritten]
        return self.index.claim(entries, erased, budget) if entries else Tokens({}, {})

    def _share(self, drafts: Drafts, tokens: Tokens, budget: Budget) -> dict[str, PipelineError]:
        """Note who uses another's value; answers with the subjects for whom that failed."""
        shares = shares_of(drafts.values(), tokens.found)
        results = self.index.share(shares, budget) if shares else []
        return {share.subject: why for share, why in zip(shares, results, strict=True) if why is not None}


def failed(asked: Mapping[Key, object], results: Sequence[PipelineError | None]) -> dict[Key, PipelineError]:
    """What failed, by the key under which it was asked for."""
    return {key: failure for key, failure in zip(asked, results, strict=True) if failure is not None}


def _consistent(draft: Draft, use: ConsistentUse) -> VaultRecord:
    pointer = use.pointer
    fields = {pointer.tag: use.value} if use.value is not None else {}
    return VaultRecord(pointer.record_id, fields, 0, draft.subject, draft.arrived, consistent=True)
