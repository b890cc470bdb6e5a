"""Decides which token each consistent value of a batch gets, and which record brings a value that is new.

It calls nothing itself: `vault_stage.py` asks the blind index and notes the answers here. A value belongs to no single
record, so what is known of it is kept by its blind index.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace

from tokenizer.errors import BadRecord, PipelineError, Rejected, Unforeseen
from tokenizer.pipeline.in_flight import InFlight, Stage, drafts
from tokenizer.pipeline.ports import Tokens
from tokenizer.pipeline.sanitize import ConsistentUse, Draft
from tokenizer.records import IndexEntry, SanitizedRecord, Share, VaultRecord
from tokenizer.vault.tokens import Pointer, yields

_ORPHANS_KEPT = 86_400  # seconds after the record's arrival


@dataclass(frozen=True, slots=True)
class First:
    """Holds the first use of a consistent value that has no token that holds, and the record that brings it.

    Args:
        before: the value's entry, which no longer holds; None if it has none.
    """

    use: ConsistentUse
    record: InFlight
    draft: Draft
    before: IndexEntry | None

    @property
    def entry(self) -> IndexEntry:
        """Returns the entry that the blind index is to hold for the value."""
        use, draft, before = self.use, self.draft, self.before
        entry = IndexEntry(
            use.scope, use.blind_index, use.token, draft.subject, draft.arrived, listed=draft.listed
        )
        if before is None:
            return entry
        return replace(entry, erased_token=before.erased_token, erased_until=before.erased_until)


@dataclass(slots=True)
class ConsistentValues:
    """Holds what is known of the consistent values of a batch.

    Args:
        found: the entry of each value that has a token.
        failed: why the token of a value can't be known now.
        claimed: the values that this batch has entered into the blind index, or found there in the attempt.
    """

    found: dict[bytes, IndexEntry] = field(default_factory=dict, repr=False)
    failed: dict[bytes, PipelineError] = field(default_factory=dict, repr=False)
    claimed: set[bytes] = field(default_factory=set, repr=False)

    def missing(
        self, record: InFlight, draft: Draft, brought: Container[bytes]
    ) -> dict[bytes, ConsistentUse]:
        """Returns the values that a record has to bring, because they have no token that holds.

        Args:
            record: a record whose subject may be erased. Index entries that they left up to then don't count.
            draft: its draft.
            brought: the values that an earlier record of the batch brings already.
        """
        wanted: dict[bytes, ConsistentUse] = {}
        for use in () if record.late else draft.uses:
            value = use.blind_index
            if value not in brought and value not in self.claimed and value not in self.failed:
                entry = self.found.get(value)
                if entry is None or not _holds(entry, record, draft):
                    wanted.setdefault(value, use)
        return wanted

    def adopting(self, batch: Iterable[InFlight]) -> dict[bytes, tuple[InFlight, IndexEntry]]:
        """Returns the entries that are to get another owner, each with the first subject who uses the value as its owner.

        Those are entries that nobody owns, or an order that a customer outranks. So an erasure of that subject finds the
        entry.
        """
        entries: dict[bytes, tuple[InFlight, IndexEntry]] = {}
        for record, draft in drafts(batch):
            for use in draft.uses if draft.subject and not record.late else ():
                entry = self.found.get(use.blind_index)
                if entry is not None and draft.arrived <= entry.erased_until:
                    continue
                if entry is not None and entry.live and yields(entry.owner, to=draft.subject):
                    adopted = replace(entry, owner=draft.subject, arrived=draft.arrived, listed=draft.listed)
                    entries.setdefault(use.blind_index, (record, adopted))
        return entries

    def claim(self, tokens: Tokens) -> None:
        """Notes which token the blind index holds for each value that was to be entered."""
        self.found.update(tokens.found)
        self.claimed.update(tokens.found)

    def lose(self, value: bytes, record: InFlight, stage: Stage, failure: PipelineError) -> None:
        """Notes that a value could not be entered into the blind index.

        If that is the fault of the record that brought it, another record may bring it. Otherwise all records that hold
        the value wait.
        """
        if isinstance(failure, (BadRecord, Rejected, Unforeseen)):
            record.fail(stage, failure)
        else:
            self.found.pop(value, None)
            self.failed[value] = failure

    def fail_unknown(self, batch: Iterable[InFlight]) -> None:
        """Fails each record that holds a value whose token can't be known now."""
        for record, draft in drafts(batch):
            for use in draft.uses:
                record.fail(Stage.RESOLVING, self.failed.get(use.blind_index))

    def shares_of(self, record: InFlight, draft: Draft) -> dict[tuple[bytes, str], Share]:
        """Returns a record's uses of values that somebody else owns, or nobody, by the value's record id and the user.

        A record that names nobody keeps no value from being erased, so it has no share.
        """
        shares: dict[tuple[bytes, str], Share] = {}
        for use in draft.uses if draft.subject and not record.late else ():
            entry = self.found[use.blind_index]
            if entry.owner != draft.subject and draft.arrived > entry.erased_until:
                record_id = Pointer.parse(entry.token).record_id
                share = Share(record_id, draft.subject, draft.arrived, entry.owner, entry.arrived)
                shares[record_id, draft.subject] = share
        return shares

    def vault_records(
        self, record: InFlight, draft: Draft, brought: Iterable[ConsistentUse], *, own: bool
    ) -> list[VaultRecord]:
        """Returns what the vault is to hold for a record.

        Args:
            record: the record.
            draft: its draft.
            brought: the consistent values that it brings. They outlive it, because later records point at them too.
            own: True if its own values belong to it. Those of a late record are replaced by tombstones, and so are the
                values that it would have brought. But a value that an earlier delivery brought and that is in the index
                stays, since another customer may use it by now.
        """
        records = list(draft.vault_records(record.aliases)) if own else []
        if own and record.late:
            unused = [use for use in draft.uses if use.value is not None and not self._in_use(use)]
            return [each.tombstone(record.erased_until) for each in records] + [
                VaultRecord(use.pointer.record_id, {}, erased=record.erased_until) for use in unused
            ]
        return records + [_consistent(draft, use) for use in brought if use.value is not None]

    def _in_use(self, use: ConsistentUse) -> bool:
        """Returns True if the index has the token that a use drew, or can't be asked."""
        entry = self.found.get(use.blind_index)
        return use.blind_index in self.failed or (entry is not None and entry.token == use.token)

    def event_of(self, record: InFlight, draft: Draft) -> SanitizedRecord:
        """Returns a record's event with its final tokens.

        The event of a late record shows the tokens that the draft drew, as the first delivery did if it brought the
        values. They answer `erased`, unless another customer uses the value by now. The token of a value that was erased
        by name after the record had arrived answers so, too.
        """
        tokens = dict(record.aliases)
        for use in () if record.late else draft.uses:
            tokens[use.token] = self.found[use.blind_index].token_at(draft.arrived)
        return draft.event(tokens)


