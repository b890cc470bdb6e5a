"""Holds what erasing needs, over the same fakes as the use case."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, World, ample_budget
from tokenizer.erasure.certificates import Certificate
from tokenizer.erasure.eraser import Eraser
from tokenizer.erasure.owned_records import OwnedRecord
from tokenizer.erasure.unerased import ErasureStatus, UnerasedVault
from tokenizer.errors import PipelineError
from tokenizer.pipeline.look_up import LookUp, ValueErasures
from tokenizer.records import IndexEntry, Share
from tokenizer.reveal.lookup import Revealed, reveal
from tokenizer.time_budget import Budget


@dataclass
class FakeSubjectData:
    world: World
    down: PipelineError | None = None
    forged: set[str] = field(default_factory=set)  # tokens of entries whose seal is not their owner's
    forged_lists: set[bytes] = field(
        default_factory=set
    )  # ids of records whose lists are not as they were written

    def records(self, subject: str, budget: Budget) -> list[OwnedRecord]:
        return [
            OwnedRecord(
                each.record_id,
                each.arrived,
                each.consistent,
                () if each.record_id in self.forged_lists else each.uses,
                erased=bool(each.erased),
                forged=each.record_id in self.forged_lists,
            )
            for each in self.world.vault.stored.values()
            if each.subject == subject and not each.listed
        ]

    def standing(self, record_ids: Collection[bytes], budget: Budget) -> set[bytes]:
        stored = self.world.vault.stored
        return {each for each in record_ids if each in stored and not stored[each].erased}

    def entries(self, subject: str, listed: Collection[bytes], budget: Budget) -> list[IndexEntry]:
        return [
            each
            for each in self.world.index.entries.values()
            if each.owner == subject and (not each.listed or each.blind_index in listed)
        ]

    def shares(self, subject: str) -> list[Share]:
        if self.down:  # half-way: index entries are gone already
            raise self.down
        return [each for each in self.world.index.shares.values() if each.subject == subject]

    def drop_entry(self, entry: IndexEntry) -> bool:
        if entry.token in self.forged:
            return False
        entries = self.world.index.entries
        there = entries.pop(entry.blind_index)
        if there.erased_token:
            entries[entry.blind_index] = replace(there, owner="", erased_token=there.token)
        return True

    def hand_over(self, entry: IndexEntry, heir: Share) -> bool:
        if entry.token in self.forged:
            return False
        handed = replace(entry, owner=heir.subject, arrived=heir.arrived)
        self.world.index.entries[entry.blind_index] = handed
        return True

    def drop_share(self, share: Share) -> None:
        del self.world.index.shares[share.record_id, share.subject]


@dataclass
class FakeShares:
    world: World

    def of(self, record_ids: Collection[bytes], budget: object) -> dict[bytes, list[Share] | PipelineError]:
        return {
            each: [share for (record, _), share in self.world.index.shares.items() if record == each]
            for each in record_ids
        }


@dataclass
class FakeErasureStore:
    world: World
    kept: dict[str, Certificate] = field(default_factory=dict)
    found: set[str] = field(default_factory=set)

    def mark(self, subject: str, until: int) -> bool:
        marked = self.world.erasures.marked
        marked[subject] = max(until, marked.get(subject, 0))
        return subject in self.found

    def note_found(self, subject: str) -> None:
        assert subject in self.world.erasures.marked
        self.found.add(subject)

    def keep(self, certificate: Certificate) -> None:
        self.kept[certificate.erasure_id] = certificate

    def due(self, now: int) -> list[Certificate]:
        return [each for each in self.kept.values() if 0 < each.next_sweep <= now]


class Erasing:
    """A world in which customers can be erased; `now` is milliseconds since 1970."""

    def __init__(self, now: int) -> None:
        self.world = World()
        self.now = now
        self.subject_data = FakeSubjectData(self.world)
        self.store = FakeErasureStore(self.world)
        status = ErasureStatus(self.world.erasures, FakeShares(self.world))
        self.live = UnerasedVault(self.world.vault, status)
        self.eraser = Eraser(
            SUBJECT_KEYS,
            self.store,
            self.subject_data,
            status,
            self.world.vault,
            self.world.bus,
            lambda: self.now,
        )

    def erase(self, customer_id: str, erasure_id: str = "era_1") -> Certificate:
        return self.eraser.erase(customer_id, "carla", "erasure_request", erasure_id, ample_budget())

    def erase_value(self, value: str, erasure_id: str = "era_value") -> Certificate:
        """Erases an email as the API does: it is looked up, erased, and noted."""
        look_up = LookUp(self.world.index, SCOPE_KEYS)
        entry = look_up.entry("email", value, ample_budget())
        assert entry is not None
        erased = self.eraser.erase_value(
            entry.token, entry.owner, "carla", "erasure_request", erasure_id, ample_budget()
        )
        notes = ValueErasures(look_up, self.world.erasures, lambda: self.now)
        assert notes.note("email", value, entry.token, ample_budget()) == self.now
        return erased

    def sweep(self, later: int) -> list[Certificate]:
        """Lets milliseconds pass, and sweeps what is due then."""
        self.now += later
        return self.eraser.sweep(ample_budget())

    def reveal(self, *tokens: str) -> list[Revealed]:
        return list(reveal(tokens, self.live, self.world.aliases, ample_budget()).values())

    def statuses(self, *tokens: str) -> list[str]:
        return [str(each.status) for each in self.reveal(*tokens)]
