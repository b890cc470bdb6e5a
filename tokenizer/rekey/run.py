"""Moves the vault to another KMS key while records arrive, are erased and are read.

A run walks through the table in segments. It seals each record again under the new key, unless the record has changed
since it was read. Then it verifies: a second walk opens every record and asks KMS which key it is under. A run ends
only if the verification finds no record under another key; otherwise another round moves what it found. The position in
each segment is stored after every page, so that a run that was killed can continue.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from tokenizer.audit.port import Audit
from tokenizer.errors import Refused
from tokenizer.rekey.progress import UNREADABLE_SHOWN, MoveOutcome, Phase, Progress, Run, Stretch
from tokenizer.time_budget import Budget

MOST_SEGMENTS = 64


class MovableVault(Protocol):
    """Reads and moves stored vault records.

    Each call raises a PipelineError if a service fails, not if a record is bad.
    """

    def page(self, segment: int, segments: int, after: str) -> tuple[Mapping[str, Any], str]:
        """Returns stored records by id, and the id after which to continue; that id is empty at the end."""
        ...

    def move(self, stored: Any) -> MoveOutcome:
        """Seals a record under the new key, unless it already is, or has changed since it was read."""
        ...

    def verify(self, stored: Any) -> MoveOutcome:
        """Opens a record and returns which key it is under, without writing anything."""
        ...


OUT_OF_TURN = "out_of_turn"  # a step was asked for whose time has not come


@dataclass(frozen=True, slots=True)
class Rekeying:
    """Moves the vault step by step.

    Args:
        target: the ARN of the KMS key that records move to.
        settle: milliseconds after the beginning of a run before verification may begin. By then no invocation is left
            that seals under the old key.
        now: returns milliseconds since 1970.
    """

    target: str
    vault: MovableVault
    progress: Progress
    audit: Audit
    settle: int
    now: Callable[[], int]

    def begin(self, operator: str, segments: int) -> dict[str, Any]:
        """Begins a run, or continues one that has not ended; that one keeps its number of segments."""
        run = self.progress.run()
        goes_on = run is not None and run.target == self.target and run.phase is not Phase.DONE
        if run is None or not goes_on:
            run = Run(self.target, max(1, min(segments, MOST_SEGMENTS)), self.now(), operator)
        self.audit.write("rekey_resumed" if goes_on else "rekey_begun", operator, **_named(run))
        self.progress.keep_run(run)
        return self._told(run)

    def work(self, segment: int, budget: Budget) -> dict[str, Any]:
        """Works on one segment until its end, or until the budget is spent; returns how far it has come.

        Raises:
            Refused: no run is active, or it has no such segment.
            PipelineError: KMS or a table failed. Finished work is stored; calling again continues.
        """
        run = self._current()
        if run.phase is Phase.DONE or not 0 <= segment < run.segments:
            raise Refused(OUT_OF_TURN, "there is no such segment to work on: begin a run first")
        known = {each.segment: each for each in self._stretches(run)}
        stretch = known.get(segment, Stretch(run.round, run.phase, segment))
        act = self.vault.move if run.phase is Phase.MOVE else self.vault.verify
        while not stretch.done and not budget.spent:
            page, after = self.vault.page(segment, run.segments, stretch.after)
            stretch = stretch.further(after, [(key, act(stored)) for key, stored in page.items()])
            self.progress.keep_stretch(run, stretch)
        return {"done": stretch.done, "records": sum(stretch.counts.values())}

    def conclude(self, operator: str) -> dict[str, Any]:
        """Ends a phase. Verification follows moving; the end or another round follows verification.

        Returns:
            The state of the run; `wait` is the number of milliseconds until it may be verified.

        Raises:
            Refused: no run is active, or some segments are not done.
        """
        run = self._current()
        stretches = self._stretches(run)
        if run.phase is Phase.DONE or sum(each.done for each in stretches) < run.segments:
            raise Refused(OUT_OF_TURN, "the run is over, or has segments that are not done")
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
        """Returns the state of the latest run; only `phase` if there never was one."""
        run = self.progress.run()
        return self._told(run) if run else {"phase": "none"}

    def _after(self, run: Run, found: Counter[MoveOutcome]) -> Run:
        if run.phase is Phase.MOVE:
            return replace(run, phase=Phase.VERIFY)
        if found[MoveOutcome.OLD] or found[MoveOutcome.DENIED]:
            return replace(run, phase=Phase.MOVE, round=run.round + 1)
        return replace(run, phase=Phase.DONE, finished_at=self.now())

    def _current(self) -> Run:
        run = self.progress.run()
        if run is None or run.target != self.target:
            raise Refused(OUT_OF_TURN, "no run moves the vault to this key: begin one first")
        return run

    def _stretches(self, run: Run) -> list[Stretch]:
        """Returns the stretches of the run's current phase."""
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
            "unreadable": sorted({each for stretch in stretches for each in stretch.unreadable})[
                :UNREADABLE_SHOWN
            ],
        }


def _named(run: Run) -> dict[str, Any]:
    return {"target": run.target, "round": run.round, "segments": run.segments}


def _counted(stretches: Sequence[Stretch]) -> Counter[MoveOutcome]:
    total: Counter[MoveOutcome] = Counter()
    for each in stretches:
        total.update(each.counts)
    return total
