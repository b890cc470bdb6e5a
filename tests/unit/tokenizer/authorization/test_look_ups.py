"""Tests who sees consistent tokens, and what that costs."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from tests.support.budgets import LIMITS
from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.reveals import NOON
from tokenizer.authorization.budget_rules import Window
from tokenizer.authorization.look_ups import LookUps
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.callers import Caller
from tokenizer.errors import PipelineError, Unavailable

FOUND = [("email", "tok_a"), ("phone", "tok_b"), ("other", "tok_c")]
READER, SHOP, BOTH = Caller("r", ("analytics",)), Caller("s", ("shop",)), Caller("b", ("shop", "support"))


@dataclass
class FakeSeen:
    """Values in memory."""

    seen: dict[str, set[str]] = field(default_factory=dict)
    down: PipelineError | None = None

    def add(self, caller: str, window: Window, moment: datetime, values: Collection[str], most: int) -> bool:
        if self.down:
            raise self.down
        known = self.seen.setdefault(f"{window}#{window.of(moment)}#{caller}", set())
        known.update(values)
        return len(known) <= most


@dataclass
class Scene:
    """Look-ups over fakes."""

    seen: FakeSeen = field(default_factory=FakeSeen)
    audit: FakeAudit = field(default_factory=FakeAudit)
    signals: list[str] = field(default_factory=list)

    def visible(self, caller: Caller, found: list[tuple[str, str]] = FOUND) -> frozenset[str]:
        look_ups = LookUps(
            CedarPolicies(),
            LIMITS,
            self.seen,
            self.audit,
            lambda name, _: self.signals.append(name),
            lambda: NOON,
        )
        return look_ups.visible(caller, "tokens", found)


def test_a_reader_who_can_name_nothing_sees_all_and_is_not_counted() -> None:
    scene = Scene()
    assert scene.visible(READER) == {"tok_a", "tok_b", "tok_c"}
    assert (scene.seen.seen, scene.audit.lines) == ({}, [])


@pytest.mark.parametrize(
    "caller",
    [
        SHOP,
        Caller("m", scopes=("orders/read",)),
        Caller("m", scopes=("orders/write",)),
        Caller("m", scopes=("tokens/write", "orders/read")),
        Caller("x", ("shop", "analytics", "payments")),
    ],
)
def test_who_can_name_values_and_may_not_look_up_sees_none(caller: Caller) -> None:
    scene = Scene()
    assert scene.visible(caller) == frozenset()
    assert (scene.seen.seen, scene.audit.lines) == ({}, [])


@pytest.mark.parametrize("caller", [BOTH, Caller("m", scopes=("orders/read", "tokens/look_up"))])
def test_who_may_look_up_sees_emails_and_phones_with_a_line_and_no_other_kind(caller: Caller) -> None:
    scene = Scene()
    assert scene.visible(caller) == {"tok_a", "tok_b"}
    (line,) = scene.audit.lines
    assert (line["action"], line["tokens"], line["result"]) == ("look_up", ["tok_a", "tok_b"], "shown")


def test_different_values_are_counted_and_beyond_the_budget_none_is_shown() -> None:
    scene = Scene()
    for _ in range(10):  # the same two of the four that an hour has
        assert scene.visible(BOTH)
    assert scene.visible(BOTH, [("email", "tok_d"), ("email", "tok_e")])
    assert scene.visible(BOTH, [("email", "tok_f")]) == frozenset()
    assert scene.visible(BOTH) == frozenset()
    assert scene.signals == ["BudgetExceeded"] * 2
    assert [line["result"] for line in scene.audit.lines[-2:]] == ["budget"] * 2


@pytest.mark.parametrize("part", ["seen", "audit"])
def test_without_budget_or_trail_nothing_is_shown(part: str) -> None:
    scene = Scene()
    down: Any = Unavailable("down")
    getattr(scene, part).down = down
    with pytest.raises(Unavailable):
        scene.visible(BOTH)
