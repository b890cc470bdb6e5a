"""Drafts to events: what a draft left open is put in once the world has answered. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tokenizer.errors import PipelineError, Unavailable
from tokenizer.ports import Tokens
from tokenizer.records import SanitizedRecord
from tokenizer.sanitize import ConsistentUse, Draft


def aliased(draft: Draft, aliases: Mapping[str, str]) -> Draft:
    """The draft with its aliases in the place of the tokens that held it, and in the fields that the vault signs."""
    detail, fields = draft.sanitized.detail, dict(draft.fields)
    for use in draft.aliases:
        token, tag = use.pointer.token, use.pointer.tag
        alias = aliases[token]
        if alias != token:
            detail = detail.replace(token.encode(), alias.encode())
            fields[tag] = replace(fields[tag], alias=alias)
    return replace(draft, sanitized=replace(draft.sanitized, detail=detail), fields=fields)


def first_seen(drafts: Iterable[Draft], known: Tokens) -> dict[bytes, ConsistentUse]:
    """The consistent values that have no token yet, each as it comes first in the batch."""
    first: dict[bytes, ConsistentUse] = {}
    for draft in drafts:
        for use in draft.uses:
            if use.blind_index not in known.found and use.blind_index not in known.failed:
                first.setdefault(use.blind_index, use)
    return first


def unsettled(draft: Draft, tokens: Tokens) -> PipelineError | None:
    """Why a draft's consistent tokens can't be settled, None if they can."""
    for use in draft.uses:
        if use.blind_index not in tokens.found:
            return tokens.failed.get(
                use.blind_index, Unavailable("the record of a consistent value was not written")
            )
    return None


def settled(draft: Draft, found: Mapping[bytes, str]) -> SanitizedRecord:
    """The event with the tokens that its consistent values have in the place of those they drew."""
    detail = draft.sanitized.detail
    for use in draft.uses:
        drawn, token = use.pointer.token, found[use.blind_index]
        if drawn != token:
            detail = detail.replace(drawn.encode(), token.encode())
    return replace(draft.sanitized, detail=detail)
