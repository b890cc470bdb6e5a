"""Moving the vault to another KMS key while records come, are erased and are read.

A run walks the table in segments and seals each record again, whole, under the new key, if it is still the one that was read. Then
it verifies: a second walk opens every record and asks KMS which key it is under. Only a verification that finds none under
another key ends a run; what it finds is moved in another round. After each page it is kept how far a segment has come, so a run
that is killed goes on.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from tokenizer.reveal.service import Audit
from tokenizer.time_budget import Budget

MOST_SEGMENTS = 64
_TOLD = 20  # ids of unreadable records that a segment remembers


class Fate(StrEnum):
    """What became of one record, or how it was found."""

    MOVED = "moved"  # is under the new key now
    CURRENT = "current"  # was already
    CHANGED = "changed"  # was written anew or erased since it was read, and left alone
    OLD = "old"  # is under another key of ours
    TAMPERED = "tampered"  # is not what was written; left alone
    DENIED = "denied"  # KMS does not open its data key; left alone


UNREADABLE = frozenset({Fate.TAMPERED, Fate.DENIED})


class Phase(StrEnum):
    """What a run is at."""

    MOVE = "move"
    VERIFY = "verify"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Run:
    """One move of the whole vault.

    Args:
        target: ARN of the KMS key that records move to.
        segments: into how many the table is cut.
        begun_at: milliseconds since 1970; names the run.
        begun_by: who asked.
        round: counts from 1; another for what a verification found.
        phase: what it is at.
        finished_at: milliseconds since 1970; 0 until it is done.
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
    """How far one segment has come in one phase of one round.

    Args:
        after: the record that it goes on after; empty for the beginning.
        done: there is nothing after that.
        counts: records by what became of them.
        unreadable: ids of the first few that nobody can read.
    """

    round: int
    phase: Phase
    segment: int
    after: str = ""
    done: bool = False
    counts: Mapping[Fate, int] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()

    def further(self, after: str, fates: Sequence[tuple[str, Fate]]) -> "Stretch":
        """Where it stands after one more page, given what became of each record by its id."""
        counts = Counter(self.counts) + Counter(fate for _, fate in fates)
        bad = (*self.unreadable, *(record_id for record_id, fate in fates if fate in UNREADABLE))
        return replace(self, after=after, done=not after, counts=dict(counts), unreadable=bad[:_TOLD])


class MovableVault(Protocol):
    """The vault, to be moved. Each call raises a PipelineError where the world is at fault, and not the record."""

    def page(self, segment: int, segments: int, after: str) -> tuple[Mapping[str, Any], str]:
        """Some records as they are stored, by id, and the id to go on after, empty at the end."""
        ...

    def move(self, stored: Any) -> Fate:
        """Seal a record under the new key, unless it is, or is not the one that was read any more."""
        ...

    def judge(self, stored: Any) -> Fate:
        """Under which key a record is, found by opening it; nothing is written."""
        ...


class Progress(Protocol):
    """Keeps how far runs have come. Each call raises a PipelineError where it fails."""

    def run(self) -> Run | None:
        """The latest run."""
        ...

    def keep_run(self, run: Run) -> None:
        """Keep a run, in the place of what was known of it."""
        ...

    def stretches(self, run: Run) -> Sequence[Stretch]:
        """All stretches of a run that were begun."""
        ...

    def keep_stretch(self, run: Run, stretch: Stretch) -> None:
        """Keep a stretch, in the place of what was known of it."""
        ...


class OutOfTurn(Exception):
    """A step was asked for whose time has not come."""


