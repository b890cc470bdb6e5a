"""Erases customers, and orders of guests: makes their values unreadable at once, and removes them soon after.

Erasing has three steps:

1. It marks the customer or the order, the subject. From then on nothing that arrived before is revealed, whether it is stored yet or not, and the
   tokenizer lets none of it back into the blind index.
2. It replaces the subject's records with tombstones, so that their tokens answer `erased`. It finds consistent values
   by the lists in those records, or, if their records could list nothing, by indexes.
3. Sweeps remove the rest over the following weeks: consistent values that a running function may be about to share,
   records that were on their way, and values that replays bring back while dead letters and the stream still hold them.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from hmac import compare_digest
from typing import Protocol

from tokenizer.erasure.certificates import SWEEPS, Certificate, event_of
from tokenizer.erasure.owned_records import OwnedLists, OwnedRecord
from tokenizer.erasure.unerased import ErasureStatus
from tokenizer.errors import PipelineError
from tokenizer.guard import NO_VALUES, Reading, find_leak
from tokenizer.pipeline.ports import Bus, Vault
from tokenizer.records import IndexEntry, Share, VaultRecord
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import Pointer, SubjectKey, Versions, is_order, value_name, yields

_AN_ID = Reading(identifier=True)  # as the sanitizer reads it


class SubjectData(Protocol):
    """Finds and removes what a subject owns. Each call raises a PipelineError if it fails."""

    def records(self, subject: str, budget: Budget) -> Iterable[OwnedRecord]:
        """Returns the subject's vault records that are not erased yet, and tombstones that list values.

        Consistent values that other records list are left out.
        """
        ...

    def standing(self, record_ids: Collection[bytes], budget: Budget) -> Collection[bytes]:
        """Returns which vault records are stored and are no tombstones."""
        ...

    def entries(self, subject: str, listed: Collection[bytes], budget: Budget) -> Iterable[IndexEntry]:
        """Returns the blind index entries that the subject owns; `listed` are keys that the subject's records list."""
        ...

    def shares(self, subject: str) -> Iterable[Share]:
        """Returns the shares by which the subject uses values that others own."""
        ...

    def drop_entry(self, entry: IndexEntry) -> bool:
        """Removes an entry, so that the next occurrence of its value draws a new token.

        Returns False if the entry's seal is not that of its owner. It is left alone then.
        """
        ...

    def hand_over(self, entry: IndexEntry, heir: Share) -> bool:
        """Makes somebody who shares the value the entry's new owner; answers as `drop_entry` does."""
        ...

    def drop_share(self, share: Share) -> None:
        """Removes a share."""
        ...


