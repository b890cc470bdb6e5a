"""Erasing an order that came without a customer: what it brought goes, and what customers use stays theirs."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from tests.support.fakes.subject_data import Erasing
from tests.support.fakes.world import SUBJECT_KEY, ample_budget
from tests.support.samples import ARRIVED, order, passing_luhn, stream_record
from tokenizer.erasure.certificates import SWEEPS, Certificate
from tokenizer.errors import Unavailable
from tokenizer.records import Share, milliseconds
from tokenizer.vault.tokens import Pointer, is_order, is_token

FIRST_SWEEP = SWEEPS[0]
EMAIL = "both@example.com"
sequences: Iterator[int] = count(1)


@pytest.fixture
def erasing() -> Erasing:
    return Erasing(milliseconds(ARRIVED) + 1_000)


def send(
    erasing: Erasing,
    order_id: str,
    customer: str | None = None,
    *,
    sequence: int | None = None,
    later: int = 0,
    email: str = EMAIL,
) -> dict[str, str]:
    """Tokenizes an order of a guest, or of a customer; returns the tokens of its customer's fields."""
    about = {"customer_id": customer, "name": f"Canary {order_id}", "email": email}
    event = {**order(customer=about, order_id=order_id), "schema_version": 3}
    record = stream_record(
        event, sequence or next(sequences), arrived_at=ARRIVED + timedelta(milliseconds=later)
    )
    (outcome,) = erasing.world.tokenizer.tokenize_batch([record], ample_budget())
    assert outcome.published, outcome
    shown: dict[str, Any] = erasing.world.bus.details()[-1]["data"]["order"]["customer"]
    return {name: value for name, value in shown.items() if is_token(str(value))}


def erase_order(erasing: Erasing, order_id: str, erasure_id: str = "era_order") -> Certificate:
    return erasing.eraser.erase_order(order_id, "carla", "erasure_request", erasure_id, ample_budget())


def values_kept(erasing: Erasing) -> list[Any]:
    return [field.value for each in erasing.world.vault.stored.values() for field in each.fields.values()]


def test_every_token_of_a_guests_order_answers_erased_at_once_and_of_no_other(erasing: Erasing) -> None:
    mine, other = send(erasing, "SO-1"), send(erasing, "SO-2", email="other@example.com")
    certificate = erase_order(erasing, "SO-1")
    assert set(erasing.statuses(*mine.values())) == {"erased"}
    assert set(erasing.statuses(*other.values())) == {"ok"}
    assert (certificate.records, len(certificate.pending), certificate.kept_for_others) == (1, 1, 0)
    assert certificate.shown("SO-1")["order_id"] == "SO-1"


def test_after_the_first_sweep_no_value_of_a_guests_order_is_stored(erasing: Erasing) -> None:
    mine = send(erasing, "SO-1")
    erase_order(erasing, "SO-1")
    (swept,) = erasing.sweep(FIRST_SWEEP)
    assert values_kept(erasing) == []
    assert erasing.world.index.entries == {}
    assert (swept.records, swept.pending) == (2, ())
    assert set(erasing.statuses(*mine.values())) == {"erased"}


def test_a_delivery_again_of_an_erased_guests_order_brings_nothing_back(erasing: Erasing) -> None:
    send(erasing, "SO-1", sequence=7_001)
    erase_order(erasing, "SO-1")
    erasing.sweep(FIRST_SWEEP)
    again = send(erasing, "SO-1", sequence=7_001)
    assert set(erasing.statuses(*again.values())) == {"erased"}
    assert values_kept(erasing) == []
    assert erasing.world.index.entries == {}


def test_what_comes_under_the_order_after_its_erasure_is_kept(erasing: Erasing) -> None:
    old = send(erasing, "SO-1")
    erase_order(erasing, "SO-1")
    new = send(erasing, "SO-1", later=60_000)
    assert not set(old.values()) & set(new.values())
    for each in SWEEPS[:3]:
        erasing.sweep(each)
        assert set(erasing.statuses(*new.values())) == {"ok"}


def test_the_order_of_a_customer_is_not_reached(erasing: Erasing) -> None:
    """A customer's order belongs to the customer, even if somebody asks for it by its id."""
    mine = send(erasing, "SO-1", "C-1")
    certificate = erase_order(erasing, "SO-1")
    assert certificate.records == 0
    assert set(erasing.statuses(*mine.values())) == {"ok"}


def test_an_order_and_a_customer_of_one_id_are_two_subjects(erasing: Erasing) -> None:
    guest = send(erasing, "A-77", email="guest@example.com")
    customer = send(erasing, "SO-2", "A-77", email="customer@example.com")
    erase_order(erasing, "A-77")
    assert set(erasing.statuses(*guest.values())) == {"erased"}
    assert set(erasing.statuses(*customer.values())) == {"ok"}
    assert {is_order(SUBJECT_KEY.order("A-77")), is_order(SUBJECT_KEY.subject("A-77"))} == {True, False}


