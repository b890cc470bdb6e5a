"""Erasing: nothing of a customer's is revealed from then on, nothing of another's is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from tests.support.fakes.subject_data import Erasing
from tests.support.fakes.world import SUBJECT_KEY, ample_budget
from tests.support.samples import ARRIVED, order, passing_luhn, stream_record
from tokenizer.erasure.certificates import SWEEPS, Certificate
from tokenizer.errors import Unavailable
from tokenizer.pipeline.catalog import values_catalog
from tokenizer.records import Share, milliseconds
from tokenizer.vault.tokens import Pointer, is_token

FIRST_SWEEP = SWEEPS[0]
EMAIL = "both@example.com"
sequences: Iterator[int] = count(1)


@pytest.fixture
def erasing() -> Erasing:
    return Erasing(milliseconds(ARRIVED) + 1_000)


def send(
    erasing: Erasing, customer: str, sequence: int | None = None, *, later: int = 0, **fields: str
) -> dict[str, Any]:
    """Tokenizes an order that arrived `later` milliseconds after the first ones; returns its sanitized form."""
    about = {
        "customer_id": customer,
        "name": f"Canary {customer}",
        "email": f"{customer}@example.com",
    } | fields
    record = stream_record(
        order(customer=about), sequence or next(sequences), arrived_at=ARRIVED + timedelta(milliseconds=later)
    )
    (outcome,) = erasing.world.tokenizer.tokenize_batch([record], ample_budget())
    assert outcome.published, outcome
    return dict(erasing.world.bus.details()[-1]["data"]["order"])


def tokens_of(shown: Any) -> list[str]:
    match shown:
        case dict():
            return [token for inner in shown.values() for token in tokens_of(inner)]
        case list():
            return [token for inner in shown for token in tokens_of(inner)]
        case str() if is_token(shown):
            return [shown]
        case _:
            return []


def values_kept(erasing: Erasing) -> list[Any]:
    return [field.value for each in erasing.world.vault.stored.values() for field in each.fields.values()]


def test_every_token_of_the_customer_answers_erased_at_once_and_of_nobody_else(erasing: Erasing) -> None:
    mine, other = send(erasing, "C-1"), send(erasing, "C-2")
    erasing.erase("C-1")
    assert set(erasing.statuses(*tokens_of(mine))) == {"erased"}
    assert set(erasing.statuses(*tokens_of(other))) == {"ok"}


def test_after_the_first_sweep_no_value_of_the_customer_is_stored(erasing: Erasing) -> None:
    mine = send(erasing, "C-1")
    certificate = erasing.erase("C-1")
    assert (certificate.records, len(certificate.pending)) == (1, 1)
    assert values_kept(erasing) == ["C-1@example.com"]  # somebody may be about to share it
    (swept,) = erasing.sweep(FIRST_SWEEP)
    assert values_kept(erasing) == []
    assert (swept.records, swept.pending, swept.kept_for_others) == (2, (), 0)
    assert erasing.world.index.entries == {}
    assert set(erasing.statuses(*tokens_of(mine))) == {"erased"}


def test_what_arrived_in_the_millisecond_of_the_erasure_is_erased_and_what_came_after_is_not() -> None:
    for late, kept in ((0, []), (1, ["C-1@example.com"])):
        erasing = Erasing(milliseconds(ARRIVED))
        send(erasing, "C-1", later=late)
        erasing.erase("C-1")
        erasing.sweep(FIRST_SWEEP)
        assert [each for each in values_kept(erasing) if "@" in str(each)] == kept
        assert len(erasing.world.index.entries) == len(kept)


def test_no_customer_id_stands_in_the_vault_the_index_or_the_certificate(erasing: Erasing) -> None:
    send(erasing, "C-canary")
    certificate = erasing.erase("C-canary")
    written = repr((erasing.world.vault.stored, erasing.world.index.entries, certificate))
    assert "C-canary" not in written.replace("Canary C-canary", "").replace("C-canary@", "")


def test_a_value_that_another_customer_shares_stays_for_that_one(erasing: Erasing) -> None:
    first = send(erasing, "C-1", email=EMAIL)["customer"]["email"]
    assert send(erasing, "C-2", email=EMAIL)["customer"]["email"] == first
    certificate = erasing.erase("C-1")
    assert certificate.kept_for_others == 1
    for each in (0, *SWEEPS[:4]):
        erasing.sweep(each)
        assert erasing.statuses(first) == ["ok"]
    assert send(erasing, "C-2", email=EMAIL, later=9_000)["customer"]["email"] == first


def test_a_certificate_counts_a_value_that_stays_with_its_owner_after_every_sweep_too(
    erasing: Erasing,
) -> None:
    """Counts a value that the second customer only shares: it stays, and the certificate has to say so."""
    token = send(erasing, "C-1", email=EMAIL)["customer"]["email"]
    assert send(erasing, "C-2", email=EMAIL)["customer"]["email"] == token
    certificate = erasing.erase("C-2")
    assert certificate.kept_for_others == 1
    assert certificate.shown("C-2")["kept_for_others"] == 1
    assert certificate.unproven == 0
    for each in SWEEPS[:3]:
        (swept,) = erasing.sweep(each)
        assert (swept.kept_for_others, swept.unproven) == (1, 0)
    assert erasing.statuses(token) == ["ok"]


def test_a_value_whose_owner_is_erased_as_well_is_not_counted_as_kept(erasing: Erasing) -> None:
    token = send(erasing, "C-1", email=EMAIL)["customer"]["email"]
    send(erasing, "C-2", email=EMAIL)
    erasing.erase("C-1", "era_1")
    certificate = erasing.erase("C-2", "era_2")
    assert certificate.kept_for_others == 0
    assert erasing.statuses(token) == ["erased"]


def test_a_shared_value_goes_with_the_last_who_shares_it(erasing: Erasing) -> None:
    token = send(erasing, "C-1", email=EMAIL)["customer"]["email"]
    send(erasing, "C-2", email=EMAIL)
    send(erasing, "C-3", email=EMAIL)
    for at, customer in enumerate(("C-2", "C-1", "C-3")):
        assert erasing.statuses(token) == ["ok"]
        erasing.erase(customer, f"era_{at}")
        erasing.sweep(FIRST_SWEEP)
    assert erasing.statuses(token) == ["erased"]
    erasing.sweep(SWEEPS[1])
    assert values_kept(erasing) == []
    assert erasing.world.index.shares == {}


def submit(erasing: Erasing, email: str, later: int = 0) -> str:
    """Tokenizes an email for nobody, as `POST /tokens` without a customer does; returns its token."""
    world = erasing.world
    reader = replace(world.tokenizer.reader, catalog=values_catalog())
    event = {
        "event_id": "values",
        "event_type": "values.submitted",
        "schema_version": 1,
        "occurred_at": "1970-01-01T00:00:00Z",
        "values": [{"value": {"email": email}}],
    }
    record = stream_record(event, next(sequences), arrived_at=ARRIVED + timedelta(milliseconds=later))
    (outcome,) = replace(world.tokenizer, reader=reader).tokenize_batch([record], ample_budget())
    assert outcome.published, outcome
    return str(world.bus.details()[-1]["data"]["values"][0]["value"]["email"])


def test_a_value_that_came_without_a_customer_is_erased_with_the_customer_who_used_it(
    erasing: Erasing,
) -> None:
    token = submit(erasing, EMAIL)
    assert send(erasing, "C-1", email=EMAIL)["customer"]["email"] == token
    certificate = erasing.erase("C-1")
    assert erasing.statuses(token) == ["erased"]
    assert certificate.kept_for_others == 0
    (swept,) = erasing.sweep(FIRST_SWEEP)
    assert (swept.pending, swept.kept_for_others) == ((), 0)
    assert values_kept(erasing) == []
    assert erasing.world.index.entries == {}
    assert erasing.world.index.shares == {}
    assert erasing.statuses(token) == ["erased"]
    assert submit(erasing, EMAIL, later=FIRST_SWEEP) != token


def test_all_values_that_came_without_a_customer_go_with_the_customer_who_used_them(erasing: Erasing) -> None:
    emails = [f"{at}@example.com" for at in range(3)]
    tokens = [submit(erasing, each) for each in emails]
    for each in emails:
        send(erasing, "C-1", email=each)
    assert len(erasing.world.index.shares) == 3
    erasing.erase("C-1")
    erasing.sweep(FIRST_SWEEP)
    assert erasing.world.index.shares == {}
    assert values_kept(erasing) == []
    assert erasing.statuses(*tokens) == ["erased"] * 3


def test_a_value_that_came_without_a_customer_goes_with_the_guests_order_that_used_it(
    erasing: Erasing,
) -> None:
    token = submit(erasing, EMAIL)
    shown = send(erasing, "guest", email=EMAIL)
    assert shown["customer"]["email"] == token
    erasing.eraser.erase_order(shown["order_id"], "carla", "erasure_request", "era_1", ample_budget())
    assert erasing.statuses(token) == ["erased"]


def test_a_value_of_the_millisecond_in_which_its_owner_was_erased_is_not_counted_as_kept() -> None:
    erasing = Erasing(milliseconds(ARRIVED))
    send(erasing, "C-1", email=EMAIL)
    send(erasing, "C-2", email=EMAIL)
    erasing.erase("C-1", "era_1")
    assert erasing.erase("C-2", "era_2").kept_for_others == 0


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_tombstone_that_is_not_stored_is_a_failure_whichever_it_is(erasing: Erasing, at: int) -> None:
    for _ in range(3):
        send(erasing, "C-1")
    plain = sorted(each.record_id for each in erasing.world.vault.stored.values() if not each.consistent)
    assert len(plain) == 3
    erasing.world.vault.refused[plain[at]] = Unavailable("the table")
    assert erasing.erase("C-1").failed
    erasing.world.vault.refused.clear()
    (swept,) = erasing.sweep(FIRST_SWEEP)
    assert (swept.failed, values_kept(erasing)) == (False, [])


def test_a_value_that_came_without_a_customer_stays_for_another_who_uses_it(erasing: Erasing) -> None:
    token = submit(erasing, EMAIL)
    for customer in ("C-1", "C-2"):
        assert send(erasing, customer, email=EMAIL)["customer"]["email"] == token
    assert erasing.erase("C-1").kept_for_others == 1
    erasing.sweep(FIRST_SWEEP)
    assert erasing.statuses(token) == ["ok"]
    assert send(erasing, "C-2", email=EMAIL, later=9_000)["customer"]["email"] == token
    erasing.erase("C-2", "era_2")
    assert erasing.statuses(token) == ["erased"]
    erasing.sweep(FIRST_SWEEP)
    assert values_kept(erasing) == []
    assert erasing.world.index.entries == {}


def test_a_record_that_names_nobody_keeps_no_value_of_an_erased_customer(erasing: Erasing) -> None:
    token = send(erasing, "C-1", email=EMAIL)["customer"]["email"]
    assert submit(erasing, EMAIL) == token
    assert erasing.world.index.shares == {}
    assert erasing.erase("C-1").kept_for_others == 0
    assert erasing.statuses(token) == ["erased"]
    erasing.sweep(FIRST_SWEEP)
    assert values_kept(erasing) == []


def test_a_late_record_of_an_erased_customer_takes_over_no_value_of_nobodys(erasing: Erasing) -> None:
    token = submit(erasing, EMAIL)
    erasing.erase("C-1")
    send(erasing, "C-1", email=EMAIL)
    assert [(each.token, each.owner) for each in erasing.world.index.entries.values()] == [(token, "")]
    for after in (FIRST_SWEEP, *SWEEPS[1:3]):
        erasing.sweep(after)
        assert erasing.statuses(token) == ["ok"]


def test_a_late_record_shows_a_value_of_anothers_as_erased(erasing: Erasing) -> None:
    theirs = send(erasing, "C-2", email=EMAIL)["customer"]["email"]
    erasing.erase("C-1")
    late = send(erasing, "C-1", email=EMAIL)
    assert set(erasing.statuses(*tokens_of(late))) == {"erased"}
    assert erasing.statuses(theirs) == ["ok"]


def test_a_customer_who_comes_back_uses_what_another_has_had_all_the_time(erasing: Erasing) -> None:
    theirs = send(erasing, "C-2", email=EMAIL)["customer"]["email"]
    erasing.erase("C-1")
    assert send(erasing, "C-1", email=EMAIL, later=60_000)["customer"]["email"] == theirs
    stored = [each for each in erasing.world.vault.stored.values() if each.consistent]
    assert [each.expires_at for each in stored] == [0], "a second record of the value was written"


def test_an_entry_of_the_millisecond_of_the_erasure_is_not_adopted_by_the_customers_next_order() -> None:
    erasing = Erasing(milliseconds(ARRIVED))
    old = send(erasing, "C-1")["customer"]["email"]
    left_behind = dict(erasing.world.index.entries)
    erasing.erase("C-1")
    erasing.world.index.entries = left_behind
    new = send(erasing, "C-1", later=60_000)["customer"]["email"]
    erasing.sweep(FIRST_SWEEP)
    erasing.sweep(SWEEPS[1])
    assert erasing.statuses(old, new) == ["erased", "ok"]


def test_each_of_several_values_stays_for_another_who_shares_them(erasing: Erasing) -> None:
    phone = "+12025550123"
    first, second = (send(erasing, each, email=EMAIL, phone=phone)["customer"] for each in ("C-1", "C-2"))
    tokens = [first["email"], first["phone"]]
    assert tokens == [second["email"], second["phone"]]
    assert len(erasing.world.index.shares) == 2
    assert erasing.erase("C-1").kept_for_others == 2
    erasing.sweep(FIRST_SWEEP)
    assert erasing.statuses(*tokens) == ["ok", "ok"]


def test_a_share_of_nobody_as_version_0_1_0_noted_it_keeps_nothing(erasing: Erasing) -> None:
    token = send(erasing, "C-1", email=EMAIL)["customer"]["email"]
    entry = next(iter(erasing.world.index.entries.values()))
    record_id = Pointer.parse(token).record_id
    erasing.world.index.share([Share(record_id, "", 1, entry.owner, entry.arrived)], ample_budget())
    assert erasing.erase("C-1").kept_for_others == 0
    assert erasing.statuses(token) == ["erased"]


def test_a_value_that_no_customer_uses_stays(erasing: Erasing) -> None:
    token = submit(erasing, EMAIL)
    send(erasing, "C-1")
    erasing.erase("C-1")
    erasing.sweep(FIRST_SWEEP)
    assert erasing.statuses(token) == ["ok"]
    assert submit(erasing, EMAIL) == token
    assert [
        field.value for each in erasing.world.vault.stored.values() for field in each.fields.values()
    ] == [EMAIL]


def test_a_customer_in_the_batch_of_the_value_that_came_without_one_owns_it(erasing: Erasing) -> None:
    world = erasing.world
    token = submit(erasing, EMAIL)
    records = [
        stream_record(order(customer={"customer_id": each, "email": EMAIL}), next(sequences))
        for each in ("C-1", "C-2", "C-1")
    ]
    world.tokenizer.tokenize_batch(records, ample_budget())
    (entry,) = world.index.entries.values()
    assert (entry.token, entry.owner) == (token, SUBJECT_KEY.subject("C-1"))
    assert {subject for _, subject in world.index.shares} == {
        SUBJECT_KEY.subject(each) for each in ("C-1", "C-2")
    }


def test_an_order_waits_while_the_value_that_nobody_owns_can_not_be_taken_over(erasing: Erasing) -> None:
    submit(erasing, EMAIL)
    world = erasing.world
    world.index.amend_down = Unavailable("full")
    record = stream_record(order(customer={"customer_id": "C-1", "email": EMAIL}), next(sequences))
    (outcome,) = world.tokenizer.tokenize_batch([record], ample_budget())
    assert isinstance(outcome.failure, Unavailable)


def test_a_customer_who_comes_back_is_a_new_one(erasing: Erasing) -> None:
    old = send(erasing, "C-1")
    erasing.erase("C-1")
    new = send(erasing, "C-1", later=60_000)
    assert not set(tokens_of(old)) & set(tokens_of(new))
    for each in SWEEPS[:3]:
        erasing.sweep(each)
        assert set(erasing.statuses(*tokens_of(new))) == {"ok"}
        assert set(erasing.statuses(*tokens_of(old))) == {"erased"}


def test_a_record_that_arrived_before_and_is_tokenized_after_stores_nothing(erasing: Erasing) -> None:
    erasing.erase("C-1")
    late = send(erasing, "C-1")
    assert values_kept(erasing) == []
    assert erasing.world.index.entries == {}
    assert set(erasing.statuses(*tokens_of(late))) == {"erased"}


def test_a_delivery_again_brings_nothing_back(erasing: Erasing) -> None:
    send(erasing, "C-1", 1)
    erasing.erase("C-1")
    erasing.sweep(FIRST_SWEEP)
    again = send(erasing, "C-1", 1)
    assert values_kept(erasing) == []
    assert set(erasing.statuses(*tokens_of(again))) == {"erased"}


def test_a_record_without_consistent_values_that_comes_late_is_never_revealed_and_swept(
    erasing: Erasing,
) -> None:
    erasing.erase("C-1")
    about = {"customer_id": "C-1", "name": "Canary"}
    erasing.world.tokenizer.tokenize_batch(
        [stream_record(order(customer=about), next(sequences))], ample_budget()
    )
    shown = erasing.world.bus.details()[-1]["data"]["order"]
    assert set(erasing.statuses(*tokens_of(shown))) == {"erased"}
    (swept,) = erasing.sweep(FIRST_SWEEP)
    assert (swept.records, values_kept(erasing)) == (1, [])


def test_an_order_that_looked_a_value_up_before_the_erasure_and_shares_it_after_keeps_it(
    erasing: Erasing,
) -> None:
    token = send(erasing, "C-1", email=EMAIL)["customer"]["email"]
    looked_up = dict(erasing.world.index.entries)
    erasing.erase("C-1")
    assert erasing.world.index.entries == {}
    erasing.world.index.entries = looked_up  # what the other function still has in its hands
    assert send(erasing, "C-2", email=EMAIL, later=2_000)["customer"]["email"] == token
    for each in SWEEPS[:3]:
        erasing.sweep(each)
        assert erasing.statuses(token) == ["ok"]


def test_a_claim_that_was_on_its_way_is_not_adopted_by_the_customers_next_order(erasing: Erasing) -> None:
    send(erasing, "C-1")
    left_behind = dict(erasing.world.index.entries)
    erasing.erase("C-1")
    erasing.world.index.entries = left_behind
    new = send(erasing, "C-1", later=60_000)
    erasing.sweep(FIRST_SWEEP)
    erasing.sweep(SWEEPS[1])
    assert set(erasing.statuses(*tokens_of(new))) == {"ok"}


def test_erasing_twice_is_safe_and_covers_what_came_since(erasing: Erasing) -> None:
    send(erasing, "C-1")
    erasing.erase("C-1")
    again = erasing.erase("C-1", "era_2")
    assert again.records == 0
    new = send(erasing, "C-1", later=60_000)
    erasing.now += 120_000
    assert erasing.erase("C-1", "era_3").records == 1
    assert set(erasing.statuses(*tokens_of(new))) == {"erased"}


def test_erasing_a_customer_whom_nobody_knows_is_not_certified(erasing: Erasing) -> None:
    certificate = erasing.erase("C-none")
    assert (certificate.records, certificate.kept_for_others) == (0, 0)
    assert certificate.shown("C-none")["complete"] is False


@pytest.mark.parametrize("customer", ["ann.canary@example.com", "4111 1111 1111 1111"])
def test_a_customer_whose_id_is_a_value_is_erased_and_the_bus_never_hears_the_id(
    erasing: Erasing, customer: str
) -> None:
    shown = send(erasing, customer)
    assert is_token(shown["customer"]["customer_id"]), "consumers never saw it"
    before = len(erasing.world.bus.events)
    certificate = erasing.erase(customer)
    erasing.sweep(FIRST_SWEEP)
    assert len(erasing.world.bus.events) == before
    assert certificate.shown(customer)["records"] == 1
    assert set(erasing.statuses(*tokens_of(shown))) == {"erased"}


@pytest.mark.parametrize("customer", ["C-1", passing_luhn("57".ljust(17, "6"))])
def test_a_customer_whom_consumers_know_by_id_is_announced_by_it(erasing: Erasing, customer: str) -> None:
    shown = send(erasing, customer)
    assert shown["customer"]["customer_id"] == customer
    erasing.erase(customer)
    erasing.sweep(FIRST_SWEEP)
    assert customer in erasing.world.bus.events[-1].detail.decode()
    assert erasing.world.bus.events[-1].event_type == "customer.erased"


def test_consumers_are_told_once_in_bytes_that_stay_the_same(erasing: Erasing) -> None:
    send(erasing, "C-1")
    sent = erasing.world.bus.events[:]
    erasing.world.bus.down = Unavailable("the bus")
    certificate = erasing.erase("C-1")
    assert certificate.unannounced
    assert certificate.shown("C-1")["complete"] is False
    told = certificate.unannounced
    erasing.world.bus.down = None
    (swept,) = erasing.sweep(FIRST_SWEEP)
    assert swept.unannounced is None
    assert erasing.world.bus.events == [*sent, told]
    erasing.sweep(SWEEPS[1])
    assert erasing.world.bus.events == [*sent, told]
    detail = erasing.world.bus.details()[-1]
    assert detail["data"] == {"customer": {"customer_id": "C-1"}}
    assert detail["metadata"] | {"rules": ""} == {
        "rules": "",
        "event_id": "era_1",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:02.250Z",
        "ingested_at": "2026-11-23T10:15:02.250Z",
        "ingest_id": "ing_1",
    }
    assert told.ingest_id == "ing_1"


def test_what_fails_half_way_is_unreadable_and_finished_by_a_sweep(erasing: Erasing) -> None:
    mine = send(erasing, "C-1")
    erasing.subject_data.down = Unavailable("the table")
    certificate = erasing.erase("C-1")
    assert certificate.failed
    assert set(erasing.statuses(*tokens_of(mine))) == {"erased"}
    (still,) = erasing.sweep(FIRST_SWEEP)
    assert (still.failed, still.sweeps, still.next_sweep) == (True, 0, certificate.next_sweep)
    erasing.subject_data.down = None
    (done,) = erasing.sweep(1)
    assert (done.failed, done.records, values_kept(erasing)) == (False, 2, [])


def test_the_sweeps_come_to_an_end(erasing: Erasing) -> None:
    erasing.erase("C-1")
    sweeps = 0
    while any(each.next_sweep for each in erasing.store.kept.values()):
        erasing.now = erasing.store.kept["era_1"].next_sweep
        sweeps += len(erasing.sweep(0))
    assert sweeps == len(SWEEPS)
    assert erasing.now - erasing.store.kept["era_1"].requested_at == 30 * 86_400_000


def test_where_it_can_not_be_told_whether_it_is_erased_nothing_is_revealed(erasing: Erasing) -> None:
    mine = send(erasing, "C-1")
    erasing.world.erasures.down = Unavailable("the store")
    assert set(erasing.statuses(*tokens_of(mine))) == {"unavailable"}


def test_where_it_can_not_be_told_the_tokenizer_tries_again(erasing: Erasing) -> None:
    erasing.world.erasures.down = Unavailable("the store")
    (outcome,) = erasing.world.tokenizer.tokenize_batch([stream_record(order(), 1)], ample_budget())
    assert isinstance(outcome.failure, Unavailable)
    assert erasing.world.bus.events == []


def test_no_event_goes_out_that_shares_a_value_without_a_note_of_it(erasing: Erasing) -> None:
    send(erasing, "C-1", email=EMAIL)
    erasing.world.index.share_down = Unavailable("the shares")
    about = {"customer_id": "C-2", "email": EMAIL}
    (outcome,) = erasing.world.tokenizer.tokenize_batch(
        [stream_record(order(customer=about), 99)], ample_budget()
    )
    assert isinstance(outcome.failure, Unavailable)
    assert len(erasing.world.bus.events) == 1


def test_a_subject_is_known_by_a_keyed_name() -> None:
    assert SUBJECT_KEY.subject("C-1") == SUBJECT_KEY.subject("C-1")
    assert len({SUBJECT_KEY.subject(each) for each in ("C-1", "C-2", "c-1", "")}) == 4


OTHERS = SUBJECT_KEY.subject("C-9")


def shared(erasing: Erasing) -> tuple[str, Share]:
    """Returns the token of a value that C-1 owns and C-2 shares, and the share."""
    email = str(send(erasing, "C-1", email=EMAIL)["customer"]["email"])
    assert send(erasing, "C-2", email=EMAIL)["customer"]["email"] == email
    (share,) = erasing.world.index.shares.values()
    return email, share


@pytest.mark.parametrize("seal", [b"", b"0" * 16], ids=["none, as in version 1", "another"])
def test_a_share_that_nobody_proved_keeps_the_value_and_no_certificate_is_complete(
    erasing: Erasing, seal: bytes
) -> None:
    """Nothing is destroyed on a doubt, nothing is promised, and the entry goes to nobody."""
    email, share = shared(erasing)
    shares = erasing.world.index.shares
    shares[share.record_id, share.subject] = replace(share, seal=seal)
    certificate = erasing.erase("C-1")
    for each in (certificate, *(erasing.sweep(after)[0] for after in (FIRST_SWEEP, SWEEPS[1]))):
        assert (each.unproven, each.kept_for_others) == (1, 0)
        assert not each.shown("C-1")["complete"]
    (entry,) = [each for each in erasing.world.index.entries.values() if each.token == email]
    assert entry.owner == SUBJECT_KEY.subject("C-1")
    assert erasing.statuses(email) == ["ok"]
    shares.clear()  # somebody looked, and took it away
    (swept,) = erasing.sweep(SWEEPS[2])
    assert (swept.unproven, swept.pending, swept.shown("C-1")["complete"]) == (0, (entry_id(email),), False)
    (swept,) = erasing.sweep(SWEEPS[3])
    assert swept.shown("C-1")["complete"]
    assert erasing.statuses(email) == ["erased"]


def test_a_value_that_is_held_holds_no_other_of_the_customers(erasing: Erasing) -> None:
    held, share = shared(erasing)
    others = [str(send(erasing, "C-1", email=f"{at}@example.com")["customer"]["email"]) for at in range(2)]
    erasing.world.index.shares[share.record_id, share.subject] = replace(share, seal=b"")
    erasing.erase("C-1")
    assert [each.token for each in erasing.world.index.entries.values()] == [held]
    erasing.sweep(FIRST_SWEEP)
    assert erasing.statuses(held, *others) == ["ok", "erased", "erased"]


def entry_id(token: str) -> bytes:
    return Pointer.parse(token).record_id


def test_a_sharer_whose_share_was_not_proven_proves_it_by_the_next_order(erasing: Erasing) -> None:
    email, share = shared(erasing)
    erasing.world.index.shares[share.record_id, share.subject] = replace(share, seal=b"")
    assert erasing.erase("C-1").unproven == 1
    send(erasing, "C-2", email=EMAIL, later=5_000)
    (swept,) = erasing.sweep(FIRST_SWEEP)
    assert (swept.unproven, swept.kept_for_others) == (0, 1)
    assert erasing.statuses(email) == ["ok"]


@pytest.mark.parametrize("field", ["record_id", "subject", "arrived", "owner", "owned_since"])
def test_a_share_is_proven_by_all_that_it_says(erasing: Erasing, field: str) -> None:
    _, share = shared(erasing)
    assert set(Share.__slots__) == {"record_id", "subject", "arrived", "owner", "owned_since", "seal"}
    assert erasing.eraser._proven(share)
    value: Any = getattr(share, field)
    other: Any = OTHERS if isinstance(value, str) else value + (1 if isinstance(value, int) else b"0")
    assert not erasing.eraser._proven(replace(share, **{field: other}))


@pytest.mark.parametrize("owner", ["", "C-3"], ids=["nobody's", "of somebody erased"])
def test_a_forged_share_destroys_nobodys_value(erasing: Erasing, owner: str) -> None:
    """It says that the erased customer was the last to use a value that is another's."""
    theirs = str(send(erasing, "C-2")["customer"]["email"])
    send(erasing, "C-3")
    erasing.erase("C-3", "era_3")
    erased, record_id = SUBJECT_KEY.subject("C-1"), Pointer.parse(theirs).record_id
    named = SUBJECT_KEY.subject(owner) if owner else ""
    forged = Share(record_id, erased, milliseconds(ARRIVED), named, 1)
    erasing.world.index.shares[record_id, erased] = forged
    send(erasing, "C-1")
    for certificate in (erasing.erase("C-1"), *erasing.sweep(FIRST_SWEEP), *erasing.sweep(SWEEPS[1])):
        if certificate.erasure_id == "era_1":
            assert (certificate.unproven, certificate.shown("C-1")["complete"]) == (1, False)
    assert erasing.statuses(theirs) == ["ok"]


