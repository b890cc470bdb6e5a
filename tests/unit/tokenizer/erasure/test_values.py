"""Erasing a value that somebody names: it goes for all who used it, no replay brings it back, and it may come again."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from tests.support.fakes.subject_data import Erasing
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEY, ample_budget
from tests.support.samples import ARRIVED, order, stream_record
from tokenizer.erasure.certificates import SWEEPS
from tokenizer.errors import Unavailable
from tokenizer.pipeline.look_up import LookUp, ValueErasures
from tokenizer.records import milliseconds
from tokenizer.vault.tokens import Pointer

EMAIL = "both@example.com"
LATER = 60_000  # milliseconds after the first orders, and after the erasure
sequences: Iterator[int] = count(1)


@pytest.fixture
def erasing() -> Erasing:
    return Erasing(milliseconds(ARRIVED) + 1_000)


def send(erasing: Erasing, customer: str | None, sequence: int | None = None, *, later: int = 0) -> str:
    """Tokenizes an order with the email, of a customer or a guest; returns the email's token."""
    number = sequence or next(sequences)
    about = {"customer_id": customer, "email": EMAIL}
    event = {**order(customer=about, order_id=f"SO-{number}"), "schema_version": 3}
    record = stream_record(event, number, arrived_at=ARRIVED + timedelta(milliseconds=later))
    (outcome,) = erasing.world.tokenizer.tokenize_batch([record], ample_budget())
    assert outcome.published, outcome
    return str(erasing.world.bus.details()[-1]["data"]["order"]["customer"]["email"])


def values_kept(erasing: Erasing) -> list[Any]:
    stored = erasing.world.vault.stored.values()
    return [field.value for each in stored for field in each.fields.values() if field.value == EMAIL]


def test_the_value_is_erased_for_all_who_used_it_and_the_certificate_says_how_many(erasing: Erasing) -> None:
    token = send(erasing, "C-1")
    assert {send(erasing, customer) for customer in ("C-2", None)} == {token}
    certificate = erasing.erase_value(EMAIL)
    assert erasing.statuses(token) == ["erased"]
    assert values_kept(erasing) == []
    shown = certificate.shown(token)
    assert (shown["token"], shown["lost_by_customers"], shown["lost_by_orders"]) == (token, 2, 1)
    assert (shown["records"], shown["complete"]) == (1, True)
    assert {SUBJECT_KEY.subject("C-1"), SUBJECT_KEY.subject("C-2")} < set(certificate.lost_by)


def test_the_other_values_of_those_who_used_it_stay(erasing: Erasing) -> None:
    send(erasing, "C-1")
    (detail,) = erasing.world.bus.details()
    card = detail["data"]["order"]["payment"]["card"]["number"]
    erasing.erase_value(EMAIL)
    assert erasing.statuses(card) == ["ok"]


@pytest.mark.parametrize("owner", ["C-1", None])
def test_the_next_use_of_the_value_has_another_token_which_can_be_read(
    erasing: Erasing, owner: str | None
) -> None:
    token = send(erasing, owner)
    erasing.erase_value(EMAIL)
    again = send(erasing, "C-2", later=LATER)
    assert again != token
    assert send(erasing, "C-1", later=LATER) == again
    assert erasing.statuses(token, again) == ["erased", "ok"]


@pytest.mark.parametrize("since", ["nothing", "another token"])
@pytest.mark.parametrize("who", ["the first", "another", "a record that was on its way"])
def test_no_delivery_of_what_came_before_brings_the_value_back(
    erasing: Erasing, who: str, since: str
) -> None:
    token = send(erasing, "C-1", 9_001)
    send(erasing, "C-2", 9_002)
    erasing.erase_value(EMAIL)
    if since == "another token":
        send(erasing, "C-9", later=LATER)
    kept = values_kept(erasing)
    customer, sequence = {
        "the first": ("C-1", 9_001), "another": ("C-2", 9_002), "a record that was on its way": ("C-3", 9_003)
    }[who]  # fmt: skip
    assert send(erasing, customer, sequence) == token
    assert erasing.statuses(token) == ["erased"]
    assert values_kept(erasing) == kept


