"""Writes what an event needs before it is published: aliases, vault records, consistent values and shares.

It returns the events whose tokens can be read now, so the order of effects holds. A record is late if its subject was
erased after it arrived. The event of a late record is published, but its tokens answer `erased` and none of its values
is stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tokenizer.errors import PipelineError
from tokenizer.pipeline.aliases import claim_aliases
from tokenizer.pipeline.ports import Aliases, BlindIndex, Erasures, Tokens, Vault
from tokenizer.pipeline.resolve_consistent import (
    First,
    adopted,
    aliased,
    first_seen,
    resolved,
    shares_of,
    unresolved,
)
from tokenizer.pipeline.sanitize import ConsistentUse, Draft
from tokenizer.records import SanitizedRecord, VaultRecord
from tokenizer.time_budget import Budget

Key = TypeVar("Key")

# Records are identified by their position in the batch, because a batch may hold the same record twice.
Drafts = Mapping[int, Draft]
Failures = dict[int, PipelineError]


@dataclass(frozen=True, slots=True)
class VaultStage:
    """Writes the vault records, index entries and aliases of a batch."""

    vault: Vault
    index: BlindIndex
    aliases: Aliases
    erasures: Erasures

    def write(self, drafts: Drafts, budget: Budget) -> tuple[dict[int, SanitizedRecord], Failures]:
        """Writes the vault; returns the events whose tokens can be read now, and the failures."""
        drafts, failures = self._aliased(drafts, budget)
        erased, unknown = self._erased(drafts, budget)
        failures |= unknown
        drafts = {at: draft for at, draft in drafts.items() if at not in unknown}
        late = {at: draft for at, draft in drafts.items() if draft.arrived <= erased.get(draft.subject, 0)}
        timely = {at: draft for at, draft in drafts.items() if at not in late}
        known = self._known(timely, budget)
        first = first_seen(timely.values(), known, erased)
        unwritten = self._write(drafts, late, erased, first, budget)
        claimed = self._claim(first, unwritten, erased, budget)
        tokens = Tokens({**known.found, **claimed.found}, {**known.failed, **claimed.failed})
        unshared = self._share(timely, tokens, budget)
        tokens = self._adopt(timely, tokens, budget)
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
        """Returns the drafts with their aliases, and the failures.

        It runs before the vault is written, which signs aliases.
        """
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
        """Returns each subject's mark, and the failures of records whose subject's mark can't be read.

        Only records with consistent values need it, because those would come back into the index. Other records of an
        erased subject are never revealed, and the next sweep finds them.
        """
        asking = {at: draft for at, draft in drafts.items() if draft.uses and draft.subject}
        subjects = sorted({draft.subject for draft in asking.values()})
        answers = self.erasures.until(subjects, budget) if subjects else {}
        until = {subject: each for subject, each in answers.items() if isinstance(each, int)}
        unknown = {
            at: failure
            for at, draft in asking.items()
            if isinstance(failure := answers.get(draft.subject), PipelineError)
        }
        return until, unknown

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
        """Writes the vault records of drafts and of first-seen values; returns the errors by record id."""
        records = [each for at, draft in drafts.items() if at not in late for each in draft.records]
        # A consistent value outlives the order that it came with, because later orders point at it too.
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
        """Enters the first-seen values whose vault record is written, so that no entry points at nothing."""
        entries = [each.entry for each in first.values() if each.use.pointer.record_id not in unwritten]
        return self.index.claim(entries, erased, budget) if entries else Tokens({}, {})

    def _adopt(self, drafts: Drafts, tokens: Tokens, budget: Budget) -> Tokens:
        """Gives values that nobody owns to the first customer who uses them; an entry that fails has no token then."""
        entries = adopted(drafts.values(), tokens.found)
        if not entries:
            return tokens
        answer = self.index.adopt(entries, budget)
        found = {key: entry for key, entry in tokens.found.items() if key not in answer.failed}
        return Tokens({**found, **answer.found}, {**tokens.failed, **answer.failed})

    def _share(self, drafts: Drafts, tokens: Tokens, budget: Budget) -> dict[str, PipelineError]:
        """Notes who uses a value that somebody else owns, or nobody; returns the errors by subject."""
        shares = shares_of(drafts.values(), tokens.found)
        results = self.index.share(shares, budget) if shares else []
        return {share.subject: why for share, why in zip(shares, results, strict=True) if why is not None}


def failed(asked: Mapping[Key, object], results: Sequence[PipelineError | None]) -> dict[Key, PipelineError]:
    """Returns the failures by the key of the item that failed."""
    return {key: failure for key, failure in zip(asked, results, strict=True) if failure is not None}


def _consistent(draft: Draft, use: ConsistentUse) -> VaultRecord:
    pointer = use.pointer
    fields = {pointer.tag: use.value} if use.value is not None else {}
    return VaultRecord(pointer.record_id, fields, 0, draft.subject, draft.arrived, consistent=True)