@dataclass(frozen=True, slots=True)
class Rekeying:
    """Moves the vault, a step at a time.

    Args:
        target: ARN of the KMS key that records move to.
        settle: milliseconds from the beginning of a run until its verification may begin, so that no invocation is left that
            seals under the old key.
        now: milliseconds since 1970.
    """

    target: str
    vault: MovableVault
    progress: Progress
    audit: Audit
    settle: int
    now: Callable[[], int]

    def begin(self, operator: str, segments: int) -> dict[str, Any]:
        """Begin a run, or go on with the one that did not end; how many segments that has stays as it was."""
        run = self.progress.run()
        goes_on = run is not None and run.target == self.target and run.phase is not Phase.DONE
        if run is None or not goes_on:
            run = Run(self.target, max(1, min(segments, MOST_SEGMENTS)), self.now(), operator)
        self.audit.write("rekey_resumed" if goes_on else "rekey_begun", operator, **_named(run))
        self.progress.keep_run(run)
        return self._told(run)

    def work(self, segment: int, budget: Budget) -> dict[str, Any]:
        """Go on with one segment until its end or the budget's; answers with how far it has come.

        Raises:
            OutOfTurn: no run is on, or it has no such segment.
            PipelineError: KMS or a table failed; what was done is kept, and asking again goes on.
        """
        run = self._current()
        if run.phase is Phase.DONE or not 0 <= segment < run.segments:
            raise OutOfTurn("there is no such segment to work on: begin a run first")
        known = {each.segment: each for each in self._stretches(run)}
        stretch = known.get(segment, Stretch(run.round, run.phase, segment))
        act = self.vault.move if run.phase is Phase.MOVE else self.vault.judge
        while not stretch.done and not budget.spent:
            page, after = self.vault.page(segment, run.segments, stretch.after)
            stretch = stretch.further(after, [(key, act(stored)) for key, stored in page.items()])
            self.progress.keep_stretch(run, stretch)
        return {"done": stretch.done, "records": sum(stretch.counts.values())}

    def conclude(self, operator: str) -> dict[str, Any]:
        """End a phase: moving is followed by verifying, and that by the end or another round.

        Returns:
            Where the run stands; `wait` is how many milliseconds are left before it may be verified.

        Raises:
            OutOfTurn: no run is on, or segments are not done.
        """
        run = self._current()
        stretches = self._stretches(run)
        if run.phase is Phase.DONE or sum(each.done for each in stretches) < run.segments:
            raise OutOfTurn("the run is over, or has segments that are not done")
        wait = run.begun_at + self.settle - self.now()
        if run.phase is Phase.MOVE and wait > 0:
            return self._told(run) | {"wait": wait}
        after = self._after(run, _counted(stretches))
        if run.phase is Phase.VERIFY:
            action = "rekey_finished" if after.phase is Phase.DONE else "rekey_not_finished"
            self.audit.write(action, operator, **_named(run), found=_counted(stretches))
        self.progress.keep_run(after)
        return self._told(after)

    def status(self) -> dict[str, Any]:
        """Where the latest run stands; nothing but `phase` where there never was one."""
        run = self.progress.run()
        return self._told(run) if run else {"phase": "none"}

    def _after(self, run: Run, found: Counter[Fate]) -> Run:
        if run.phase is Phase.MOVE:
            return replace(run, phase=Phase.VERIFY)
        if found[Fate.OLD] or found[Fate.DENIED]:
            return replace(run, phase=Phase.MOVE, round=run.round + 1)
        return replace(run, phase=Phase.DONE, finished_at=self.now())

    def _current(self) -> Run:
        run = self.progress.run()
        if run is None or run.target != self.target:
            raise OutOfTurn("no run moves the vault to this key: begin one first")
        return run

    def _stretches(self, run: Run) -> list[Stretch]:
        """Those of the phase that the run is at."""
        return [
            each
            for each in self.progress.stretches(run)
            if (each.round, each.phase) == (run.round, run.phase)
        ]

    def _told(self, run: Run) -> dict[str, Any]:
        stretches = self.progress.stretches(run)
        verified = max((each.round for each in stretches if each.phase is Phase.VERIFY), default=0)
        moves = [each for each in stretches if each.phase is Phase.MOVE]
        verification = [each for each in stretches if (each.round, each.phase) == (verified, Phase.VERIFY)]
        done = {each.segment for each in self._stretches(run) if each.done}
        over = run.phase is Phase.DONE
        return {
            **_named(run),
            "phase": run.phase,
            "begun_at": run.begun_at,
            "finished_at": run.finished_at,
            "left": [] if over else [each for each in range(run.segments) if each not in done],
            "moving": dict(_counted(moves)),
            "verified": dict(_counted(verification)),
            "unreadable": sorted({each for stretch in stretches for each in stretch.unreadable})[:_TOLD],
        }


def _named(run: Run) -> dict[str, Any]:
    return {"target": run.target, "round": run.round, "segments": run.segments}


def _counted(stretches: Sequence[Stretch]) -> Counter[Fate]:
    total: Counter[Fate] = Counter()
    for each in stretches:
        total.update(each.counts)
    return total
