"""Drafts to events: what a draft left open is put in once the world has answered. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tokenizer.errors import PipelineError, Unavailable
from tokenizer.pipeline.ports import Tokens
from tokenizer.pipeline.sanitize import ConsistentUse, Draft
from tokenizer.records import IndexEntry, SanitizedRecord, Share
from tokenizer.vault.tokens import Pointer


@dataclass(frozen=True, slots=True)
class First:
    """A consistent value as it comes first, and the record that it came with."""

    use: ConsistentUse
    draft: Draft

    @property
    def entry(self) -> IndexEntry:
        """What the blind index is to hold of it."""
        use, draft = self.use, self.draft
        return IndexEntry(use.scope, use.blind_index, use.pointer.token, draft.subject, draft.arrived)


def aliased(draft: Draft, aliases: Mapping[str, str]) -> Draft:
    """The draft with its aliases in the place of the tokens that held it, and in the fields that the vault signs."""
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
    """The consistent values that have no token yet, each as it comes first in the batch.

    Args:
        drafts: in the order of the batch.
        known: what the blind index holds.
        erased: until when each subject's values are erased, milliseconds since 1970; what they left in the index before that
            counts as not there.
    """
    first: dict[bytes, First] = {}
    for draft in drafts:
        for use in draft.uses:
            entry = known.found.get(use.blind_index)
            stale = (
                entry is not None
                and entry.owner == draft.subject
                and entry.arrived <= erased.get(draft.subject, 0)
            )
            if (entry is None or stale) and use.blind_index not in known.failed:
                first.setdefault(use.blind_index, First(use, draft))
    return first


def shares_of(drafts: Iterable[Draft], found: Mapping[bytes, IndexEntry]) -> list[Share]:
    """The uses of values that somebody else owns; values that nobody owns are nobody's to erase."""
    shares: dict[tuple[str, str], Share] = {}
    for draft in drafts:
        for use in draft.uses:
            entry = found.get(use.blind_index)
            if entry is not None and entry.owner and entry.owner != draft.subject:
                record_id = Pointer.parse(entry.token).record_id
                share = Share(record_id, draft.subject, draft.arrived, entry.owner, entry.arrived)
                shares[entry.token, draft.subject] = share
    return list(shares.values())


def unresolved(draft: Draft, tokens: Tokens) -> PipelineError | None:
    """Why a draft's consistent tokens can't be resolved, None if they can."""
    for use in draft.uses:
        if use.blind_index not in tokens.found:
            return tokens.failed.get(
                use.blind_index, Unavailable("the record of a consistent value was not written")
            )
    return None


def resolved(draft: Draft, found: Mapping[bytes, IndexEntry]) -> SanitizedRecord:
    """The event with the tokens that its consistent values have in the place of those they drew."""
    detail = draft.sanitized.detail
    for use in draft.uses:
        drawn, token = use.pointer.token, found[use.blind_index].token
        if drawn != token:
            detail = detail.replace(drawn.encode(), token.encode())
    return replace(draft.sanitized, detail=detail)
