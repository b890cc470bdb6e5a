"""Tests what an erasure puts in writing: a line before all else, and no text into which a value was pasted."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.subject_data import Erasing
from tests.support.fakes.world import SUBJECT_KEY, ample_budget
from tests.support.samples import ARRIVED
from tokenizer.authorization.ports import RouteAction
from tokenizer.callers import Caller
from tokenizer.erasure.certificates import Certificate
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
    assert made.sweep(ample_budget()) == {"swept": 0, "failed": 2, "unproven": 0}
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


class Noted:
    """An eraser that notes what it is asked for, and has nothing to erase."""

    def __init__(self, *swept: Certificate) -> None:
        self.asked: list[Any] = []
        self.swept = swept

    def __getattr__(self, name: str) -> Any:
        def call(*given: Any) -> Any:
            if name in {"subjects", "orders"}:
                return [f"{name} of {given[0]}", "an older name"]
            self.asked.append((name, *given[:-1]))
            return self.swept if name == "sweep" else SimpleNamespace(shown=lambda named: {"of": named})

        return call


VALUE = Pointer(b"r" * 12, b"tag.")


@pytest.mark.parametrize(
    ("ask", "call", "action", "subject"),
    [
        (("erase", "C-1"), ("erase", "C-1"), "erase", "subjects of C-1"),
        (("erase_order", "SO-1"), ("erase_order", "SO-1"), "erase_order", "orders of SO-1"),
        (
            ("erase_value", VALUE.token, "owner"),
            ("erase_value", VALUE.token, "owner"),
            "erase_value",
            (b"r" * 12).hex(),
        ),
    ],
)
def test_the_line_is_of_what_is_erased_and_has_each_of_its_fields(
    ask: tuple[str, ...], call: tuple[str, ...], action: str, subject: str
) -> None:
    eraser, audit = Noted(), FakeAudit()
    policies: Any = SimpleNamespace(permits=lambda *_: True)
    service = ErasureService(eraser, policies, audit)  # type: ignore[arg-type]  # all that is asked of it
    name, *named = ask
    of_customer = {"of_customer": False} if name == "erase_order" else {}
    answer = getattr(service, name)(CARLA, *named, "erasure_request", ample_budget(), **of_customer)
    assert answer == {"of": named[0]}
    (line,) = audit.lines
    assert line.pop("erasure_id") == eraser.asked[0][-1]
    assert eraser.asked == [(*call, "carla", "erasure_request", eraser.asked[0][-1])]
    assert line == {
        "action": action, "operator": "carla", "groups": ["compliance"], "purpose": "erasure_request",
        "subject": subject, "result": "marked",
    }  # fmt: skip


def test_a_value_that_no_event_has_held_is_refused_and_its_line_names_none() -> None:
    eraser, audit = Noted(), FakeAudit()
    policies: Any = SimpleNamespace(permits=lambda *_: True)
    service = ErasureService(eraser, policies, audit)  # type: ignore[arg-type]  # all that is asked of it
    with pytest.raises(Refused) as refused:
        service.erase_value(CARLA, None, "", "erasure_request", ample_budget())
    assert refused.value.code == "unknown_value"
    assert [(line["subject"], line["result"]) for line in audit.lines] == [("", "unknown_value")]
    assert eraser.asked == []


def test_each_sweep_has_a_line_and_the_counts_are_of_all() -> None:
    first = Certificate("era_1", "s1", "ann", "p", 1, 2, 3, 4, (b"a", b"b"), unproven=5)
    eraser, audit = Noted(first, replace(first, erasure_id="era_2", failed=True, unproven=1)), FakeAudit()
    policies: Any = None
    service = ErasureService(eraser, policies, audit)  # type: ignore[arg-type]  # all that is asked of it
    assert service.sweep(ample_budget()) == {"swept": 1, "failed": 1, "unproven": 6}
    line = {
        "action": "sweep", "operator": "schedule", "erasure_id": "era_1", "subject": "s1", "records": 3,
        "kept_for_others": 4, "pending": 2, "unproven": 5, "result": "swept",
    }  # fmt: skip
    assert audit.lines == [line, line | {"erasure_id": "era_2", "unproven": 1, "result": "failed"}]
