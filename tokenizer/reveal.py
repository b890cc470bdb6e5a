"""Reveal: tokens back to the values they stand for, for functions that may read the vault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from tokenizer.budget import Budget
from tokenizer.errors import PipelineError, VaultIntegrity
from tokenizer.records import VaultField, VaultRecord
from tokenizer.tokens import Pointer


class Status(StrEnum):
    """What came of one token."""

    OK = "ok"
    UNKNOWN = "unknown"
    TAMPERED = "tampered"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Revealed:
    """The answer for one token; `found` is there where the status is `ok`."""

    status: Status
    found: VaultField | None = field(default=None, repr=False)


class ReadableVault(Protocol):
    """A vault that can be read."""

    def get_decrypted(
        self, ids: Sequence[bytes], budget: Budget
    ) -> Mapping[bytes, VaultRecord | PipelineError | None]:
        """Records in clear; None for what is not there, an error for what can't be read."""
        ...


def reveal(tokens: Sequence[str], vault: ReadableVault, budget: Budget) -> dict[str, Revealed]:
    """The values behind tokens.

    A text that is no token, a token of another stack and a token whose record has expired are all `unknown`.
    """
    pointers = {token: pointer for token in tokens if (pointer := _pointer(token))}
    ids = list({pointer.record_id for pointer in pointers.values()})
    records = vault.get_decrypted(ids, budget) if ids else {}
    return {token: _answer(pointers.get(token), records) for token in tokens}


def _pointer(token: str) -> Pointer | None:
    try:
        return Pointer.parse(token)
    except ValueError:
        return None


def _answer(pointer: Pointer | None, records: Mapping[bytes, VaultRecord | PipelineError | None]) -> Revealed:
    record = records.get(pointer.record_id) if pointer else None
    if isinstance(record, VaultIntegrity):
        return Revealed(Status.TAMPERED)
    if isinstance(record, PipelineError):
        return Revealed(Status.UNAVAILABLE)
    found = record.fields.get(pointer.tag) if record and pointer else None
    return Revealed(Status.OK, found) if found else Revealed(Status.UNKNOWN)
