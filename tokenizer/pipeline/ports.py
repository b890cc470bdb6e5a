"""Defines what the batch use case needs from outside. The fakes and the AWS adapters pass the same tests.

A list of results is as long as its argument: None for each item that succeeded, an error for each that failed.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tokenizer.errors import PipelineError
from tokenizer.records import IndexEntry, Letter, SanitizedRecord, SealedRecord, Share, VaultRecord
from tokenizer.time_budget import Budget


@dataclass(frozen=True, slots=True)
class Tokens:
    """Holds an answer of the blind index. A value in neither mapping has no token yet.

    Args:
        found: the entry of each value that has one.
        failed: the error for each value that could not be looked up.
    """

    found: Mapping[bytes, IndexEntry] = field(repr=False)
    failed: Mapping[bytes, PipelineError] = field(repr=False)


class Vault(Protocol):
    """Stores values. A writer doesn't need to be able to read them."""

    def seal(self, record: VaultRecord) -> SealedRecord:
        """Returns a record in the form in which it is stored.

        Raises:
            BadRecord: `too_large`: the record never fits.
            PipelineError: no key is available.
        """
        ...

    def put(self, sealed: Sequence[SealedRecord], budget: Budget) -> Sequence[PipelineError | None]:
        """Stores sealed records. A record that is stored already is replaced by the same content."""
        ...


class BlindIndex(Protocol):
    """Knows the token of each consistent value."""

    def lookup(self, wanted: Collection[tuple[str, bytes]], budget: Budget) -> Tokens:
        """Returns the entries of values, given by scope and blind index."""
        ...

    def claim(self, entries: Sequence[IndexEntry], erasures: Mapping[str, int], budget: Budget) -> Tokens:
        """Gives each value its token unless it already has one; returns the entry that is stored then.

        Args:
            entries: the entries to store.
            erasures: each owner's mark in milliseconds since 1970. An entry of the same owner that arrived up to then
                is replaced.
            budget: the time that is left.
        """
        ...

    def amend(
        self, entries: Sequence[IndexEntry], before: Mapping[bytes, IndexEntry], budget: Budget
    ) -> Tokens:
        """Replaces entries; returns the entries that are stored then.

        Args:
            entries: the entries as they are to be, with the tokens that they have.
            before: the entries as they were read, by blind index. One that has been changed since stays as it is.
            budget: the time that is left.
        """
        ...

    def share(self, shares: Sequence[Share], budget: Budget) -> Sequence[PipelineError | None]:
        """Notes who uses a value that somebody else owns, or nobody."""
        ...


class Erasures(Protocol):
    """Knows up to when each subject's values are erased."""

    def until(self, subjects: Collection[str], budget: Budget) -> Mapping[str, int | PipelineError]:
        """Returns each subject's mark: milliseconds since 1970 up to which their values are erased.

        A subject without a mark is left out. A mark that can't be read is an error.
        """
        ...


class Aliases(Protocol):
    """Knows which token owns each format-preserving alias."""

    def claim(self, wanted: Mapping[str, str], budget: Budget) -> Mapping[str, bool | PipelineError]:
        """Gives each alias to a token unless another token owns it.

        Args:
            wanted: the token by alias.
            budget: the time that is left.

        Returns:
            By alias: True if the token owns it now, False if another one does, an error if that can't be found out.
        """
        ...


class Bus(Protocol):
    """Publishes sanitized events to consumers."""

    def oversize(self, event_type: str, detail_bytes: int) -> str | None:
        """Returns why an event of a size is too large to publish, or None."""
        ...

    def publish(self, events: Sequence[SanitizedRecord], budget: Budget) -> Sequence[PipelineError | None]:
        """Publishes events, each at least once. Those with an equal partition key keep their order."""
        ...


class DeadLetters(Protocol):
    """Takes records that can't be published."""

    def send(self, letters: Sequence[Letter], budget: Budget) -> Sequence[PipelineError | None]:
        """Seals letters and sends them."""
        ...
