"""Tests what callers are told when they use up their budget, sweep, or touch a honey token."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.support.fakes.audit import FakeAudit
from tests.support.fakes.endless_vault import CARD, EndlessVault, token_of
from tests.support.fakes.reveals import Revealing
from tests.support.fakes.world import FakeAliases, ample_budget
from tokenizer.authorization.budget_rules import Window
from tokenizer.callers import IAM, Caller
from tokenizer.errors import PipelineError, Refused, Unavailable
from tokenizer.records import VaultRecord
from tokenizer.reveal.ports import Action, RevealRequest
from tokenizer.time_budget import Budget
from tokenizer.vault.categories import CATEGORIES

PAYMENTS, SUPPORT, ANALYTICS = (Caller(group, (group,)) for group in ("payments", "support", "analytics"))


def desk(below: int = 10_000, **changes: Any) -> Revealing:
    return Revealing(EndlessVault(below, **changes), FakeAliases(), FakeAudit())


def asked(
    at: Revealing,
    numbers: Sequence[int],
    caller: Caller = PAYMENTS,
    purpose: str = "charge",
    action: Action = Action.REVEAL,
) -> list[dict[str, Any]]:
    request = RevealRequest(tuple(token_of(each) for each in numbers), purpose, action)
    return list(at.reveals.answer(caller, request, ample_budget()).values())


def kinds(answers: Sequence[dict[str, Any]]) -> Counter[str]:
    def kind(answer: dict[str, Any]) -> str:
        return str(answer["status"]) + (" masked" if answer.get("masked") else "")

    return Counter(map(kind, answers))


def test_a_stolen_login_that_sweeps_ten_thousand_tokens_gets_its_budget_and_raises_the_alarm() -> None:
    at = desk()
    answers = []
    for start in range(0, 10_000, 100):
        answers += asked(at, range(start, start + 100))
        at.moment += timedelta(seconds=10)  # a quarter of an hour in all
    limit = at.limits.steps(Window.HOUR, PAYMENTS.groups, "charge", "card_number")
    assert kinds(answers) == {
        "ok": limit.full,
        "ok masked": limit.shown - limit.full,
        "denied": 10_000 - limit.shown,
    }
    assert [kind for kind, _ in _runs(answers)] == ["ok", "ok masked", "denied"]
    assert {each["value"] for each in answers if "value" in each} == {CARD, "************1111"}
    assert at.signals["BudgetExceeded"] == 4, "in full and at all, by the hour and by the day"
    first = next(line for line in at.audit.lines if line.get("budgets"))
    assert first["budgets"] == ["hour charge/card_number/full"]
    assert "41111111" not in str(at.audit.lines)


def _runs(answers: Sequence[dict[str, Any]]) -> list[tuple[str, int]]:
    runs: list[tuple[str, int]] = []
    for answer in answers:
        (kind,) = kinds([answer])
        runs[-1:] = [(kind, runs[-1][1] + 1)] if runs and runs[-1][0] == kind else [*runs[-1:], (kind, 1)]
    return runs


def test_patience_does_not_help_a_thief_beyond_the_day() -> None:
    at = desk()
    answers = []
    for hour in range(12):
        answers += asked(at, range(hour * 50, hour * 50 + 50))
        at.moment += timedelta(hours=1)
    day = at.limits.steps(Window.DAY, PAYMENTS.groups, "charge", "card_number")
    assert kinds(answers) == {"ok": day.full, "ok masked": 12 * 50 - day.full}


def test_the_audit_log_tells_a_value_that_was_masked_for_want_of_budget() -> None:
    at = desk()
    asked(at, range(60))
    told = Counter(at.audit.lines[0]["tokens"].values())
    assert told == {"ok": 50, "masked": 10}
    asked(at, range(5), action=Action.MASKED)
    assert Counter(at.audit.lines[1]["tokens"].values()) == {"ok": 5}


def test_what_may_not_be_masked_is_denied_once_the_budget_in_full_is_used_up() -> None:
    at = desk(path="/order/payment/card/expiry", value="12/29")
    assert kinds(asked(at, range(60))) == {"ok": 50, "denied": 10}


def test_a_token_that_is_asked_for_twice_in_a_request_counts_once() -> None:
    at = desk()
    asked(at, [1] * 100)
    assert at.counters.counters["hour#2026-11-24T12#payments"]["charge/card_number/full"] == 1


def test_who_guesses_is_refused_everything_and_learns_nothing_more() -> None:
    at = desk(below=100)
    assert kinds(asked(at, range(20, 200, 2))) == {"ok": 40, "unknown": 50}
    assert kinds(asked(at, range(1_000, 1_100))) == {"unknown": 100}
    assert kinds(asked(at, range(2_000, 2_100))) == {"denied": 100}
    assert kinds(asked(at, [1])) == {"denied": 1}, "what is there is refused like what is not"
    assert at.signals["BudgetExceeded"] == 1


def test_a_vault_that_fails_uses_up_nobodys_misses() -> None:
    class Failing(EndlessVault):
        def get_decrypted(
            self, ids: Sequence[bytes], budget: Budget
        ) -> dict[bytes, VaultRecord | PipelineError | None]:
            return dict.fromkeys(ids, Unavailable("down"))

    at = Revealing(Failing(0), FakeAliases(), FakeAudit())
    for _ in range(10):
        assert kinds(asked(at, range(100))) == {"unavailable": 100}


@pytest.mark.parametrize(
    ("caller", "purpose"),
    [(ANALYTICS, "charge"), (PAYMENTS, "curiosity"), (PAYMENTS, "")],
)
def test_who_may_reveal_nothing_is_told_the_same_of_every_token_and_the_vault_is_not_read(
    caller: Caller, purpose: str
) -> None:
    at = desk(below=10)
    answers = asked(at, [1, 10_000], caller, purpose)
    assert answers == [{"status": "denied"}] * 2
    assert isinstance(at.vault, EndlessVault)
    assert at.vault.reads == 0


@pytest.mark.parametrize("groups", [(), ("nobody",), ("Payments",)])
def test_who_is_in_no_group_is_refused_after_line_alarm_and_budget(groups: tuple[str, ...]) -> None:
    at = desk()
    at.honey.tokens = {token_of(3)}
    with pytest.raises(Refused) as refused:
        asked(at, [1, 3], Caller("x", groups))
    assert (refused.value.code, at.signals["HoneyTokenAsked"]) == ("denied", 1)
    assert [set(line["tokens"].values()) for line in at.audit.lines] == [{"denied"}]
    assert isinstance(at.vault, EndlessVault)
    assert at.vault.reads == 0


def test_a_honey_token_is_answered_like_any_other_and_raises_the_alarm() -> None:
    plain, watched = desk(), desk()
    watched.honey.tokens = {token_of(3)}
    for caller in (PAYMENTS, ANALYTICS):
        assert asked(watched, range(5), caller) == asked(plain, range(5), caller)
    assert watched.signals["HoneyTokenAsked"] == 2
    assert plain.signals["HoneyTokenAsked"] == 0
    assert [line.get("honey") for line in watched.audit.lines] == [[token_of(3)]] * 2
    assert not any("honey" in line for line in plain.audit.lines)


def test_the_alarm_is_raised_even_if_there_is_no_answer() -> None:
    at = desk()
    at.honey.tokens = {token_of(3)}
    at.audit.down = True
    with pytest.raises(Unavailable):
        asked(at, [3])
    assert at.signals["HoneyTokenAsked"] == 1


@pytest.mark.parametrize("part", ["honey", "counters"])
def test_without_budgets_or_honey_tokens_there_is_no_answer(part: str) -> None:
    at = desk()
    getattr(at, part).down = Unavailable("down")
    with pytest.raises(Unavailable):
        asked(at, [1])
    assert at.audit.lines == []


def test_who_comes_past_the_api_has_a_budget_too() -> None:
    at = desk(below=30_000)
    answers = []
    for start in range(0, 6_000, 100):
        answers += asked(at, range(start, start + 100), Caller("invoked directly", (IAM,)), "restore")
    assert kinds(answers) == {"ok": 5_000, "denied": 1_000}


def test_every_category_has_a_budget_of_its_own() -> None:
    paths = {"email": "/order/customer/email", "phone": "/order/customer/phone"}
    assert set(paths) < set(CATEGORIES)
    counters = desk().counters
    for path in paths.values():
        at = desk(path=path, value="nobody@example.com")
        at.counters = counters
        for start in range(0, 60, 10):
            assert kinds(asked(at, range(start, start + 10), SUPPORT, "support"))["ok"] == 10
        assert kinds(asked(at, range(10), SUPPORT, "support")) == {"ok masked": 10}