class ErasureStore(Protocol):
    """Keeps marks and certificates. Each call raises a PipelineError if it fails."""

    def mark(self, subject: str, until: int) -> bool:
        """Marks everything of the subject's that arrived up to `until` as erased. A mark never moves back in time.

        Returns True if an erasure has ever found something of the subject's.
        """
        ...

    def note_found(self, subject: str) -> None:
        """Notes in a mark that an erasure has found something of the subject's, so that a repeat knows it."""
        ...

    def keep(self, certificate: Certificate) -> None:
        """Stores a certificate and replaces its previous state."""
        ...

    def due(self, now: int) -> Iterable[Certificate]:
        """Returns the certificates whose next sweep is due."""
        ...


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases customers and orders of guests, and sweeps until nothing of theirs can come back.

    Args:
        now: returns milliseconds since 1970.
    """

    keys: Versions[SubjectKey]
    store: ErasureStore
    subject_data: SubjectData
    status: ErasureStatus
    vault: Vault
    bus: Bus
    now: Callable[[], int]

    def erase(self, customer_id: str, by: str, purpose: str, erasure_id: str, budget: Budget) -> Certificate:
        """Erases everything of a customer that has arrived. Calling it again is safe and covers what arrived since.

        Raises:
            PipelineError: the mark or the certificate could not be stored. Nothing is promised then; trying again is
                safe.
        """
        return self._erase(customer_id, self.subjects(customer_id), by, purpose, erasure_id, budget)

    def erase_order(
        self, order_id: str, by: str, purpose: str, erasure_id: str, budget: Budget
    ) -> Certificate:
        """Erases everything of an order that has arrived without a customer. Calling it again is safe, as with `erase`.

        Raises:
            PipelineError: as `erase`.
        """
        return self._erase(order_id, self.orders(order_id), by, purpose, erasure_id, budget)

    def erase_value(  # noqa: PLR0917 -- as for `_erase`
        self, token: str, owner: str, by: str, purpose: str, erasure_id: str, budget: Budget
    ) -> Certificate:
        """Erases a consistent value, whoever uses it. Calling it again is safe.

        Args:
            token: the value's token.
            owner: the subject who owns its index entry; empty for nobody.
            by: the caller who asked.
            purpose: the caller's reason.
            erasure_id: identifies the erasure.
            budget: the time that is left.

        Raises:
            PipelineError: as `erase`.
        """
        record_id, now = Pointer.parse(token).record_id, self.now()
        shares = self.status.users([record_id], budget)[record_id]
        lost_by = {share.subject for share in shares} | ({owner} if owner else set())
        certificate = Certificate(
            erasure_id, value_name(record_id), by, purpose, now, now, next_sweep=now + SWEEPS[0],
            lost_by=tuple(sorted(lost_by)),
        )  # fmt: skip
        certificate = self._marked(certificate, now)
        self.store.keep(certificate)
        certificate = self._attempt(certificate, budget)
        self.store.keep(certificate)
        return certificate

    def _erase(  # noqa: PLR0917 -- both callers pass all on
        self, named: str, subjects: Sequence[str], by: str, purpose: str, erasure_id: str, budget: Budget
    ) -> Certificate:
        (subject, *also), now = subjects, self.now()
        certificate = Certificate(
            erasure_id, subject, by, purpose, now, now, also=tuple(also), next_sweep=now + SWEEPS[0]
        )
        # If the guard takes the id for a sensitive value, every event shows a token in its place. Consumers don't know
        # the customer or the order by this id then, and must not learn it.
        if find_leak(named, NO_VALUES, _AN_ID) is None:
            certificate = replace(certificate, unannounced=event_of(certificate, named))
        certificate = self._marked(certificate, now)
        self.store.keep(certificate)  # if a later step fails, the sweeps repeat it
        certificate = self._attempt(certificate, budget)
        until = self.now()
        certificate = replace(self._marked(certificate, until), until=until)
        self.store.keep(certificate)
        return certificate

    def sweep(self, budget: Budget) -> list[Certificate]:
        """Erases what has turned up since; returns the new certificates of the sweeps that were due."""
        swept = []
        for certificate in self.store.due(self.now()):
            if budget.spent:
                break
            known = certificate if certificate.found else self._marked(certificate, certificate.until)
            after = self._attempt(known, budget)
            if not after.failed:
                done = after.sweeps + 1
                later = certificate.requested_at + SWEEPS[done] if done < len(SWEEPS) else 0
                after = replace(after, sweeps=done, next_sweep=later)
            self.store.keep(after)
            swept.append(after)
        return swept

    def subjects(self, customer_id: str) -> tuple[str, ...]:
        """Returns the vault's names for a customer, one for each version of the subject key, newest first."""
        return tuple(key.subject(customer_id) for key in self.keys.newest_first())

    def orders(self, order_id: str) -> tuple[str, ...]:
        """Returns the vault's names for an order that came without a customer, newest first as `subjects`."""
        return tuple(key.order(order_id) for key in self.keys.newest_first())

    def _marked(self, certificate: Certificate, until: int) -> Certificate:
        """Marks all names of the subject; returns the certificate, which knows by the marks if it repeats another.

        Shares are only sorted out after that, since any name may own one.
        """
        known = [self.store.mark(subject, until) for subject in certificate.subjects]
        return replace(certificate, found=certificate.found or any(known))

    def _noted(self, certificate: Certificate, found: Sequence[object]) -> bool:
        """Notes it in the mark if something was found for the first time; returns True if there ever was something.

        It is noted before anything is removed, or else nobody would know it after a failure.
        """
        if found and not certificate.found:
            self.store.note_found(certificate.subject)
        return certificate.found or bool(found)

    def _attempt(self, certificate: Certificate, budget: Budget) -> Certificate:
        """Runs one pass and publishes the event if it is still unannounced, once something was found.

        An id under which nothing was found may be a misspelt one, or the order of a customer: consumers must not be
        told to forget it. A failure sets `failed`; the next sweep tries again.
        """
        try:
            after = replace(self._pass(certificate, budget), failed=False)
        except PipelineError:
            after = replace(certificate, failed=True)
        if after.unannounced is not None and after.found:
            (refused,) = self.bus.publish([after.unannounced], budget)
            after = replace(after, failed=True) if refused else replace(after, unannounced=None)
        return after

    def _pass(self, certificate: Certificate, budget: Budget) -> Certificate:
        subjects, until = certificate.subjects, certificate.until
        if certificate.of == "value":
            record_id = bytes.fromhex(certificate.subject)
            found = self._noted(certificate, [*self.subject_data.standing([record_id], budget)])
            self._bury([VaultRecord(record_id, {})], until, budget)
            return replace(certificate, records=int(found), found=found)
        owned = {each: self._owned(each, until, budget) for each in subjects}
        records = [each for mine in owned.values() for each in mine]
        unproven = {each.record_id for each in records if each.forged}
        lists, entered = OwnedLists.of(owned), set[bytes]()
        dropped = {
            key
            for each, mine in owned.items()
            for key in self._disown(each, mine, until, budget, unproven=unproven, entered=entered)
        }
        shares = [
            share for each in subjects for share in self.subject_data.shares(each) if share.arrived <= until
        ]
        found = self._noted(certificate, [*records, *entered, *shares])
        unproven |= {share.record_id for share in shares if not self._proven(share)}
        shares = [share for share in shares if self._proven(share)]
        # A value that no other owns by right is erased because of its shares, so these stay until it is gone.
        ownerless = [share for share in shares if yields(share.owner, to=share.subject)]
        owned_by_others = [share for share in shares if share not in ownerless]
        erased_too = self._unshare(owned_by_others, budget)
        # The certificate's own names may own a value as well; that one is no other customer's.
        others = {share.record_id for share in owned_by_others if share.owner not in subjects}
        left = certificate.left + len(others - erased_too)
        # What a customer owned and an order shares went with the customer.
        unshared = {
            share.record_id for share in owned_by_others if is_order(share.subject) <= is_order(share.owner)
        } & erased_too
        unshared |= {share.record_id for share in ownerless}
        plain = {each.record_id for each in records if not (each.consistent or each.erased or each.forged)}
        brought = set(self.subject_data.standing(lists.brought, budget)) if lists.records else set()
        mine = {each.record_id for each in records if each.consistent} | brought
        candidates = mine | unshared | set(certificate.pending)
        uses = self._shared(candidates, certificate.subject, budget)
        kept = {key for key, shares in uses.items() if any(map(self._proven, shares))}
        held = {key for key, shares in uses.items() if shares} - kept
        shared = kept | held
        # A function may have just looked this value up and be about to share it, so the value waits for the next sweep.
        fresh = self.now() < certificate.requested_at + SWEEPS[0]
        waiting = (candidates if fresh else dropped) - shared
        gone = candidates - shared - waiting
        self._bury([VaultRecord(each, {}) for each in sorted(gone)], until, budget)
        # The lists go after what they lead to. While a function may be about to enter a value, all of them stay.
        kept_lists = (
            {each.record_id: each for each in lists.records}
            if fresh
            else lists.unfinished(entered, brought - gone)
        )
        emptied = [kept_lists.get(each, VaultRecord(each, {})) for each in sorted(plain)]
        done = [VaultRecord(each, {}) for each in sorted(lists.emptied - kept_lists.keys())]
        self._bury(emptied + done, until, budget)
        for share in ownerless:
            if share.record_id in gone:
                self.subject_data.drop_share(share)
        return replace(
            certificate,
            records=certificate.records + len(plain) + len(gone),
            kept_for_others=len(kept) + left,
            left=left,
            pending=tuple(sorted(waiting | dropped | held)),
            unproven=len(unproven | held),
            found=found,
        )

    def _shared(
        self, record_ids: Collection[bytes], subject: str, budget: Budget
    ) -> dict[bytes, list[Share]]:
        """Returns the shares that keep values against the erasure of a subject. An order keeps none for a customer."""
        return self.status.shared(record_ids, budget, self._proven if is_order(subject) else None)

    def _proven(self, share: Share) -> bool:
        """Returns True if a function with the subject key wrote a share.

        Nothing is destroyed, and nothing given to an heir, on the word of any other.
        """
        key = self.keys.at(share.arrived)
        seal = key.shared(share.record_id, share.subject, share.arrived, share.owner, share.owned_since)
        return compare_digest(share.seal, seal)

    def _owned(self, subject: str, until: int, budget: Budget) -> list[OwnedRecord]:
        """Returns the subject's vault records that arrived up to `until`, in milliseconds since 1970."""
        return [each for each in self.subject_data.records(subject, budget) if each.arrived <= until]

    def _disown(
        self,
        subject: str,
        records: Iterable[OwnedRecord],
        until: int,
        budget: Budget,
        *,
        unproven: set[bytes],
        entered: set[bytes],
    ) -> set[bytes]:
        """Removes the subject's index entries, or hands them over to an unerased subject who shares the value.

        Args:
            subject: the owner.
            records: the subject's vault records, which list values.
            until: milliseconds since 1970; entries that arrived later stay.
            budget: the time that is left.
            unproven: takes the values whose entry is not as it was written, and is left alone.
            entered: takes the keys of the entries that are left, or were there a moment ago.

        Returns:
            The values whose entries were removed.
        """
        listed = {use.blind_index for each in records for use in each.uses}
        entries = {
            Pointer.parse(each.token).record_id: each
            for each in self.subject_data.entries(subject, listed, budget)
            if each.arrived <= until
        }
        heirs = self._shared(entries.keys(), subject, budget)
        dropped = set()
        for record_id, entry in entries.items():
            proven = [share for share in heirs.get(record_id, ()) if self._proven(share)]
            entered.add(entry.blind_index)
            if heirs.get(record_id) and not proven:
                continue  # the value is held; a sweep decides once the share is proven or gone
            if proven:
                genuine = self.subject_data.hand_over(entry, proven[0])
            elif genuine := self.subject_data.drop_entry(entry):
                dropped.add(record_id)
            if not genuine:
                unproven.add(record_id)
        return dropped

    def _unshare(self, shares: Sequence[Share], budget: Budget) -> set[bytes]:
        """Removes shares of values that somebody owns; returns the values whose owner is erased as well."""
        owners = self.status.until({each.owner for each in shares}, budget)
        for share in shares:
            self.subject_data.drop_share(share)
        return {each.record_id for each in shares if each.owned_since <= owners[each.owner]}

    def _bury(self, records: Collection[VaultRecord], until: int, budget: Budget) -> None:
        tombstones = [self.vault.seal(each.tombstone(until)) for each in records]
        for failure in self.vault.put(tombstones, budget) if tombstones else ():
            if failure is not None:
                raise failure
