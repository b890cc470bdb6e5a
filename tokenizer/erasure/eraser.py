"""Erasing: what the vault holds on a customer is unreadable at once, and gone for good soon after.

The mark comes first: from then on nothing that had arrived is revealed, stored or not, and the tokenizer lets none of it back
into the blind index. Then records give way to tombstones, by which their tokens answer `erased`. The rest is swept, more
than once: consistent values, since a function that had looked one up may be about to share it; records that were on
their way; and what replays bring back for as long as dead letters and the stream are kept.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from tokenizer.erasure.certificates import SWEEPS, Certificate, event_of
from tokenizer.erasure.unerased import ErasureStatus
from tokenizer.errors import PipelineError
from tokenizer.guard import find_leak, own_values
from tokenizer.pipeline.ports import Bus, Vault
from tokenizer.records import IndexEntry, Share, VaultRecord
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import Pointer, SubjectKey, Versions

_NOTHING = own_values(())


@dataclass(frozen=True, slots=True)
class OwnedRecord:
    """A vault record as erasing sees it: whose it is stands in clear, what it holds does not."""

    record_id: bytes
    arrived: int
    consistent: bool


class SubjectData(Protocol):
    """What a subject leaves behind. Each call raises a PipelineError where it fails."""

    def records(self, subject: str) -> Iterable[OwnedRecord]:
        """The vault records that are not erased yet."""
        ...

    def entries(self, subject: str) -> Iterable[IndexEntry]:
        """The entries of the blind index that they answer for."""
        ...

    def shares(self, subject: str) -> Iterable[Share]:
        """The values of others that they use."""
        ...

    def drop_entry(self, entry: IndexEntry) -> None:
        """Forget which token a value has: the next occurrence draws another."""
        ...

    def hand_over(self, entry: IndexEntry, heir: Share) -> None:
        """Let somebody who shares the value answer for it."""
        ...

    def drop_share(self, share: Share) -> None:
        """Forget that somebody used a value."""
        ...


class ErasureStore(Protocol):
    """Keeps marks and certificates. Each call raises a PipelineError where it fails."""

    def mark(self, subject: str, until: int) -> None:
        """Nothing of the subject's that arrived until then is revealed any more; a mark never goes back."""
        ...

    def keep(self, certificate: Certificate) -> None:
        """Keep a certificate, in the place of what it said before."""
        ...

    def due(self, now: int) -> Iterable[Certificate]:
        """The certificates whose next sweep has come."""
        ...