def _holds(entry: IndexEntry, record: InFlight, draft: Draft) -> bool:
    """Returns True if a record gets a token of a value's entry: the one that is there, or the one that was erased."""
    if draft.arrived <= entry.erased_until:
        return True
    own = entry.owner and entry.owner == draft.subject
    return entry.live and not (own and entry.arrived <= record.erased_until)


def own_ids(record: InFlight, draft: Draft) -> list[bytes]:
    """Returns the ids of the vault records without which a record's event is not published."""
    ids = [each.record_id for each in draft.records]
    return [*ids, *(use.pointer.record_id for use in draft.uses)] if record.late else ids


def orphans(firsts: Iterable[First], tokens: Tokens) -> list[VaultRecord]:
    """Returns the vault records of values that another invocation entered first, with an end to their lives.

    No token points at them. They are kept for a day, since a delivery of the same record may still be on its way.
    """
    lost = [
        each
        for each in firsts
        if (entry := tokens.found.get(each.use.blind_index)) is not None and entry.token != each.use.token
    ]
    return [
        replace(_consistent(each.draft, each.use), expires_at=each.draft.arrived // 1000 + _ORPHANS_KEPT)
        for each in lost
    ]


def _consistent(draft: Draft, use: ConsistentUse) -> VaultRecord:
    pointer = use.pointer
    fields = {pointer.tag: use.value} if use.value is not None else {}
    return VaultRecord(
        pointer.record_id,
        fields,
        0,
        draft.subject,
        draft.arrived,
        consistent=True,
        listed=draft.listed,
    )
