"""The alarms on reveals listen to metrics that the handlers really emit, and each alarm has an entry in the runbook."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from handlers import batch_outcomes, erase, pay, reveal
from local.emulator.package import ROOT
from local.emulator.template import load
from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.endless_vault import CARD, EndlessVault, token_of
from tests.support.fakes.reveals import CountedRevealing, Revealing
from tests.support.fakes.world import FakeAliases
from tests.support.handlers import Emitted
from tokenizer.alarm_metrics import AUDIT_FAILED, HONEY_ASKED, PAYMENT_DECLINED, RECORDS_REFUSED
from tokenizer.aws.platform import counters
from tokenizer.callers import Caller
from tokenizer.erasure.certificates import Certificate
from tokenizer.errors import Unavailable

ALARMS = {
    name: each["Properties"]
    for name, each in load(ROOT / "template.yaml")["Resources"].items()
    if each["Type"] == "AWS::CloudWatch::Alarm"
}
OURS = {name: alarm for name, alarm in ALARMS.items() if alarm["Namespace"] == "OrderTokenizer"}
LISTENING = {
    "AuditFailedAlarm": "AuditFailed",
    "BudgetExceededAlarm": "BudgetExceeded",
    "DeniedAlarm": "Denied",
    "HoneyTokenAlarm": "HoneyTokenAsked",
    "PaymentsDeclinedAlarm": "PaymentDeclined",
    "RecordsRefusedAlarm": "RecordsRefused",
    "RetriedAlarm": "Retried",
    "RevealsDeniedAlarm": "RevealsDenied",
    "SweepsFailedAlarm": "SweepsFailed",
    "TamperedAlarm": "Tampered",
}
CONTEXT: Any = SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 30_000)


@pytest.fixture(autouse=True)
def thief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody who asks is a thief with a cashier's login."""
    for handler in (reveal, pay):
        monkeypatch.setattr(handler, "identified_caller", lambda *_: Caller("thief", ("payments",)))


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Revealing:
    made = CountedRevealing(EndlessVault(10_000), FakeAliases(), FakeAudit())
    monkeypatch.setattr(reveal, "_reveals", lambda: made.reveals)
    return made


def ask(first: int) -> dict[str, Any]:
    tokens = [token_of(number) for number in range(first, first + 100)]
    event = {"tokens": tokens, "purpose": "charge"}
    answer: dict[str, Any] = reveal.handler(event, CONTEXT)
    return answer


def test_a_sweep_through_the_handler_emits_what_the_alarms_listen_to(
    desk: Revealing, emitted: Emitted
) -> None:
    desk.honey.tokens = {token_of(42)}
    found: dict[str, tuple[float, str, list[list[str]]]] = {}
    for first in range(0, 1_000, 100):
        ask(first)
        found |= emitted()
    listening = {
        OURS[name]["MetricName"] for name in ("HoneyTokenAlarm", "BudgetExceededAlarm", "RevealsDeniedAlarm")
    }
    assert set(found) == listening
    for _, namespace, dimensions in found.values():
        assert (namespace, dimensions) == ("OrderTokenizer", [["service"]])
    assert found["RevealsDenied"][0] == 100


def test_a_quiet_reveal_emits_nothing(desk: Revealing, emitted: Emitted) -> None:
    answer = reveal.handler({"tokens": [token_of(1)], "purpose": "charge"}, CONTEXT)
    assert answer == {"tokens": {token_of(1): {"status": "ok", "kind": "token", "value": f'"{CARD}"'}}}
    assert emitted() == {}


def test_the_handler_tells_what_is_masked(desk: Revealing, emitted: Emitted) -> None:
    shown = ask(0)["tokens"]
    assert shown[token_of(50)] == {
        "status": "ok",
        "kind": "token",
        "value": '"************1111"',
        "masked": True,
    }


def test_honey_is_told_of_even_if_nothing_is_answered(desk: Revealing, emitted: Emitted) -> None:
    desk.honey.tokens = {token_of(7)}
    desk.audit.down = True
    assert ask(0)["error"]["code"] == "unavailable"
    assert emitted()["HoneyTokenAsked"][0] == 1


def test_a_payment_tells_of_honey_too(monkeypatch: pytest.MonkeyPatch, emitted: Emitted) -> None:
    class Till:
        def pay(self, *_: Any) -> Any:
            counters.count(HONEY_ASKED)
            raise Unavailable("down")

    monkeypatch.setattr(pay, "_cashier", Till)
    assert pay.handler({"order_id": "o", "key": "k"}, CONTEXT)["error"]["code"] == "unavailable"
    assert emitted()["HoneyTokenAsked"][0] == 1


@pytest.mark.parametrize("unproven", [0, 2])
def test_an_erasure_or_a_sweep_that_found_what_nobody_wrote_rings(
    emitted: Emitted, monkeypatch: pytest.MonkeyPatch, unproven: int
) -> None:
    shown = Certificate("era_1", "s", "carla", "erasure_request", 1, 2, unproven=unproven, found=True).shown(
        "C-1"
    )
    service = SimpleNamespace(
        sweep=lambda _: {"swept": 1, "failed": 0, "unproven": unproven}, erase=lambda *_: shown
    )
    monkeypatch.setattr(erase, "_service", lambda: service)
    monkeypatch.setattr(erase, "identified_caller", lambda *_: Caller("carla", ("compliance",)))
    erase.handler({"sweep": True}, CONTEXT)
    assert emitted()["Tampered"][0] == unproven
    erase.handler({"customer_id": "C-1", "purpose": "erasure_request"}, CONTEXT)
    found = emitted()
    assert found["Tampered"][0] == unproven if unproven else "Tampered" not in found


def test_every_alarm_of_ours_listens_to_a_metric_that_is_emitted(
    desk: Revealing, emitted: Emitted, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.honey.tokens = {token_of(42)}
    for first in range(0, 500, 100):
        ask(first)
    batch_outcomes.log_batch([])
    counters.count(AUDIT_FAILED)
    counters.count(PAYMENT_DECLINED)
    counters.count(RECORDS_REFUSED)
    monkeypatch.setattr(
        erase, "_service", lambda: SimpleNamespace(sweep=lambda _: {"swept": 0, "failed": 0, "unproven": 0})
    )
    erase.handler({"sweep": True}, CONTEXT)
    found = emitted()
    assert {name: alarm["MetricName"] for name, alarm in OURS.items()} == LISTENING
    assert set(LISTENING.values()) <= set(found)
    assert all(
        alarm["Dimensions"] == [{"Name": "service", "Value": "order-tokenizer"}] for alarm in OURS.values()
    )


def test_every_alarm_has_an_entry_in_the_runbook_and_every_entry_its_alarm() -> None:
    entries = re.findall(r"^## (\w+)$", Path("docs/runbook.md").read_text(), re.MULTILINE)
    assert sorted(entries) == sorted(ALARMS)
