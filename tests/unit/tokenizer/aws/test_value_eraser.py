"""Erasing a value over the API: who learns what by naming it, what is counted, and that the value goes no further."""

import io
import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.budgets import LIMITS
from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.reveals import NOON
from tokenizer.authorization.look_ups import LookUps
from tokenizer.aws.api.value_eraser import ValueEraser
from tokenizer.aws.authorization.cedar import CedarPolicies
from tokenizer.callers import Caller
from tokenizer.errors import PipelineError, Refused, Unavailable

EMAIL, PURPOSE, ID_TOKEN = "ann.canary@example.com", "erasure_request", "eyJ.e30.c2ln"
TOKEN = "tok_1gb8tgx31kfs46r9wgjm8em128"
OWNER = "a" * 32
UNTIL = 1_795_600_000_000
CARLA = Caller("carla", ("compliance",), mfa=True)
CERTIFICATE = {
    "erasure_id": "era_1", "token": TOKEN, "status": "erased", "requested_by": "carla", "purpose": PURPOSE,
    "requested_at": "2026-11-25T00:00:00.000Z", "erased_until": "2026-11-25T00:00:00.000Z", "records": 1,
    "kept_for_others": 0, "pending": 0, "unproven": 0, "complete": True, "lost_by_customers": 1, "lost_by_orders": 0,
}  # fmt: skip


@dataclass
class Scene:
    """The eraser over functions that answer what is given; keeps what they are asked."""

    found: dict[str, Any] = field(default_factory=lambda: {"token": TOKEN, "owner": OWNER})
    erased: dict[str, Any] = field(default_factory=lambda: {"certificate": CERTIFICATE})
    noted: dict[str, Any] = field(default_factory=lambda: {"until": UNTIL})
    room: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list)
    counted: list[list[str]] = field(default_factory=list)
    audit: FakeAudit = field(default_factory=FakeAudit)

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 -- Lambda's names
        request = json.loads(Payload)
        self.asked.append({"function": FunctionName, **request})
        answer = {"looked_up": self.found, "erased": self.noted}.get(request.get("mode"), self.erased)
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}

    def add(self, *arguments: Any) -> bool:
        self.counted.append(list(arguments[3]))
        return self.room

    def erase(self, caller: Caller = CARLA, purpose: str = PURPOSE) -> Any:
        seen: Any = self
        policies = CedarPolicies()
        look_ups = LookUps(policies, LIMITS, seen, self.audit, lambda *_: None, lambda: NOON)
        fingerprints: Any = SimpleNamespace(of_value=lambda value, _: f"mac of {len(value)}")
        functions: Any = self
        eraser = ValueEraser(functions, "tokenize", "erase", lambda: look_ups, fingerprints)
        return eraser.erase("email", EMAIL, purpose, caller, ID_TOKEN)


def test_a_value_is_looked_up_erased_and_noted_in_this_order() -> None:
    scene = Scene()
    certificate = scene.erase()
    assert [(each["function"], each.get("mode")) for each in scene.asked] == [
        ("tokenize", "looked_up"),
        ("erase", None),
        ("tokenize", "erased"),
    ]
    assert scene.asked[1] == {
        "function": "erase", "token": TOKEN, "owner": OWNER, "purpose": PURPOSE, "id_token": ID_TOKEN
    }  # fmt: skip
    assert (certificate.token, certificate.erased_until) == (TOKEN, "2026-11-25T09:46:40.000Z")


def test_the_value_reaches_neither_the_erasing_function_nor_the_trail() -> None:
    scene = Scene()
    scene.erase()
    assert EMAIL not in repr(scene.asked[1])
    assert EMAIL not in repr(scene.audit.lines)
    assert EMAIL not in repr(scene.counted)


def test_naming_a_value_is_counted_and_noted_as_a_look_up() -> None:
    scene = Scene()
    scene.erase()
    assert scene.counted == [[TOKEN], [TOKEN]]
    (line,) = scene.audit.lines
    assert (line["action"], line["route"], line["result"]) == ("look_up", "value-erasures", "shown")


@pytest.mark.parametrize("found", [{"token": TOKEN, "owner": OWNER}, {"token": None}])
def test_beyond_the_budget_nothing_is_erased_and_nothing_learnt(found: dict[str, Any]) -> None:
    scene = Scene(found=found, room=False)
    with pytest.raises(Refused) as refused:
        scene.erase()
    assert refused.value.code == "budget_used"
    assert len(scene.asked) == 1
    assert [(line["result"], line["tokens"]) for line in scene.audit.lines] == [("budget", [])]


@pytest.mark.parametrize(
    ("caller", "purpose"),
    [
        (Caller("carla", ("compliance",)), PURPOSE),
        (CARLA, "curiosity"),
        (Caller("sam", ("support",), mfa=True), PURPOSE),
        (Caller("nobody"), PURPOSE),
    ],
)
def test_who_may_not_erase_values_looks_none_up(caller: Caller, purpose: str) -> None:
    """The erasing function is asked all the same: it decides, and notes the attempt."""
    scene = Scene(erased={"error": {"code": "denied", "message": "no"}})
    with pytest.raises(Refused) as refused:
        scene.erase(caller, purpose)
    assert refused.value.code == "denied"
    assert [(each["function"], each["token"]) for each in scene.asked] == [("erase", None)]
    assert (scene.counted, scene.audit.lines) == ([], [])


def test_a_value_that_no_event_has_held_counts_too_and_is_refused_by_the_erasing_function() -> None:
    scene = Scene(found={"token": None}, erased={"error": {"code": "unknown_value", "message": "no"}})
    with pytest.raises(Refused) as refused:
        scene.erase()
    assert refused.value.code == "unknown_value"
    assert scene.counted == [[f"mac of {len(EMAIL)}"]] * 2
    assert scene.audit.lines[0]["result"] == "unknown"


@pytest.mark.parametrize("step", ["found", "erased", "noted"])
def test_there_is_no_certificate_until_all_steps_are_done(step: str) -> None:
    scene = Scene()
    setattr(scene, step, {"error": {"code": "unavailable", "message": "try again"}})
    with pytest.raises(PipelineError) as failed:
        scene.erase()
    assert isinstance(failed.value, Unavailable)