@dataclass(frozen=True, slots=True)
class Eraser:
    """Erases customers.

    Args:
        now: milliseconds since 1970.
    """

    keys: Versions[SubjectKey]
    store: ErasureStore
    subject_data: SubjectData
    status: ErasureStatus
    vault: Vault
    bus: Bus
    now: Callable[[], int]

    def erase(self, customer_id: str, by: str, purpose: str, erasure_id: str, budget: Budget) -> Certificate:
        """Erase all of a customer's that has arrived; doing it again is safe and covers what came since.

        Raises:
            PipelineError: the mark could not be set or kept; nothing is promised then, and trying again is safe.
        """
        (subject, *also), now = self.subjects(customer_id), self.now()
        certificate = Certificate(
            erasure_id, subject, by, purpose, now, now, also=tuple(also), next_sweep=now + SWEEPS[0]
        )
        # An id that the guard takes for a value is a token in every event: nobody knows the customer by it, and nobody may.
        if find_leak(customer_id, _NOTHING) is None:
            certificate = replace(certificate, unannounced=event_of(certificate, customer_id))
        self._mark(certificate, now)
        self.store.keep(certificate)  # whatever fails from here on is made up for by the sweeps
        certificate = self._attempt(certificate, budget)
        until = self.now()
        self._mark(certificate, until)
        certificate = replace(certificate, until=until)
        self.store.keep(certificate)
        return certificate

    def sweep(self, budget: Budget) -> list[Certificate]:
        """Erase what has turned up since; answers with the certificates whose sweep was due, as they are now."""
        swept = []
        for certificate in self.store.due(self.now()):
            if budget.spent:
                break
            after = self._attempt(certificate, budget)
            if not after.failed:
                done = after.sweeps + 1
                later = certificate.requested_at + SWEEPS[done] if done < len(SWEEPS) else 0
                after = replace(after, sweeps=done, next_sweep=later)
            self.store.keep(after)
            swept.append(after)
        return swept

    def subjects(self, customer_id: str) -> tuple[str, ...]:
        """What the vault calls a customer, by each version of the key that names them, the newest first."""
        return tuple(key.subject(customer_id) for key in self.keys.newest_first())

    def _mark(self, certificate: Certificate, until: int) -> None:
        """Mark every name of the customer; only then what any of them shares may be parsed."""
        for subject in certificate.subjects:
            self.store.mark(subject, until)

    def _attempt(self, certificate: Certificate, budget: Budget) -> Certificate:
        """One pass, and the event if it is not out yet; what fails is told by `failed` and tried again."""
        try:
            after = replace(self._pass(certificate, budget), failed=False)
        except PipelineError:
            after = replace(certificate, failed=True)
        if after.unannounced is not None:
            (refused,) = self.bus.publish([after.unannounced], budget)
            after = replace(after, failed=True) if refused else replace(after, unannounced=None)
        return after

    def _pass(self, certificate: Certificate, budget: Budget) -> Certificate:
        subjects, until = certificate.subjects, certificate.until
        dropped = {key for each in subjects for key in self._disown(each, until, budget)}
        unshared = {key for each in subjects for key in self._unshare(each, until, budget)}
        owned = [
            each
            for subject in subjects
            for each in self.subject_data.records(subject)
            if each.arrived <= until
        ]
        plain = {each.record_id for each in owned if not each.consistent}
        candidates = (
            {each.record_id for each in owned if each.consistent} | unshared | set(certificate.pending)
        )
        shared = {key for key, shares in self.status.shared(candidates, budget).items() if shares}
        # A value that was in the index a moment ago may be about to be shared: it has to wait for the next sweep.
        fresh = self.now() < certificate.requested_at + SWEEPS[0]
        waiting = (candidates if fresh else dropped) - shared
        gone = plain | (candidates - shared - waiting)
        self._bury(gone, until, budget)
        return replace(
            certificate,
            records=certificate.records + len(gone),
            kept_for_others=len(shared),
            pending=tuple(sorted(waiting | dropped)),
        )

    def _disown(self, subject: str, until: int, budget: Budget) -> set[bytes]:
        """Take the subject's entries out of the index, but for those that somebody alive shares."""
        entries = {
            Pointer.parse(each.token).record_id: each
            for each in self.subject_data.entries(subject)
            if each.arrived <= until
        }
        heirs = self.status.shared(entries.keys(), budget)
        dropped = set()
        for record_id, entry in entries.items():
            if heirs.get(record_id):
                self.subject_data.hand_over(entry, heirs[record_id][0])
            else:
                self.subject_data.drop_entry(entry)
                dropped.add(record_id)
        return dropped

    def _unshare(self, subject: str, until: int, budget: Budget) -> set[bytes]:
        """Forget what the subject shared; answers with the values whose owner is erased as well."""
        shares = [each for each in self.subject_data.shares(subject) if each.arrived <= until]
        owners = self.status.until({each.owner for each in shares}, budget)
        for share in shares:
            self.subject_data.drop_share(share)
        return {each.record_id for each in shares if each.owned_since <= owners[each.owner]}

    def _bury(self, record_ids: Collection[bytes], until: int, budget: Budget) -> None:
        tombstones = [VaultRecord(each, {}, erased=until) for each in sorted(record_ids)]
        for failure in self.vault.write(tombstones, budget) if tombstones else ():
            if failure is not None:
                raise failure
