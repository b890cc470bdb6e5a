"""Describes how far a move of the vault to another KMS key has come, and defines the port that stores it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

UNREADABLE_SHOWN = 20  # how many ids of unreadable records a segment keeps


class MoveOutcome(StrEnum):
    """Lists what a walk did with a record, or how it found it."""

    MOVED = "moved"  # is under the new key now
    CURRENT = "current"  # was under the new key already
    CHANGED = "changed"  # was rewritten or erased after it was read, so it was left alone
    OLD = "old"  # is under another key of ours
    TAMPERED = "tampered"  # is not what was written, so it was left alone
    DENIED = "denied"  # KMS refuses to open its data key, so it was left alone


UNREADABLE = frozenset({MoveOutcome.TAMPERED, MoveOutcome.DENIED})


class Phase(StrEnum):
    """Lists the phases of a run."""

    MOVE = "move"
    VERIFY = "verify"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Run:
    """Describes one move of the whole vault.

    Args:
        target: the ARN of the KMS key that records move to.
        segments: the number of segments that the table is split into.
        begun_at: milliseconds since 1970; identifies the run.
        begun_by: the operator who began it.
        round: counts from 1; grows each time a verification finds records to move.
        phase: the current phase.
        finished_at: milliseconds since 1970; 0 while the run is not done.
    """

    target: str
    segments: int
    begun_at: int
    begun_by: str
    round: int = 1
    phase: Phase = Phase.MOVE
    finished_at: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Notes how far a segment has come in one phase of one round.

    Args:
        after: the id of the last record that is done; empty at the beginning.
        done: True if no records are left.
        counts: the number of records by result.
        unreadable: the ids of the first few records that nobody can read.
    """

    round: int
    phase: Phase
    segment: int
    after: str = ""
    done: bool = False
    counts: Mapping[MoveOutcome, int] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()

    def further(self, after: str, outcomes: Sequence[tuple[str, MoveOutcome]]) -> "Stretch":
        """Returns the stretch after one more page. `outcomes` holds the id and the result of each record."""
        counts = Counter(self.counts) + Counter(outcome for _, outcome in outcomes)
        bad = (*self.unreadable, *(record_id for record_id, outcome in outcomes if outcome in UNREADABLE))
        return replace(
            self, after=after, done=not after, counts=dict(counts), unreadable=bad[:UNREADABLE_SHOWN]
        )


class Progress(Protocol):
    """Stores how far runs have come. Each call raises a PipelineError if it fails."""

    def run(self) -> Run | None:
        """Returns the latest run, or None."""
        ...

    def keep_run(self, run: Run) -> None:
        """Stores a run and replaces its previous state."""
        ...

    def stretches(self, run: Run) -> Sequence[Stretch]:
        """Returns all stretches of a run that have begun."""
        ...

    def keep_stretch(self, run: Run, stretch: Stretch) -> None:
        """Stores a stretch and replaces its previous state."""
        ...