@pytest.mark.parametrize("listed", [False, True], ids=["in the index by owner", "in no index"])
def test_an_entry_that_was_moved_to_the_customer_stays(erasing: Erasing, *, listed: bool) -> None:
    """If it got into the index by owner, the certificate tells of it. Otherwise no list of the customer's leads there."""
    theirs = str(send(erasing, "C-2")["customer"]["email"])
    send(erasing, "C-1")
    entries = erasing.world.index.entries
    (moved,) = [each for each in entries.values() if each.token == theirs]
    entries[moved.blind_index] = replace(moved, owner=SUBJECT_KEY.subject("C-1"), listed=listed)
    erasing.subject_data.forged.add(theirs)
    for certificate in (erasing.erase("C-1"), *erasing.sweep(FIRST_SWEEP)):
        assert certificate.unproven == (0 if listed else 1)
    assert theirs in {each.token for each in entries.values()}
    assert erasing.statuses(theirs) == ["ok"]


def test_a_share_that_was_taken_away_is_noticed_by_nobody(erasing: Erasing) -> None:
    """A seal can't show what is missing. docs/erasure.md says so."""
    email, _ = shared(erasing)
    erasing.world.index.shares.clear()
    erasing.erase("C-1")
    (swept,) = erasing.sweep(FIRST_SWEEP)
    assert swept.shown("C-1")["complete"]
    assert erasing.statuses(email) == ["erased"]


