"""Hides erased values from every reader of the vault, even before their records are removed.

A record is erased if its subject's mark is at or after the record's arrival. A consistent value may belong to several
customers: it stays readable as long as its owner or a customer who shares it is not erased. A consistent value that came
without a customer is erased once every customer who used it is.
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
    """Finds who uses consistent values that somebody else owns."""

    def of(
        self, record_ids: Collection[bytes], budget: Budget
    ) -> Mapping[bytes, Sequence[Share] | PipelineError]:
        """Returns the shares of each value, or the error that kept them from being read."""
        ...


@dataclass(frozen=True, slots=True)
class ErasureStatus:
    """Finds out which subjects and shares are erased."""

    erasures: Erasures
    shares: Shares

    def until(self, subjects: Collection[str], budget: Budget) -> dict[str, int]:
        """Returns each subject's mark: milliseconds since 1970 up to which values are erased, or 0 without a mark.

        Raises:
            PipelineError: the mark of at least one subject can't be read.
        """
        named = {each for each in subjects if each}
        until = dict.fromkeys(subjects, 0)
        for subject, answer in (self.erasures.until(named, budget) if named else {}).items():
            if isinstance(answer, PipelineError):
                raise answer
            until[subject] = answer
        return until

    def shared(self, record_ids: Collection[bytes], budget: Budget) -> dict[bytes, list[Share]]:
        """Returns for each value the shares whose subjects are not erased.

        Raises:
            PipelineError: the shares or marks of at least one value can't be read.
        """
        found, until = self._shares(record_ids, budget)
        return {
            record_id: [share for share in shares if share.arrived > until[share.subject]]
            for record_id, shares in found.items()
        }

    def abandoned(self, record_ids: Collection[bytes], budget: Budget) -> dict[bytes, int]:
        """Returns the values that customers used and all of them are erased, each with its latest mark.

        Raises:
            PipelineError: the shares or marks of at least one value can't be read.
        """
        found, until = self._shares(record_ids, budget)
        return {
            record_id: max(until[share.subject] for share in shares)
            for record_id, shares in found.items()
            if shares and all(share.arrived <= until[share.subject] for share in shares)
        }

    def _shares(
        self, record_ids: Collection[bytes], budget: Budget
    ) -> tuple[dict[bytes, list[Share]], dict[str, int]]:
        """Returns the shares of values that name a subject, and the marks of these subjects."""
        found: dict[bytes, list[Share]] = {}
        for record_id, shares in (self.shares.of(record_ids, budget) if record_ids else {}).items():
            if isinstance(shares, PipelineError):
                raise shares
            found[record_id] = [share for share in shares if share.subject]
        return found, self.until({share.subject for each in found.values() for share in each}, budget)


@dataclass(frozen=True, slots=True)
class UnerasedVault:
    """Implements the port `ReadableVault` over another vault and hides erased values."""

    vault: ReadableVault
    status: ErasureStatus

    def get_decrypted(
        self, ids: Sequence[bytes], budget: Budget
    ) -> Mapping[bytes, VaultRecord | PipelineError | None]:
        """Returns records in clear, and tombstones for erased ones.

        If the marks can't be read, every record that could be erased is an error.
        """
        answer = dict(self.vault.get_decrypted(ids, budget))
        records = [
            each
            for each in answer.values()
            if isinstance(each, VaultRecord) and not each.erased and (each.subject or each.consistent)
        ]
        try:
            gone = self._gone(records, budget)
        except PipelineError as error:
            return answer | {each.record_id: error for each in records}
        return answer | {each.record_id: each.tombstone(until) for each, until in gone}

    def _gone(self, records: Sequence[VaultRecord], budget: Budget) -> list[tuple[VaultRecord, int]]:
        until = self.status.until({each.subject for each in records}, budget)
        owned = [each for each in records if each.subject and each.arrived <= until[each.subject]]
        shared = self.status.shared({each.record_id for each in owned if each.consistent}, budget)
        gone = [(each, until[each.subject]) for each in owned if not shared.get(each.record_id)]
        abandoned = self.status.abandoned({each.record_id for each in records if not each.subject}, budget)
        return gone + [(each, abandoned[each.record_id]) for each in records if each.record_id in abandoned]
