"""What of the vault is still alive: a record that was erased is answered as its tombstone, whether or not it is still stored.

A record is erased when its subject had everything erased that arrived until then. One consistent value is more than one
customer's: it lives while its owner or anybody who shares it lives.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tokenizer.errors import PipelineError
from tokenizer.pipeline.ports import Erasures
from tokenizer.records import Share, VaultRecord
from tokenizer.reveal.lookup import ReadableVault
from tokenizer.time_budget import Budget


class Shares(Protocol):
    """Knows who uses a consistent value beside its owner."""

    def of(
        self, record_ids: Collection[bytes], budget: Budget
    ) -> Mapping[bytes, Sequence[Share] | PipelineError]:
        """The shares of each value."""
        ...


@dataclass(frozen=True, slots=True)
class ErasureStatus:
    """Tells who is alive."""

    erasures: Erasures
    shares: Shares

    def until(self, subjects: Collection[str], budget: Budget) -> dict[str, int]:
        """Until which arrival each subject's values are erased; 0 for one who had nothing erased.

        Raises:
            PipelineError: it can't be told for one of them.
        """
        named = {each for each in subjects if each}
        until = dict.fromkeys(subjects, 0)
        for subject, answer in (self.erasures.until(named, budget) if named else {}).items():
            if isinstance(answer, PipelineError):
                raise answer
            until[subject] = answer
        return until

    def shared(self, record_ids: Collection[bytes], budget: Budget) -> dict[bytes, list[Share]]:
        """The shares of each value whose subjects are alive.

        Raises:
            PipelineError: it can't be told for one of them.
        """
        found: dict[bytes, list[Share]] = {}
        for record_id, shares in (self.shares.of(record_ids, budget) if record_ids else {}).items():
            if isinstance(shares, PipelineError):
                raise shares
            found[record_id] = list(shares)
        until = self.until({share.subject for each in found.values() for share in each}, budget)
        return {
            record_id: [share for share in shares if share.arrived > until[share.subject]]
            for record_id, shares in found.items()
        }


@dataclass(frozen=True, slots=True)
class UnerasedVault:
    """Implements the port `ReadableVault` over another, without what is erased."""

    vault: ReadableVault
    status: ErasureStatus

    def get_decrypted(
        self, ids: Sequence[bytes], budget: Budget
    ) -> Mapping[bytes, VaultRecord | PipelineError | None]:
        """Records in clear, tombstones for those that are erased; an error for all where that can't be told."""
        answer = dict(self.vault.get_decrypted(ids, budget))
        records = [each for each in answer.values() if isinstance(each, VaultRecord) and each.subject]
        try:
            gone = self._gone(records, budget)
        except PipelineError as error:
            return answer | {each.record_id: error for each in records}
        return answer | {each.record_id: each.tombstone(until) for each, until in gone}

    def _gone(self, records: Sequence[VaultRecord], budget: Budget) -> list[tuple[VaultRecord, int]]:
        until = self.status.until({each.subject for each in records}, budget)
        gone = [each for each in records if each.arrived <= until[each.subject]]
        shared = self.status.shared({each.record_id for each in gone if each.consistent}, budget)
        return [(each, until[each.subject]) for each in gone if not shared.get(each.record_id)]
