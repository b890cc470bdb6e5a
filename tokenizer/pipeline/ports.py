"""What the batch use case needs of the world. The fakes and the AWS adapters pass the same tests.

A result list is as long as its argument: None for what was done, an error for what was not.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tokenizer.errors import PipelineError
from tokenizer.records import IndexEntry, Letter, SanitizedRecord, Share, VaultRecord
from tokenizer.time_budget import Budget


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the blind index answered.

    Args:
        found: the entry of each value that has one.
        failed: the values it could not tell about. A value in neither has no token yet.
    """

    found: Mapping[bytes, IndexEntry] = field(repr=False)
    failed: Mapping[bytes, PipelineError] = field(repr=False)


class Vault(Protocol):
    """Keeps values; whoever writes it need not be able to read it."""

    def write(self, records: Sequence[VaultRecord], budget: Budget) -> Sequence[PipelineError | None]:
        """Store records; a record that is there already is replaced by its like."""
        ...


class BlindIndex(Protocol):
    """Knows which token a consistent value has."""

    def lookup(self, wanted: Collection[tuple[str, bytes]], budget: Budget) -> Tokens:
        """The entries of values, given as scope and blind index."""
        ...

    def claim(self, entries: Sequence[IndexEntry], erasures: Mapping[str, int], budget: Budget) -> Tokens:
        """Give each value its token unless it has one; answers with the entry that it has then.

        Args:
            entries: what is to be entered.
            erasures: until when each owner's values are erased, milliseconds since 1970; an older entry of the same
                owner is replaced.
            budget: the time that is left.
        """
        ...

    def share(self, shares: Sequence[Share], budget: Budget) -> Sequence[PipelineError | None]:
        """Note who uses a value beside its owner."""
        ...


class Erasures(Protocol):
    """Knows whose values are erased."""

    def until(self, subjects: Collection[str], budget: Budget) -> Mapping[str, int | PipelineError]:
        """Until which arrival each subject's values are erased, milliseconds since 1970.

        A subject who never had anything erased is left out; an error stands where it can't be told.
        """
        ...


class Aliases(Protocol):
    """Knows whose each format-preserving alias is."""

    def claim(self, wanted: Mapping[str, str], budget: Budget) -> Mapping[str, bool | PipelineError]:
        """Give each alias to a token unless another token has it.

        Args:
            wanted: token by alias.
            budget: the time that is left.

        Returns:
            By alias: whether it is the token's, now or since long; or why that can't be told.
        """
        ...


class Bus(Protocol):
    """Carries sanitized events to consumers."""

    def oversize(self, event: SanitizedRecord) -> str | None:
        """Why an event is too large to publish, None if it is not."""
        ...

    def publish(self, events: Sequence[SanitizedRecord], budget: Budget) -> Sequence[PipelineError | None]:
        """Publish events, in order, at least once."""
        ...


class DeadLetters(Protocol):
    """Takes what can't be published, sealed."""

    def send(self, letters: Sequence[Letter], budget: Budget) -> Sequence[PipelineError | None]:
        """Seal and send letters."""
        ...
