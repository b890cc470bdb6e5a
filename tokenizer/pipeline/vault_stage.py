"""Writes what an event needs before it is published: aliases, vault records, consistent values and shares.

It leaves each record with an event whose tokens can be read, or with the reason why there is none. So the order of
effects holds. A record is late if its subject was erased after it arrived. The event of a late record is published, but
its tokens answer `erased` and none of its values is stored.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tokenizer.errors import OutOfTime, PipelineError, Transient
from tokenizer.pipeline.claim_aliases import claim_aliases
from tokenizer.pipeline.in_flight import InFlight, Stage, drafts
from tokenizer.pipeline.ports import Aliases, BlindIndex, Erasures, Vault
from tokenizer.pipeline.resolve_consistent import ConsistentValues, First, orphans, own_ids
from tokenizer.records import SealedRecord, Share, VaultRecord
from tokenizer.time_budget import Budget

if TYPE_CHECKING:
    from tokenizer.pipeline.sanitize import ConsistentUse


@dataclass(frozen=True, slots=True)
class _Sealed:
    """Holds what one round writes: vault records by their id, and first uses by the value's blind index."""

    records: dict[bytes, SealedRecord] = field(default_factory=dict)
    firsts: dict[bytes, First] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VaultStage:
    """Writes the vault records, index entries and aliases of a batch."""

    vault: Vault
    index: BlindIndex
    aliases: Aliases
    erasures: Erasures

    def write(self, batch: Sequence[InFlight], budget: Budget) -> None:
        """Writes all that the records of a batch need, and completes the events whose tokens can be read then."""
        aliased, consistent = [], []
        for record, draft in drafts(batch):
            if draft.aliases:
                aliased.append(record)
            if draft.uses:
                consistent.append(record)
        if aliased:
            claim_aliases(aliased, self.aliases, budget)
        self._read_erasures(consistent, budget)
        values = self._look_up(consistent, budget)
        self._store(batch, values, budget)
        values.fail_unknown(consistent)
        self._share(consistent, values, budget)
        self._adopt(consistent, values, budget)
        for record, draft in drafts(batch):
            record.event = record.run(Stage.SERIALIZING, values.event_of, record, draft)

    def _read_erasures(self, batch: Sequence[InFlight], budget: Budget) -> None:
        """Notes up to when the values of each record's subject are erased.

        Only records with consistent values need it, because those would come back into the index. Other records of an
        erased subject are never revealed, and the next sweep finds them.
        """
        asking = [(record, draft.subject) for record, draft in drafts(batch) if draft.subject]
        subjects = sorted({subject for _, subject in asking})
        answers = self.erasures.until(subjects, budget) if subjects else {}
        for record, subject in asking:
            answer = answers.get(subject, 0)
            if isinstance(answer, PipelineError):
                record.fail(Stage.RESOLVING, answer)
            else:
                record.erased_until = answer

    def _look_up(self, batch: Sequence[InFlight], budget: Budget) -> ConsistentValues:
        """Returns what the blind index knows of the consistent values of a batch."""
        wanted = {(use.scope, use.blind_index) for record, draft in drafts(batch) for use in draft.uses}
        if not wanted:
            return ConsistentValues()
        tokens = self.index.lookup(wanted, budget)
        return ConsistentValues(dict(tokens.found), dict(tokens.failed))

    def _store(self, batch: Sequence[InFlight], values: ConsistentValues, budget: Budget) -> None:
        """Writes the vault records, and enters the values that are new into the blind index.

        Usually one round does. If a record that brought a new value turns out to be bad, the next record that holds the
        value brings it in another round, so that no record fails because of its neighbour.
        """
        sealed = self._seal(batch, values, budget, own=True)
        while sealed.records or sealed.firsts:
            self._write(batch, values, sealed, budget)
            self._claim(values, sealed.firsts.values(), budget)
            sealed = self._seal(batch, values, budget, own=False)

    def _seal(
        self, batch: Sequence[InFlight], values: ConsistentValues, budget: Budget, *, own: bool
    ) -> _Sealed:
        """Seals the vault records of each record with the new values that it brings, and its own ones if `own`."""
        sealed = _Sealed()
        down: PipelineError | None = None
        for record, draft in drafts(batch):
            brought: dict[bytes, ConsistentUse] | None = {}
            if draft.uses:
                brought = record.run(Stage.RESOLVING, values.missing, record, draft, sealed.firsts)
            if brought is None or not (own or brought):
                continue
            if budget.spent:
                down = OutOfTime("sealing: no time left")
            if down is not None:
                record.fail(Stage.SEALING, down)
                continue
            records = record.run(
                Stage.SEALING, values.vault_records, record, draft, brought.values(), own=own
            )
            items = None if records is None else record.run(Stage.SEALING, self._items, records)
            if items is not None:
                sealed.records.update(items)
                for value, use in brought.items():
                    sealed.firsts[value] = First(use, record, draft, values.found.get(value))
            elif isinstance(record.failure, Transient):
                # KMS returns no data key. The next record would only ask, and wait, again.
                down = record.failure
        return sealed

    def _items(self, records: Sequence[VaultRecord]) -> dict[bytes, SealedRecord]:
        return {each.record_id: self.vault.seal(each) for each in records}

    def _write(
        self, batch: Sequence[InFlight], values: ConsistentValues, sealed: _Sealed, budget: Budget
    ) -> None:
        """Writes sealed records to the vault: those of raw records first, then those of the values that they bring.

        So no value is stored that no record lists. A value is not entered then if its record, or the record that brings
        it, was not written. In the latter case another record may bring it.
        """
        own = {each: None for record, draft in drafts(batch) for each in own_ids(record, draft)}
        unwritten = self._put([sealed.records[each] for each in own if each in sealed.records], budget)
        for record, draft in drafts(batch) if unwritten else ():
            for record_id in own_ids(record, draft):
                record.fail(Stage.WRITING, unwritten.get(record_id))
        for value in [value for value, first in sealed.firsts.items() if first.record.failure is not None]:
            del sealed.firsts[value]
        brought = {value: first.use.pointer.record_id for value, first in sealed.firsts.items()}
        unwritten = self._put(
            [sealed.records[each] for each in brought.values() if each in sealed.records], budget
        )
        for value, record_id in brought.items():
            if failure := unwritten.get(record_id):
                values.lose(value, sealed.firsts[value].record, Stage.WRITING, failure)
                del sealed.firsts[value]

    def _put(self, items: Sequence[SealedRecord], budget: Budget) -> dict[bytes, PipelineError]:
        """Returns why records could not be written, by their ids."""
        results = self.vault.put(items, budget) if items else ()
        return {item.record_id: why for item, why in zip(items, results, strict=True) if why is not None}

    def _claim(self, values: ConsistentValues, firsts: Iterable[First], budget: Budget) -> None:
        """Enters new values into the blind index. Their vault records are written, so no entry points at nothing."""
        by_value = {first.use.blind_index: first for first in firsts}
        if not by_value:
            return
        erased = {first.draft.subject: first.record.erased_until for first in by_value.values()}
        tokens = self.index.claim([first.entry for first in by_value.values()], erased, budget)
        values.claim(tokens)
        for value, failure in tokens.failed.items():
            values.lose(value, by_value[value].record, Stage.RESOLVING, failure)
        self._let_expire(orphans(by_value.values(), tokens), budget)

    def _let_expire(self, records: Sequence[VaultRecord], budget: Budget) -> None:
        """Gives vault records that nothing points at an end. Failing to do so harms nobody, so it fails no record."""
        with suppress(Exception):
            if records and not budget.spent:
                self.vault.put([self.vault.seal(each) for each in records], budget)

    def _adopt(self, batch: Sequence[InFlight], values: ConsistentValues, budget: Budget) -> None:
        """Gives values that nobody owns to the first who uses them, and those of orders to the first customer."""
        while adopting := values.adopting(batch):
            entries = [entry for _, entry in adopting.values()]
            tokens = self.index.amend(entries, values.found, budget)
            values.claim(tokens)
            for value, failure in tokens.failed.items():
                values.lose(value, adopting[value][0], Stage.RESOLVING, failure)
            values.fail_unknown(batch)

    def _share(self, batch: Sequence[InFlight], values: ConsistentValues, budget: Budget) -> None:
        """Notes who uses a value that somebody else owns, or nobody."""
        used = [
            (record, record.run(Stage.RESOLVING, values.shares_of, record, draft) or {})
            for record, draft in drafts(batch)
        ]
        shares: dict[tuple[bytes, str], Share] = {key: each for _, mine in used for key, each in mine.items()}
        results = self.index.share(list(shares.values()), budget) if shares else ()
        failures = dict(zip(shares, results, strict=True))
        for record, mine in used:
            for key in mine:
                record.fail(Stage.RESOLVING, failures[key])
