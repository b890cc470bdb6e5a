"""Hides erased values from every reader of the vault, even before their records are removed.

A record is erased if its subject's mark is at or after the record's arrival. A subject is a customer, or the order of
somebody who came without an account. A consistent value may belong to several: it stays readable as long as a customer
who used it is not erased. If no customer ever used it, it stays as long as an order that used it is not erased. So an
order never keeps a value for which a customer asked to be forgotten. A value that neither used stays. A value that was
erased because somebody named it has a mark of its own, and is erased whoever used it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tokenizer.errors import PipelineError
from tokenizer.pipeline.ports import Erasures
from tokenizer.records import Share, VaultRecord
from tokenizer.reveal.lookup import ReadableVault
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import is_order, not_of_customer, value_name


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

    def shared(
        self,
        record_ids: Collection[bytes],
        budget: Budget,
        outranks: Callable[[Share], bool] | None = None,
    ) -> dict[bytes, list[Share]]:
        """Returns for each value the shares that keep it: of customers who are not erased.

        Args:
            record_ids: the values.
            budget: the time that is left.
            outranks: given if the values belong to orders; tells which share of a customer is to be believed. A value
                without one is kept by orders, too.

        Raises:
            PipelineError: the shares or marks of at least one value can't be read.
        """
        found, until = self._shares(record_ids, budget)
        counted = {
            record_id: _that_count(shares, outranks) if outranks else _of_customers(shares)
            for record_id, shares in found.items()
        }
        return {record_id: _unerased(shares, until) for record_id, shares in counted.items()}

    def users(self, record_ids: Collection[bytes], budget: Budget) -> dict[bytes, list[Share]]:
        """Returns for each value the shares of all who are not erased, of customers and orders alike.

        Raises:
            PipelineError: the shares or marks of at least one value can't be read.
        """
        found, until = self._shares(record_ids, budget)
        return {record_id: _unerased(shares, until) for record_id, shares in found.items()}

    def abandoned(self, records: Collection[VaultRecord], budget: Budget) -> dict[bytes, int]:
        """Returns the values that are nobody's or an order's and that all are erased who used them.

        Returns:
            The latest mark of each such value, by its record id.

        Raises:
            PipelineError: the shares or marks of at least one value can't be read.
        """
        found, until = self._shares({each.record_id for each in records}, budget)
        until |= self.until({each.subject for each in records}, budget)
        gone: dict[bytes, int] = {}
        for record in records:
            shares = found[record.record_id]
            customers = _of_customers(shares)
            uses = [(share.subject, share.arrived) for share in customers or shares]
            if record.subject and not customers:
                uses.append((record.subject, record.arrived))
            if uses and all(arrived <= until[subject] for subject, arrived in uses):
                gone[record.record_id] = max(until[subject] for subject, _ in uses)
        return gone

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


def _unerased(shares: Sequence[Share], until: Mapping[str, int]) -> list[Share]:
    return [share for share in shares if share.arrived > until[share.subject]]


def _of_customers(shares: Sequence[Share]) -> list[Share]:
    return [share for share in shares if not is_order(share.subject)]


def _that_count(shares: Sequence[Share], outranks: Callable[[Share], bool]) -> Sequence[Share]:
    """Returns the shares of customers, or all shares if there is none of a customer that outranks orders."""
    customers = _of_customers(shares)
    return customers if any(map(outranks, customers)) else shares


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
        names = {each.record_id: value_name(each.record_id) for each in records if each.consistent}
        until = self.status.until({*(each.subject for each in records), *names.values()}, budget)
        named, owned, weak = [], [], []
        for record in records:
            if by_name := until[names[record.record_id]] if record.consistent else 0:
                named.append((record, by_name))
            elif record.consistent and not_of_customer(record.subject):
                weak.append(record)
            elif record.arrived <= until[record.subject]:
                owned.append(record)
        abandoned = self.status.abandoned(weak, budget)
        shared = self.status.shared({each.record_id for each in owned if each.consistent}, budget)
        gone = [(each, until[each.subject]) for each in owned if not shared.get(each.record_id)]
        return (
            named + gone + [(each, abandoned[each.record_id]) for each in weak if each.record_id in abandoned]
        )