def test_a_certificate_says_what_how_many_when_and_by_whom() -> None:
    made = Certificate("era_1", "s", "carla", "erasure_request", 1_000, 2_000, records=3, found=True)
    shown = made.shown("C-1")
    assert shown == {
        "erasure_id": "era_1",
        "customer_id": "C-1",
        "status": "erased",
        "requested_by": "carla",
        "purpose": "erasure_request",
        "requested_at": "1970-01-01T00:00:01.000Z",
        "erased_until": "1970-01-01T00:00:02.000Z",
        "records": 3,
        "kept_for_others": 0,
        "unproven": 0,
        "pending": 0,
        "complete": True,
    }


def test_a_late_delivery_of_the_order_that_brought_a_shared_value_leaves_it_to_the_other(
    erasing: Erasing,
) -> None:
    token = send(erasing, "C-1", 7, email=EMAIL)["customer"]["email"]
    assert send(erasing, "C-2", email=EMAIL)["customer"]["email"] == token
    erasing.erase("C-1")
    erasing.sweep(FIRST_SWEEP)
    send(erasing, "C-1", 7, email=EMAIL)
    assert erasing.statuses(token) == ["ok"]
    (swept,) = erasing.sweep(SWEEPS[1])
    assert (swept.kept_for_others, swept.pending) == (1, ())


