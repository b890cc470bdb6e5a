"""Tests what an erasure puts in writing: a line before all else, and no text into which a value was pasted."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.subject_data import Erasing
from tests.support.fakes.world import SUBJECT_KEY, ample_budget
from tests.support.samples import ARRIVED
from tokenizer.authorization.ports import RouteAction
from tokenizer.callers import Caller
from tokenizer.erasure.service import ErasureService
from tokenizer.errors import Refused, Unavailable
from tokenizer.records import milliseconds
from tokenizer.vault.tokens import Pointer

CARLA = Caller("carla", ("compliance",))
PASTED = "because of 4111 1111 1111 1111"


def desk(erasing: Erasing, audit: FakeAudit, *, permits: bool = True) -> ErasureService:
    policies: Any = SimpleNamespace(permits=lambda _caller, _action, _purpose: permits)
    return ErasureService(erasing.eraser, policies, audit)


@pytest.mark.parametrize(
    ("purpose", "kept"), [("erasure_request", "erasure_request"), (PASTED, "withheld: no code")]
)
def test_line_certificate_and_answer_keep_a_purpose_only_if_it_is_a_code(purpose: str, kept: str) -> None:
    erasing, audit = Erasing(milliseconds(ARRIVED)), FakeAudit()
    answer = desk(erasing, audit).erase(CARLA, "C-1", purpose, ample_budget())
    (stored,) = erasing.sweep(600_000)
    assert (audit.lines[0]["purpose"], answer["purpose"], stored.purpose) == (kept, kept, kept)


def test_a_denied_erasure_is_in_the_trail_and_nowhere_else() -> None:
    erasing, audit = Erasing(milliseconds(ARRIVED)), FakeAudit()
    with pytest.raises(Refused):
        desk(erasing, audit, permits=False).erase(CARLA, "C-1", PASTED, ample_budget())
    assert [(line["result"], line["purpose"]) for line in audit.lines] == [("denied", "withheld: no code")]
    assert erasing.sweep(600_000) == []


@pytest.mark.parametrize("nobody", ["guest", " GUEST ", "0", "null", "None", "n/a", "00000000-0000-0000-0000-000000000000", "ゲスト", "-", "test"])  # fmt: skip
def test_what_belongs_to_nobody_gets_no_certificate(nobody: str) -> None:
    """The words are those by which an order's customer is none (test_guests.py)."""
    erasing, audit = Erasing(milliseconds(ARRIVED)), FakeAudit()
    with pytest.raises(Refused) as refused:
        desk(erasing, audit).erase(CARLA, nobody, "erasure_request", ample_budget())
    assert refused.value.code == "names_nobody"
    assert [line["result"] for line in audit.lines] == ["names_nobody"]
    assert erasing.sweep(600_000) == []


def test_who_may_not_erase_does_not_learn_which_ids_are_none() -> None:
    with pytest.raises(Refused) as refused:
        desk(Erasing(milliseconds(ARRIVED)), FakeAudit(), permits=False).erase(
            CARLA, "guest", "erasure_request", ample_budget()
        )
    assert refused.value.code == "denied"


def test_an_order_of_a_customer_is_refused_and_one_of_nobody_and_both_are_in_the_trail() -> None:
    erasing, audit = Erasing(milliseconds(ARRIVED)), FakeAudit()
    made = desk(erasing, audit)
    for order_id, of_customer, code in (("SO-1", True, "has_customer"), ("n/a", False, "names_nobody")):
        with pytest.raises(Refused) as refused:
            made.erase_order(CARLA, order_id, "erasure_request", ample_budget(), of_customer=of_customer)
        assert refused.value.code == code
    answer = made.erase_order(CARLA, "SO-1", PASTED, ample_budget(), of_customer=False)
    assert (answer["order_id"], answer["purpose"]) == ("SO-1", "withheld: no code")
    assert [(line["action"], line["result"]) for line in audit.lines] == [
        ("erase_order", result) for result in ("has_customer", "names_nobody", "marked")
    ]
    assert {line["subject"] for line in audit.lines} == {SUBJECT_KEY.order(each) for each in ("SO-1", "n/a")}
    assert "SO-1" not in repr(audit.lines)


def test_who_may_not_erase_an_order_does_not_learn_which_have_a_customer() -> None:
    with pytest.raises(Refused) as refused:
        desk(Erasing(milliseconds(ARRIVED)), FakeAudit(), permits=False).erase_order(
            CARLA, "SO-1", "erasure_request", ample_budget(), of_customer=True
        )
    assert refused.value.code == "denied"


def test_each_sweep_is_in_the_trail_and_those_that_failed_are_counted() -> None:
    """An alarm listens to that count."""
    erasing, audit = Erasing(milliseconds(ARRIVED)), FakeAudit()
    made = desk(erasing, audit)
    for customer in ("C-1", "C-2"):
        made.erase(CARLA, customer, "erasure_request", ample_budget())
    assert made.sweep(ample_budget()) == {"swept": 0, "failed": 0, "unproven": 0}
    erasing.now += 600_000
    erasing.subject_data.down = Unavailable("the table")
    assert made.sweep(ample_budget()) == {"swept": 2, "failed": 2, "unproven": 0}
    erasing.subject_data.down = None
    assert made.sweep(ample_budget()) == {"swept": 2, "failed": 0, "unproven": 0}
    ids = [line["erasure_id"] for line in audit.lines[:2]]
    told = [
        (line["action"], line["operator"], line["erasure_id"], line["result"]) for line in audit.lines[2:]
    ]
    assert told == [("sweep", "schedule", each, result) for result in ("failed", "swept") for each in ids]


TOKEN = Pointer(bytes(range(12)), bytes(4)).token
ASKS: dict[str, tuple[RouteAction, Callable[[ErasureService], object]]] = {
    "erase": (
        RouteAction.ERASE,
        lambda made: made.erase(CARLA, "C-1", "erasure_request", ample_budget()),
    ),
    "erase_order": (
        RouteAction.ERASE_ORDER,
        lambda made: made.erase_order(CARLA, "SO-1", "erasure_request", ample_budget(), of_customer=False),
    ),
    "erase_value": (
        RouteAction.ERASE_VALUE,
        lambda made: made.erase_value(CARLA, TOKEN, "", "erasure_request", ample_budget()),
    ),
}


def test_each_kind_of_erasure_is_tried_below() -> None:
    assert set(ASKS) == {
        name
        for name in vars(ErasureService)
        if name.startswith("erase") and callable(vars(ErasureService)[name])
    }


@pytest.mark.parametrize("kind", ASKS)
def test_each_kind_of_erasure_asks_for_its_own_right_and_for_no_other(kind: str) -> None:
    own, ask = ASKS[kind]

    def made(permitted: Callable[[RouteAction], bool]) -> ErasureService:
        policies: Any = SimpleNamespace(permits=lambda _caller, action, _purpose: permitted(action))
        return ErasureService(Erasing(milliseconds(ARRIVED)).eraser, policies, FakeAudit())

    ask(made(lambda action: action is own))
    with pytest.raises(Refused) as refused:
        ask(made(lambda action: action is not own))
    assert refused.value.code == "denied"
