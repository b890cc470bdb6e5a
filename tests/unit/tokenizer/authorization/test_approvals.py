"""An approval serves once, and only if whoever asked may still do this: each condition has a case of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.fakes.approvals import FakeApprovals
from tests.support.fakes.audit import FakeAudit
from tokenizer.authorization.approvals import APPROVAL_REFUSED, VALID_SECONDS, Approval, Approvals, Wanted
from tokenizer.authorization.ports import RouteAction
from tokenizer.callers import IAM, Caller
from tokenizer.errors import Refused

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
END = int(NOW.timestamp()) + VALID_SECONDS
ANN, EVE = Caller("ann", ("operators",)), Caller("eve", ("compliance",), mfa=True)
WANTED = Wanted(RouteAction.EDIT_LETTER, "d" * 64, "typo")
KEPT = Approval("a1", "edit_letter", "d" * 64, "typo", "m-1", ("/order/total",), "ann", END, "eve")


@dataclass
class Policies:
    """Permits everything, or nothing; keeps what was asked."""

    permit: bool = True
    asked: list[tuple[Caller, RouteAction, str, bool]] = field(default_factory=list)

    def permits(
        self, caller: Caller, action: RouteAction, purpose: str = "", *, approved: bool = False
    ) -> bool:
        self.asked.append((caller, action, purpose, approved))
        return self.permit

    def permitted_categories(self, caller: Caller, action: RouteAction, purpose: str = "") -> frozenset[str]:
        raise AssertionError("approvals are not about categories")


@dataclass
class Scene:
    """Approvals over fakes, one of which can be used."""

    kept: Approval = KEPT
    policies: Policies = field(default_factory=Policies)
    audit: FakeAudit = field(default_factory=FakeAudit)
    store: FakeApprovals = field(default_factory=FakeApprovals)
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.store.add(self.kept)

    @property
    def approvals(self) -> Approvals:
        return Approvals(self.store, self.policies, self.audit, lambda: self.now, lambda: "a2")


def test_an_approval_that_holds_in_everything_serves_once() -> None:
    scene = Scene()
    assert scene.approvals.take(ANN, "a1", WANTED) == replace(KEPT, used=True)
    assert scene.store.kept["a1"].used
    assert scene.audit.lines == []  # the caller writes the line of what is done
    with pytest.raises(Refused, match="used already"):
        scene.approvals.take(ANN, "a1", WANTED)


@pytest.mark.parametrize("action", RouteAction)
def test_the_policies_are_asked_whether_the_caller_may_do_this_now(action: RouteAction) -> None:
    wanted = replace(WANTED, action=action)
    scene = Scene(replace(KEPT, action=str(action)))
    scene.approvals.take(ANN, "a1", wanted)
    assert scene.policies.asked == [(ANN, action, "typo", True)]


# What takes an approval its force: what is changed of the case that holds, and what is said.
WITHDRAWN: dict[str, tuple[dict[str, Any], str]] = {
    "the policies no longer permit it": ({"policies": Policies(permit=False)}, "policies don't permit"),
    "it was used": ({"kept": replace(KEPT, used=True)}, "used already"),
    "it has ended": ({"kept": replace(KEPT, valid_until=int(NOW.timestamp()))}, "it has ended"),
    "nobody has approved it": ({"kept": replace(KEPT, approver=None)}, "nobody has approved"),
    "who asked has approved it": ({"kept": replace(KEPT, approver="ann")}, "asked for themselves"),
    "it is somebody else's": ({"kept": replace(KEPT, proposer="olga")}, "given to somebody else"),
    "it is for another action": ({"kept": replace(KEPT, action="ask_reveal")}, "for something else"),
    "it is for another purpose": ({"kept": replace(KEPT, purpose="repair")}, "for something else"),
    "it is for another patch": ({"kept": replace(KEPT, digest="e" * 64)}, "another patch"),
}


@pytest.mark.parametrize("why", WITHDRAWN)
def test_each_condition_refuses_by_itself_and_uses_nothing_up(why: str) -> None:
    changes, said = WITHDRAWN[why]
    scene = Scene(**changes)
    with pytest.raises(Refused, match=said) as caught:
        scene.approvals.take(ANN, "a1", WANTED)
    assert caught.value.code == APPROVAL_REFUSED
    assert scene.store.kept == {"a1": scene.kept}
    (line,) = scene.audit.lines
    assert (line["action"], line["operator"], line["approval"]) == ("use approval", "ann", "a1")
    assert said in line["refused"]


@pytest.mark.parametrize("caller", [Caller("ann", (IAM,)), Caller("ann", scopes=("orders/write",))])
@pytest.mark.parametrize(
    "act",
    [
        lambda scene, who: scene.ask(who, WANTED, "m-1", []),
        lambda scene, who: scene.approve(who, "a1", WANTED.digest),
        lambda scene, who: scene.take(who, "a1", WANTED),
    ],
    ids=["ask", "approve", "take"],
)
def test_who_is_no_person_has_no_part_in_it(act: Callable[[Approvals, Caller], Any], caller: Caller) -> None:
    scene = Scene()
    with pytest.raises(Refused, match="people who signed in"):
        act(scene.approvals, caller)
    assert scene.store.kept == {"a1": KEPT}


ASKED: dict[str, tuple[Callable[[Approvals], Any], tuple[Caller, RouteAction, str, bool]]] = {
    "to ask": (
        lambda scene: scene.ask(ANN, WANTED, "m-1", ["/order/total"]),
        (ANN, RouteAction.EDIT_LETTER, "typo", True),
    ),
    "to approve": (
        lambda scene: scene.approve(EVE, "a1", WANTED.digest),
        (EVE, RouteAction.APPROVE, "typo", False),
    ),
}


@pytest.mark.parametrize("what", ASKED)
def test_who_asks_and_who_approves_needs_the_right_to(what: str) -> None:
    act, expected = ASKED[what]
    scene = Scene(replace(KEPT, approver=None), Policies(permit=False))
    with pytest.raises(Refused) as caught:
        act(scene.approvals)
    assert caught.value.code == "denied"
    assert scene.store.kept == {"a1": scene.kept}
    assert scene.audit.lines[-1]["refused"] == "denied"
    assert scene.policies.asked == [expected]


def _line(action: str, caller: Caller, approver: str | None = None, **facts: Any) -> dict[str, Any]:
    return {
        "action": action, "operator": caller.name, "groups": list(caller.groups), "of": "edit_letter",
        "purpose": "typo", "paths": ["/order/total"], "ids": ["m-1"], "approval": facts.pop("approval", "a1"),
        "proposer": "ann", "approver": approver, **facts,
    }  # fmt: skip


def test_each_line_of_an_approval_has_each_of_its_fields() -> None:
    scene = Scene(replace(KEPT, approver=None))
    asked = scene.approvals.ask(ANN, WANTED, "m-1", ["/order/total"])
    assert asked == replace(KEPT, approval_id="a2", approver=None)
    scene.approvals.approve(EVE, "a1", KEPT.digest)
    scene.policies.permit = False
    with pytest.raises(Refused):
        scene.approvals.take(ANN, "a1", WANTED)
    scene.policies.permit = True
    scene.approvals.take(ANN, "a1", WANTED)
    with pytest.raises(Refused, match="used already"):
        scene.approvals.take(ANN, "a1", WANTED)
    assert scene.audit.lines == [
        _line("ask approval", ANN, approval="a2"),
        _line("approve", EVE, "eve"),
        _line("use approval", ANN, "eve", refused="the policies don't permit this to the one who asked"),
        _line("use approval", ANN, "eve", refused="it was used already"),
    ]


def test_an_approval_that_was_used_can_not_be_approved_again() -> None:
    scene = Scene(replace(KEPT, approver=None, used=True))
    with pytest.raises(Refused, match="used already"):
        scene.approvals.approve(EVE, "a1", KEPT.digest)


def test_people_see_each_field_of_an_approval_but_what_it_stands_for() -> None:
    assert replace(KEPT, used=True).to_dict() == {
        "approval": "a1", "action": "edit_letter", "purpose": "typo", "letter": "m-1", "paths": ["/order/total"],
        "proposer": "ann", "approver": "eve", "valid_until": END, "used": True,
    }  # fmt: skip
