"""A world in memory: the four ports, with faults that tests switch on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tokenizer import json_text
from tokenizer.errors import PipelineError
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.catalog import catalog as shipped
from tokenizer.pipeline.ports import Tokens
from tokenizer.pipeline.record_reader import RecordReader
from tokenizer.pipeline.sanitize import Sanitizer
from tokenizer.pipeline.vault_stage import VaultStage
from tokenizer.records import (
    IndexEntry,
    Letter,
    RawRecord,
    SanitizedRecord,
    SealedRecord,
    Share,
    VaultRecord,
    milliseconds,
)
from tokenizer.reveal.lookup import Revealed, reveal
from tokenizer.time_budget import Budget
from tokenizer.vault.lifetimes import Lifetimes
from tokenizer.vault.tokens import ScopeKeys, SubjectKey, TokenKey, Versions

TOKEN_KEYS = Versions.only(TokenKey(b"t" * 32))
SCOPE_KEYS = ScopeKeys(b"s" * 32)
SUBJECT_KEY = SubjectKey(b"c" * 32)
SUBJECT_KEYS = Versions.only(SUBJECT_KEY)
FOREVER = Lifetimes()


@dataclass
class FakeVault:
    stored: dict[bytes, VaultRecord] = field(default_factory=dict)
    down: PipelineError | None = None
    refused: dict[bytes, PipelineError] = field(default_factory=dict)

    def seal(self, record: VaultRecord) -> SealedRecord:
        return SealedRecord(record.record_id, record)

    def put(self, sealed: Sequence[SealedRecord], budget: Budget) -> list[PipelineError | None]:
        results = [self.down or self.refused.get(each.record_id) for each in sealed]
        self.stored |= {
            each.record_id: each.item
            for each, failure in zip(sealed, results, strict=True)
            if failure is None
        }
        return results

    def get_decrypted(
        self, ids: Sequence[bytes], budget: Budget
    ) -> dict[bytes, VaultRecord | PipelineError | None]:
        return {each: self.stored.get(each) for each in ids}


@dataclass
class FakeBlindIndex:
    entries: dict[bytes, IndexEntry] = field(default_factory=dict)
    shares: dict[tuple[bytes, str], Share] = field(default_factory=dict)
    down: PipelineError | None = None
    share_down: PipelineError | None = None
    amend_down: PipelineError | None = None
    subject_keys: Versions[SubjectKey] = SUBJECT_KEYS

    def lookup(self, wanted: Collection[tuple[str, bytes]], budget: Budget) -> Tokens:
        if self.down:
            return Tokens({}, {key: self.down for _, key in wanted})
        return Tokens({key: self.entries[key] for _, key in wanted if key in self.entries}, {})

    def claim(self, entries: Sequence[IndexEntry], erasures: Mapping[str, int], budget: Budget) -> Tokens:
        for each in entries:
            there = self.entries.get(each.blind_index)
            if (
                there
                and there.remembers(each)
                and (
                    not there.live
                    or (there.owner == each.owner and there.arrived <= erasures.get(each.owner, 0))
                )
            ):
                del self.entries[each.blind_index]
        return Tokens(
            {each.blind_index: self.entries.setdefault(each.blind_index, each) for each in entries}, {}
        )

    def amend(
        self, entries: Sequence[IndexEntry], before: Mapping[bytes, IndexEntry], budget: Budget
    ) -> Tokens:
        if self.amend_down:
            return Tokens({}, {each.blind_index: self.amend_down for each in entries})
        for each in entries:
            there, read = self.entries.get(each.blind_index), before[each.blind_index]
            if there and (there.token, there.owner) == (read.token, read.owner) and there.remembers(read):
                self.entries[each.blind_index] = each
        return self.lookup({(each.scope, each.blind_index) for each in entries}, budget)

    def share(self, shares: Sequence[Share], budget: Budget) -> list[PipelineError | None]:
        if not self.share_down:
            self.shares |= {(each.record_id, each.subject): self.sealed(each) for each in shares}
        return [self.share_down for _ in shares]

    def sealed(self, share: Share) -> Share:
        """Returns a share as a tokenizing function stores it."""
        key = self.subject_keys.at(share.arrived)
        seal = key.shared(share.record_id, share.subject, share.arrived, share.owner, share.owned_since)
        return replace(share, seal=seal)


@dataclass
class FakeErasures:
    marked: dict[str, int] = field(default_factory=dict)
    down: PipelineError | None = None

    def until(self, subjects: Collection[str], budget: Budget) -> dict[str, int | PipelineError]:
        if self.down:
            return dict.fromkeys(subjects, self.down)
        return {each: self.marked[each] for each in subjects if each in self.marked}


@dataclass
class FakeAliases:
    entries: dict[str, str] = field(default_factory=dict)
    down: PipelineError | None = None

    def claim(self, wanted: Mapping[str, str], budget: Budget) -> dict[str, bool | PipelineError]:
        return {
            alias: self.down or self.entries.setdefault(alias, token) == token
            for alias, token in wanted.items()
        }

    def lookup(self, aliases: Collection[str], budget: Budget) -> dict[str, str | PipelineError]:
        return {alias: self.entries[alias] for alias in aliases if alias in self.entries}


@dataclass
class FakeBus:
    vault: FakeVault
    events: list[SanitizedRecord] = field(default_factory=list)
    down: PipelineError | None = None
    refused: dict[str, PipelineError] = field(default_factory=dict)
    max_bytes: int = 256_000

    def oversize(self, event_type: str, detail_bytes: int) -> str | None:
        return "too large" if detail_bytes > self.max_bytes else None

    def publish(self, events: Sequence[SanitizedRecord], budget: Budget) -> list[PipelineError | None]:
        results = [self.down or self.refused.get(event.ingest_id) for event in events]
        self.events += [event for event, failure in zip(events, results, strict=True) if failure is None]
        return results

    def details(self) -> list[dict[str, Any]]:
        return [json_text.parse(event.detail) for event in self.events]


@dataclass
class FakeDeadLetters:
    sent: list[Letter] = field(default_factory=list)
    down: PipelineError | None = None

    def send(self, letters: Sequence[Letter], budget: Budget) -> list[PipelineError | None]:
        if not self.down:
            self.sent += letters
        return [self.down for _ in letters]


class World:
    """The use case over the fakes."""

    def __init__(
        self, lifetimes: Lifetimes = FOREVER, catalog: Catalog | None = None, *, announces: bool = False
    ) -> None:
        self.vault = FakeVault()
        self.index = FakeBlindIndex()
        self.aliases = FakeAliases()
        self.erasures = FakeErasures()
        self.bus = FakeBus(self.vault)
        self.letters = FakeDeadLetters()
        self.tokenizer = Tokenizer(
            RecordReader(catalog or shipped(), Sanitizer(TOKEN_KEYS, SCOPE_KEYS, SUBJECT_KEYS, lifetimes)),
            VaultStage(self.vault, self.index, self.aliases, self.erasures),
            self.bus,
            self.letters,
            announces,
        )

    def with_keys(self, token_keys: Versions[TokenKey], subject_keys: Versions[SubjectKey]) -> None:
        """Makes the use case continue with other versions of its keys."""
        reader = self.tokenizer.reader
        sanitizer = replace(reader.sanitizer, token_keys=token_keys, subject_keys=subject_keys)
        self.tokenizer = replace(self.tokenizer, reader=replace(reader, sanitizer=sanitizer))
        self.index.subject_keys = subject_keys

    def record_id(self, record: RawRecord, event_type: str = "order.placed") -> bytes:
        """Returns the id of the vault record of a record's ordinary values."""
        sanitizer = self.tokenizer.reader.sanitizer
        plan = self.tokenizer.reader.catalog.plan({"event_type": event_type, "schema_version": 1})
        key = sanitizer.token_keys.at(milliseconds(record.arrived_at))
        return key.record_id(record.identity.under(sanitizer.rules(plan)))

    def reveal(self, *tokens: str) -> dict[str, Revealed]:
        return reveal(tokens, self.vault, self.aliases, ample_budget())


def ample_budget() -> Budget:
    """Returns a budget of one minute that never passes; waiting costs nothing."""
    return Budget(lambda: 60.0, lambda _: None, Random(0))
