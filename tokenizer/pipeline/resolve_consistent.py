"""Completes drafts with the answers of the vault, the blind index and the aliases. It calls nothing itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tokenizer.errors import PipelineError, Unavailable
from tokenizer.pipeline.ports import Tokens
from tokenizer.pipeline.sanitize import ConsistentUse, Draft
from tokenizer.records import IndexEntry, SanitizedRecord, Share
from tokenizer.vault.tokens import Pointer


@dataclass(frozen=True, slots=True)
class First:
    """Holds the first use of a consistent value in a batch, and the draft that it came with."""

    use: ConsistentUse
    draft: Draft

    @property
    def entry(self) -> IndexEntry:
        """Returns the entry that the blind index is to hold for the value."""
        use, draft = self.use, self.draft
        return IndexEntry(use.scope, use.blind_index, use.pointer.token, draft.subject, draft.arrived)


def aliased(draft: Draft, aliases: Mapping[str, str]) -> Draft:
    """Returns the draft with its aliases in place of the tokens, and in the fields that the vault signs."""
    detail, records = draft.sanitized.detail, {each.record_id: each for each in draft.records}
    for use in draft.aliases:
        token, record, tag = use.pointer.token, records[use.pointer.record_id], use.pointer.tag
        alias = aliases[token]
        if alias != token:
            detail = detail.replace(token.encode(), alias.encode())
            fields = {**record.fields, tag: replace(record.fields[tag], alias=alias)}
            records[record.record_id] = replace(record, fields=fields)
    return replace(draft, sanitized=replace(draft.sanitized, detail=detail), records=tuple(records.values()))


def first_seen(drafts: Iterable[Draft], known: Tokens, erased: Mapping[str, int]) -> dict[bytes, First]:
    """Returns the consistent values that have no token yet, each with its first use in the batch.

    Args:
        drafts: the drafts in the order of the batch.
        known: the entries that the blind index holds.
        erased: each subject's mark in milliseconds since 1970. Index entries that they left up to then don't count.
    """
    first: dict[bytes, First] = {}
    for draft in drafts:
        for use in draft.uses:
            entry = known.found.get(use.blind_index)
            stale = (
                entry is not None
                and entry.owner
                and entry.owner == draft.subject
                and entry.arrived <= erased.get(draft.subject, 0)
            )
            if (entry is None or stale) and use.blind_index not in known.failed:
                first.setdefault(use.blind_index, First(use, draft))
    return first


def shares_of(drafts: Iterable[Draft], found: Mapping[bytes, IndexEntry]) -> list[Share]:
    """Returns the uses of values that somebody else owns, or nobody.

    A record that names nobody keeps no value from being erased, so it has no share.
    """
    shares: dict[tuple[str, str], Share] = {}
    for draft in drafts:
        for use in draft.uses:
            entry = found.get(use.blind_index)
            if entry is not None and draft.subject and entry.owner != draft.subject:
                record_id = Pointer.parse(entry.token).record_id
                share = Share(record_id, draft.subject, draft.arrived, entry.owner, entry.arrived)
                shares[entry.token, draft.subject] = share
    return list(shares.values())


def adopted(drafts: Iterable[Draft], found: Mapping[bytes, IndexEntry]) -> list[IndexEntry]:
    """Returns the entries of values that nobody owns, each with the first customer who uses it as its owner.

    So an erasure of that customer finds the entry.
    """
    entries: dict[bytes, IndexEntry] = {}
    for draft in drafts:
        for use in draft.uses:
            entry = found.get(use.blind_index)
            if entry is not None and draft.subject and not entry.owner:
                entries.setdefault(
                    use.blind_index, replace(entry, owner=draft.subject, arrived=draft.arrived)
                )
    return list(entries.values())


def unresolved(draft: Draft, tokens: Tokens) -> PipelineError | None:
    """Returns why a draft's consistent tokens can't be resolved, or None."""
    for use in draft.uses:
        if use.blind_index not in tokens.found:
            return tokens.failed.get(
                use.blind_index, Unavailable("the record of a consistent value was not written")
            )
    return None


def resolved(draft: Draft, found: Mapping[bytes, IndexEntry]) -> SanitizedRecord:
    """Returns the event with the stored token of each consistent value in place of the one that the draft derived."""
    detail = draft.sanitized.detail
    for use in draft.uses:
        drawn, token = use.pointer.token, found[use.blind_index].token
        if drawn != token:
            detail = detail.replace(drawn.encode(), token.encode())
    return replace(draft.sanitized, detail=detail)
