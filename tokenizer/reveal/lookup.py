"""Looks up the values behind tokens, for functions that may read the vault.

Policies and budgets are checked elsewhere.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tokenizer.errors import PipelineError, VaultIntegrity
from tokenizer.pipeline.alias_form import may_be_alias
from tokenizer.records import VaultField, VaultRecord
from tokenizer.time_budget import Budget
from tokenizer.vault.tokens import Pointer, is_token


class Status(StrEnum):
    """Lists the results for a token."""

    OK = "ok"
    UNKNOWN = "unknown"
    ERASED = "erased"
    TAMPERED = "tampered"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Revealed:
    """Holds the answer for one token; `found` is set if the status is `ok`."""

    status: Status
    found: VaultField | None = field(default=None, repr=False)


class ReadableVault(Protocol):
    """Reads the vault."""

    def get_decrypted(
        self, ids: Sequence[bytes], budget: Budget
    ) -> Mapping[bytes, VaultRecord | PipelineError | None]:
        """Returns records in clear: None for a record that doesn't exist, an error for one that can't be read."""
        ...


class ReadableAliases(Protocol):
    """Knows the token behind each alias."""

    def lookup(self, aliases: Collection[str], budget: Budget) -> Mapping[str, str | PipelineError]:
        """Returns the token of each alias that has one, or the error that kept it from being read."""
        ...


def reveal(
    tokens: Sequence[str], vault: ReadableVault, aliases: ReadableAliases, budget: Budget
) -> dict[str, Revealed]:
    """Returns the values behind tokens and format-preserving aliases.

    The status is `unknown` for a text that is neither, for a token of another stack, a one-way token, and a token whose
    record has expired. It is `erased` for every token of an erased record.
    """
    pointers: dict[str, Pointer | PipelineError] = {}
    maybe_aliases = {token for token in tokens if not is_token(token) and may_be_alias(token)}
    behind = aliases.lookup(maybe_aliases, budget) if maybe_aliases else {}
    for token in tokens:
        target = behind.get(token, token)
        if isinstance(target, PipelineError):
            pointers[token] = target
        elif is_token(target):
            pointers[token] = Pointer.parse(target)
    ids = list({pointer.record_id for pointer in pointers.values() if isinstance(pointer, Pointer)})
    records = vault.get_decrypted(ids, budget) if ids else {}
    return {token: _answer(token, pointers.get(token), records) for token in tokens}


def _answer(
    token: str,
    pointer: Pointer | PipelineError | None,
    records: Mapping[bytes, VaultRecord | PipelineError | None],
) -> Revealed:
    if isinstance(pointer, PipelineError):
        return Revealed(Status.UNAVAILABLE)
    record = records.get(pointer.record_id) if pointer else None
    if isinstance(record, VaultRecord) and record.erased:
        return Revealed(Status.ERASED)
    if isinstance(record, VaultIntegrity):
        return Revealed(Status.TAMPERED)
    if isinstance(record, PipelineError):
        return Revealed(Status.UNAVAILABLE)
    found = record.fields.get(pointer.tag) if record and pointer else None
    if found and not is_token(token) and found.alias != token:
        return Revealed(Status.TAMPERED)
    return Revealed(Status.OK, found) if found else Revealed(Status.UNKNOWN)
