"""Tests when an order may be charged, and for how much."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tokenizer.errors import Refused
from tokenizer.payments.attempts import Attempt, AttemptState, next_attempt

LEASE, MOST_ATTEMPTS = timedelta(minutes=1), 5
NOW = datetime(2026, 11, 24, tzinfo=UTC)
FIRST = Attempt(
    "SO-1", 1, "10.00", "10.00", "USD", ("tok_n", "tok_e"), "p1", NOW.isoformat(), AttemptState.TRYING
)


def order(**changes: Any) -> dict[str, Any]:
    card = {"number": "tok_n", "expiry": "tok_e"}
    return {"order_id": "SO-1", "total": "10.00", "currency": "USD", "payment": {"card": card}} | changes


def after(
    last: Attempt | None, payment_id: str = "p2", later: timedelta = timedelta(0), **changes: Any
) -> Attempt:
    return next_attempt(order(**changes), last, payment_id, NOW + later)


def test_the_first_attempt_freezes_total_and_card() -> None:
    assert after(None, "p1") == FIRST


@pytest.mark.parametrize("state", AttemptState)
def test_the_payment_of_an_attempt_continues_it(state: AttemptState) -> None:
    last = replace(FIRST, state=state)
    assert after(last, "p1", total="99.00") == last


def test_another_payment_waits_and_then_takes_the_same_charge_over() -> None:
    with pytest.raises(Refused, match="being charged"):
        after(FIRST, later=LEASE - timedelta(seconds=1))
    taken = after(FIRST, later=LEASE, total="99.00", payment={"card": {"number": "tok_x", "expiry": "tok_y"}})
    assert taken == replace(FIRST, payment_id="p2", since=(NOW + LEASE).isoformat())
    assert taken.gateway_id == FIRST.gateway_id


def test_after_a_decline_there_is_another_charge_for_the_card_and_total_of_now() -> None:
    declined = replace(FIRST, state=AttemptState.DECLINED)
    hour = timedelta(hours=1)
    again = after(
        declined, later=hour, total="9.00", payment={"card": {"number": "tok_x", "expiry": "tok_y"}}
    )
    since = (NOW + hour).isoformat()
    assert again == Attempt(
        "SO-1", 2, "10.00", "9.00", "USD", ("tok_x", "tok_y"), "p2", since, AttemptState.TRYING
    )
    assert again.gateway_id != FIRST.gateway_id


CHARGED = replace(FIRST, state=AttemptState.CHARGED)
DECLINED = replace(FIRST, state=AttemptState.DECLINED)


@pytest.mark.parametrize(
    ("last", "changes", "code"),
    [
        (CHARGED, {}, "already_paid"),
        (DECLINED, {"total": "10.01"}, "total_changed"),
        (DECLINED, {"total": "1e9"}, "total_changed"),
        (DECLINED, {"currency": "JPY"}, "total_changed"),
        (replace(DECLINED, ordinal=2, amount="1.00"), {"total": "10.01"}, "total_changed"),
        (replace(DECLINED, ordinal=MOST_ATTEMPTS), {}, "too_many_declines"),
        (None, {"total": "0.00"}, "not_payable"),
        (None, {"total": "-5"}, "not_payable"),
        (None, {"total": "NaN"}, "not_payable"),
        (None, {"total": "tok_1gb8tgx31kfs46r9wgjm8em128"}, "not_payable"),
        (None, {"order_id": "tok_1gb8tgx31kfs46r9wgjm8em128"}, "not_payable"),
        (None, {"payment": None}, "not_payable"),
        (None, {"payment": {"card": {"number": "tok_n"}}}, "not_payable"),
        (None, {"payment": {"card": {"number": "", "expiry": "tok_e"}}}, "not_payable"),
        (None, {"payment": {"card": {"number": "tok_n", "expiry": ["tok_e"]}}}, "not_payable"),
        (None, {"payment": {"card": None}}, "not_payable"),
    ],
)
def test_an_order_is_refused_with_its_reason(
    last: Attempt | None, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refused) as refused:
        after(last, **changes)
    assert refused.value.code == code
