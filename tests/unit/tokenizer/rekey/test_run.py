"""A run's state: what each step keeps, answers and writes into the audit trail."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.world import ample_budget
from tokenizer.errors import Refused
from tokenizer.rekey.progress import UNREADABLE_SHOWN, MoveOutcome, Phase, Run, Stretch
from tokenizer.rekey.run import Rekeying

OLD, MOVED, CURRENT, DENIED, TAMPERED = (
    MoveOutcome.OLD, MoveOutcome.MOVED, MoveOutcome.CURRENT, MoveOutcome.DENIED, MoveOutcome.TAMPERED,
)  # fmt: skip


class Kept:
    """The progress in memory, and a vault of two pages in each segment."""

    def __init__(self, run: Run | None = None) -> None:
        self.latest = run
        self.all: dict[tuple[int, Phase, int], Stretch] = {}
        self.found = {Phase.MOVE: MOVED, Phase.VERIFY: CURRENT}
        self.asked: list[tuple[int, int, str]] = []

    def run(self) -> Run | None:
        return self.latest

    def keep_run(self, run: Run) -> None:
        self.latest = run

    def stretches(self, _: Run) -> list[Stretch]:
        return list(self.all.values())

    def keep_stretch(self, _: Run, stretch: Stretch) -> None:
        self.all[stretch.round, stretch.phase, stretch.segment] = stretch

    def page(self, segment: int, segments: int, after: str) -> tuple[Mapping[str, Any], str]:
        self.asked.append((segment, segments, after))
        name = f"{segment}{after or 'a'}"
        return {f"{name}1": "stored", f"{name}2": "stored"}, "" if after else "b"

    def move(self, _: Any) -> MoveOutcome:
        return self.found[Phase.MOVE]

    def verify(self, _: Any) -> MoveOutcome:
        return self.found[Phase.VERIFY]


def rekeying(kept: Kept, audit: FakeAudit, now: int = 5_000, target: str = "new") -> Rekeying:
    return Rekeying(target, kept, kept, audit, 1_000, lambda: now)


def refuses_steps(its: Rekeying, why: str | None = None) -> None:
    with pytest.raises(Refused, match=why):
        its.work(0, ample_budget())
    with pytest.raises(Refused, match=why):
        its.conclude("ann")


def test_a_stretch_adds_a_page_to_those_before() -> None:
    first = Stretch(1, Phase.MOVE, 2).further("b", [("r1", MOVED), ("r2", DENIED), ("r3", MOVED)])
    assert first == Stretch(1, Phase.MOVE, 2, "b", False, {MOVED: 2, DENIED: 1}, ("r2",))
    last = first.further("", [("r4", TAMPERED), ("r5", MOVED), ("r6", OLD)])
    assert last == Stretch(
        1, Phase.MOVE, 2, "", True, {MOVED: 3, DENIED: 1, TAMPERED: 1, OLD: 1}, ("r2", "r4")
    )
    many = first.further("c", [(f"t{at}", TAMPERED) for at in range(30)])
    assert many.unreadable == ("r2", *(f"t{at}" for at in range(UNREADABLE_SHOWN - 1)))


def test_a_run_goes_from_its_beginning_to_its_end() -> None:
    kept, audit = Kept(), FakeAudit()
    its = rekeying(kept, audit)
    begun = its.begin("ann", 2)
    assert kept.latest == Run("new", 2, 5_000, "ann")
    assert (begun["phase"], begun["left"], begun["begun_at"], begun["finished_at"]) == (
        "move",
        [0, 1],
        5_000,
        0,
    )
    named = {"target": "new", "round": 1, "segments": 2}
    assert audit.lines == [{"action": "rekey_begun", "operator": "ann", **named}]
    assert its.work(0, ample_budget()) == {"done": True, "records": 4}
    assert kept.asked == [(0, 2, ""), (0, 2, "b")]
    with pytest.raises(Refused, match="not done"):
        its.conclude("bob")
    assert its.status()["left"] == [1]
    its.work(1, ample_budget())
    assert its.conclude("bob")["wait"] == 1_000
    assert kept.latest.phase is Phase.MOVE
    later = rekeying(kept, audit, 6_000)
    assert later.conclude("bob")["phase"] == "verify"
    assert len(audit.lines) == 1
    kept.found[Phase.VERIFY] = OLD
    for segment in (0, 1):
        later.work(segment, ample_budget())
    again = later.conclude("bob")
    assert (again["phase"], again["left"], again["verified"], again["moving"]) == (
        "move", [0, 1], {"old": 8}, {"moved": 8},
    )  # fmt: skip
    assert kept.latest.round == 2
    found: dict[str, Any] = {"round": 1, "found": {"old": 8}}
    assert audit.lines[1:] == [{"action": "rekey_not_finished", "operator": "bob", **named} | found]


def test_a_run_to_another_key_is_not_continued() -> None:
    kept, audit = Kept(Run("other", 2, 1, "ann")), FakeAudit()
    its = rekeying(kept, audit)
    refuses_steps(its, "begin one first")
    its.begin("bob", 0)
    assert kept.latest == Run("new", 1, 5_000, "bob")
    assert its.begin("cid", 64)["phase"] == "move"
    assert kept.latest == Run("new", 1, 5_000, "bob")
    assert [(each["action"], each["operator"]) for each in audit.lines] == [
        ("rekey_begun", "bob"),
        ("rekey_resumed", "cid"),
    ]


def test_where_there_was_never_a_run_no_step_is_taken() -> None:
    its = rekeying(Kept(), FakeAudit())
    assert its.status() == {"phase": "none"}
    refuses_steps(its, "begin one first")


def test_a_run_that_is_over_has_nothing_left_and_another_one_may_begin() -> None:
    done = Run("new", 2, 1, "ann", phase=Phase.DONE, finished_at=7)
    kept = Kept(done)
    its = rekeying(kept, FakeAudit())
    told = its.status()
    assert (told["phase"], told["left"], told["finished_at"]) == ("done", [], 7)
    refuses_steps(its)
    its.begin("bob", 3)
    assert kept.latest == replace(
        done, segments=3, begun_at=5_000, begun_by="bob", phase=Phase.MOVE, finished_at=0
    )


def test_the_ids_that_nobody_can_read_are_told_in_their_order_and_no_more_than_the_first() -> None:
    kept = Kept(Run("new", 2, 1, "ann"))
    for segment in (1, 0):
        ids = tuple(f"{segment}-{at:02}" for at in range(15))
        kept.all[1, Phase.MOVE, segment] = Stretch(1, Phase.MOVE, segment, unreadable=ids)
    told = rekeying(kept, FakeAudit()).status()["unreadable"]
    assert told == [f"0-{at:02}" for at in range(15)] + [f"1-{at:02}" for at in range(5)]