@pytest.mark.parametrize("first", ["guest", "customer"])
def test_a_value_that_a_customer_uses_survives_the_order_but_not_the_customer(
    erasing: Erasing, first: str
) -> None:
    who = [("SO-1", None), ("SO-2", "C-1")]
    for order_id, customer in who if first == "guest" else reversed(who):
        token = send(erasing, order_id, customer)["email"]
    certificate = erase_order(erasing, "SO-1")
    erasing.sweep(FIRST_SWEEP)
    assert certificate.pending == ()
    assert erasing.statuses(token) == ["ok"]
    erasing.erase("C-1")
    assert erasing.statuses(token) == ["erased"]
    erasing.sweep(FIRST_SWEEP)
    assert values_kept(erasing) == []


@pytest.mark.parametrize("first", ["guest", "customer"])
def test_an_order_keeps_no_value_of_an_erased_customer(erasing: Erasing, first: str) -> None:
    """Anybody can order as a guest with somebody else's email."""
    who = [("SO-1", None), ("SO-2", "C-1"), ("SO-3", None)]
    for order_id, customer in who if first == "guest" else reversed(who):
        token = send(erasing, order_id, customer)["email"]
    certificate = erasing.erase("C-1")
    assert (certificate.kept_for_others, erasing.statuses(token)) == (0, ["erased"])
    (swept,) = erasing.sweep(FIRST_SWEEP)
    assert (swept.pending, swept.kept_for_others) == ((), 0)
    assert EMAIL not in values_kept(erasing)
    assert erasing.world.index.entries == {}
    assert send(erasing, "SO-4", later=FIRST_SWEEP + 2_000)["email"] != token


@pytest.mark.parametrize("erased_first", ["SO-1", "SO-2"])
def test_a_value_of_two_orders_goes_with_the_last_of_them(erasing: Erasing, erased_first: str) -> None:
    token = send(erasing, "SO-1")["email"]
    assert send(erasing, "SO-2")["email"] == token
    erase_order(erasing, erased_first, "era_1")
    erasing.sweep(FIRST_SWEEP)
    assert erasing.statuses(token) == ["ok"]
    erase_order(erasing, {"SO-1": "SO-2", "SO-2": "SO-1"}[erased_first], "era_2")
    assert erasing.statuses(token) == ["erased"]
    erasing.sweep(FIRST_SWEEP)
    assert values_kept(erasing) == []
    assert erasing.world.index.entries == {}


def test_a_customer_takes_over_the_entry_of_a_value_that_an_order_brought(erasing: Erasing) -> None:
    send(erasing, "SO-1")
    for customer in ("C-1", "C-2"):
        send(erasing, f"SO-{customer}", customer)
    (entry,) = erasing.world.index.entries.values()
    assert entry.owner == SUBJECT_KEY.subject("C-1")
    assert erasing.erase("C-1").kept_for_others == 1
    assert erasing.statuses(entry.token) == ["ok"]
    erasing.erase("C-2", "era_2")
    assert erasing.statuses(entry.token) == ["erased"]


def test_a_made_up_share_of_a_customer_destroys_no_value_of_an_order(erasing: Erasing) -> None:
    """Somebody who can write the table of shares alone notes an erased customer as a user of the value."""
    token = send(erasing, "SO-1")["email"]
    assert send(erasing, "SO-2")["email"] == token
    erasing.erase("C-gone")
    record_id = Pointer.parse(token).record_id
    made_up = Share(record_id, SUBJECT_KEY.subject("C-gone"), 1, SUBJECT_KEY.order("SO-1"), 1, b"x" * 16)
    erasing.world.index.shares[record_id, made_up.subject] = made_up
    erase_order(erasing, "SO-1")
    erasing.sweep(FIRST_SWEEP)
    assert EMAIL in values_kept(erasing)


def test_consumers_are_told_of_the_order_unless_its_id_is_a_sensitive_value(erasing: Erasing) -> None:
    send(erasing, "SO-1")
    erase_order(erasing, "SO-1")
    assert erasing.world.bus.events[-1].event_type == "order.erased"
    assert erasing.world.bus.details()[-1]["data"] == {"order": {"order_id": "SO-1"}}
    card = passing_luhn("411111111111111")
    send(erasing, card, email="card@example.com")
    before = len(erasing.world.bus.events)
    certificate = erase_order(erasing, card, "era_2")
    assert (certificate.status, len(erasing.world.bus.events)) == ("erased", before)


def test_the_order_id_stands_in_no_certificate_that_is_stored(erasing: Erasing) -> None:
    send(erasing, "SO-canary", email="a@example.com")
    erase_order(erasing, "SO-canary")
    assert "SO-canary" not in repr(list(erasing.store.kept.values()))


def test_an_erasure_that_failed_half_way_is_done_by_the_sweep(erasing: Erasing) -> None:
    mine = send(erasing, "SO-1")
    erasing.subject_data.down = Unavailable("the table")
    assert erase_order(erasing, "SO-1").failed
    assert set(erasing.statuses(*mine.values())) == {"erased"}
    erasing.subject_data.down = None
    erasing.sweep(FIRST_SWEEP)
    assert values_kept(erasing) == []