@pytest.mark.parametrize("shared", [False, True])
def test_erasing_the_customer_who_used_it_since_forgets_no_erasure_of_the_value(
    erasing: Erasing, *, shared: bool
) -> None:
    send(erasing, "C-1", 9_101)
    erasing.erase_value(EMAIL)
    again = send(erasing, "C-2", later=LATER)
    if shared:
        send(erasing, "C-3", later=LATER)
    erasing.now += LATER + 1
    erasing.erase("C-2")
    assert erasing.statuses(again) == ["ok" if shared else "erased"]
    erasing.sweep(SWEEPS[0])
    late = send(erasing, "C-1", 9_101)
    assert erasing.statuses(late) == ["erased"]
    assert values_kept(erasing) == ([EMAIL] if shared else [])
    fresh = send(erasing, "C-4", later=LATER + SWEEPS[0] + 10)
    assert (fresh == again, erasing.statuses(fresh)) == (shared, ["ok"])


def test_erasing_a_customer_who_lost_the_value_leaves_its_erasure(erasing: Erasing) -> None:
    token = send(erasing, "C-1", 9_201)
    send(erasing, "C-2", 9_202)
    erasing.erase_value(EMAIL)
    erasing.erase("C-1")
    erasing.sweep(SWEEPS[0])
    assert erasing.statuses(send(erasing, "C-2", 9_202)) == ["erased"]
    assert values_kept(erasing) == []
    assert send(erasing, "C-2", later=LATER) != token


def test_a_record_that_comes_back_into_the_vault_is_hidden_by_the_mark_and_swept(erasing: Erasing) -> None:
    """As a restored vault has it, or a function that was about to write the value's record."""
    token = send(erasing, "C-1")
    record_id = Pointer.parse(token).record_id
    record = erasing.world.vault.stored[record_id]
    erasing.erase_value(EMAIL)
    erasing.world.vault.stored[record_id] = record
    assert erasing.statuses(token) == ["erased"]
    (swept,) = erasing.sweep(SWEEPS[0])
    assert values_kept(erasing) == []
    assert (swept.records, swept.sweeps) == (1, 1)


def test_a_value_that_is_erased_twice_has_lost_both_tokens(erasing: Erasing) -> None:
    first = send(erasing, "C-1")
    erasing.erase_value(EMAIL)
    second = send(erasing, "C-1", later=LATER)
    erasing.now += LATER
    erasing.erase_value(EMAIL, "era_2")
    assert erasing.statuses(first, second) == ["erased", "erased"]
    assert send(erasing, "C-1", later=2 * LATER) not in {first, second}


def test_an_erased_value_is_looked_up_as_unknown_until_it_is_used_again(erasing: Erasing) -> None:
    look_up = LookUp(erasing.world.index, SCOPE_KEYS)
    send(erasing, "C-1")
    erasing.erase_value(EMAIL)
    assert look_up.entry("email", EMAIL, ample_budget()) is None
    token = send(erasing, "C-1", later=LATER)
    entry = look_up.entry("email", EMAIL, ample_budget())
    assert entry is not None
    assert entry.token == token


def test_nobody_notes_an_erasure_that_was_not_made(erasing: Erasing) -> None:
    """Somebody who can invoke the tokenizing function alone would take a value's token away from joins."""
    token = send(erasing, "C-1")
    notes = ValueErasures(
        LookUp(erasing.world.index, SCOPE_KEYS), erasing.world.erasures, lambda: erasing.now
    )
    with pytest.raises(Unavailable, match="not marked"):
        notes.note("email", EMAIL, token, ample_budget())
    with pytest.raises(Unavailable, match="another token"):
        notes.note("email", "nobody@example.com", token, ample_budget())
    assert send(erasing, "C-2", later=LATER) == token


def test_a_batch_with_records_of_before_and_after_gives_each_its_own_token(erasing: Erasing) -> None:
    token = send(erasing, "C-1")
    erasing.erase_value(EMAIL)
    records = [
        stream_record(
            order(customer={"customer_id": customer, "email": EMAIL}),
            next(sequences),
            arrived_at=ARRIVED + timedelta(milliseconds=later),
        )
        for customer, later in (("C-2", 0), ("C-3", LATER), ("C-4", 0), ("C-5", LATER))
    ]
    erasing.world.tokenizer.tokenize_batch(records, ample_budget())
    told = [each["data"]["order"]["customer"]["email"] for each in erasing.world.bus.details()[-4:]]
    assert (told[0], told[2]) == (token, token)
    assert told[1] == told[3] != token
    assert {subject for _, subject in erasing.world.index.shares} == {SUBJECT_KEY.subject("C-5")}