def test_a_repeated_erasure_counts_what_stays_for_others_as_the_first_one_did(erasing: Erasing) -> None:
    shared(erasing)
    assert erasing.erase("C-1").kept_for_others == 1
    erasing.sweep(FIRST_SWEEP)
    again = erasing.erase("C-1", "era_2")
    assert (again.records, again.kept_for_others) == (0, 1)


def test_a_list_stays_in_the_tombstone_until_nothing_is_left_that_it_leads_to(erasing: Erasing) -> None:
    send(erasing, "C-1")
    erasing.erase("C-1")
    stored = erasing.world.vault.stored
    (emptied,) = [each for each in stored.values() if each.uses]
    assert (emptied.fields, bool(emptied.erased)) == ({}, True)
    erasing.sweep(FIRST_SWEEP)
    assert not any(each.uses or each.subject for each in stored.values())


def test_what_is_entered_between_two_passes_is_found_by_the_list_in_the_tombstone(erasing: Erasing) -> None:
    """A function had written the order's record before the erasure, and enters the value after the first pass."""
    send(erasing, "C-1")
    entries = dict(erasing.world.index.entries)
    erasing.world.index.entries.clear()
    erasing.erase("C-1")
    erasing.world.index.entries |= entries
    (swept,) = erasing.sweep(FIRST_SWEEP)
    assert (erasing.world.index.entries, len(swept.pending)) == ({}, 1)
    (swept,) = erasing.sweep(SWEEPS[1])
    assert (values_kept(erasing), swept.pending) == ([], ())
    erasing.sweep(SWEEPS[2])
    assert not any(each.uses for each in erasing.world.vault.stored.values())


def test_a_forged_list_is_left_alone_and_told_of(erasing: Erasing) -> None:
    send(erasing, "C-1")
    (listing,) = [each for each in erasing.world.vault.stored.values() if each.uses]
    erasing.subject_data.forged_lists.add(listing.record_id)
    for certificate in (erasing.erase("C-1"), *erasing.sweep(FIRST_SWEEP)):
        assert (certificate.records, certificate.unproven) == (0, 1)
        assert not certificate.shown("C-1")["complete"]
