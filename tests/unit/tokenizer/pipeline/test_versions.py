"""Tests key versions side by side: what came before keeps its tokens, its joins and its erasure."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.support.fakes.subject_data import Erasing
from tests.support.fakes.world import SUBJECT_KEYS, TOKEN_KEYS, World, ample_budget
from tests.support.samples import ARRIVED, order, stream_record
from tokenizer.erasure.certificates import SWEEPS
from tokenizer.errors import Throttled
from tokenizer.records import milliseconds
from tokenizer.reveal.lookup import Status
from tokenizer.vault.tokens import Pointer, SubjectKey, TokenKey, Versions, is_token

SWITCH = milliseconds(ARRIVED) + 10_000
TWO_TOKEN_KEYS = Versions((*TOKEN_KEYS.keys, (SWITCH, TokenKey(b"u" * 32))))
TWO_SUBJECT_KEYS = Versions((*SUBJECT_KEYS.keys, (SWITCH, SubjectKey(b"d" * 32))))
BEFORE, AFTER = 0, 10_000


def sent(world: World, sequence: int, later: int, **about: str) -> dict[str, Any]:
    """Tokenizes an order that arrived `later` milliseconds after the first; returns its sanitized customer."""
    who = {"customer_id": "C-1", "name": "Ann Canary", "email": "ann@example.com"} | about
    record = stream_record(order(customer=who), sequence, arrived_at=ARRIVED + timedelta(milliseconds=later))
    (outcome,) = world.tokenizer.tokenize_batch([record], ample_budget())
    assert outcome.published, outcome
    return dict(world.bus.details()[-1]["data"]["order"]["customer"])


def rotate(world: World) -> None:
    world.with_keys(TWO_TOKEN_KEYS, TWO_SUBJECT_KEYS)


def test_a_version_is_used_from_its_moment_on() -> None:
    first, second = (key for _, key in TWO_TOKEN_KEYS.keys)
    assert [TWO_TOKEN_KEYS.at(at) for at in (0, SWITCH - 1, SWITCH)] == [first, first, second]
    assert TWO_TOKEN_KEYS.newest_first() == (second, first)


def test_a_record_that_comes_again_after_a_rotation_gives_the_same_bytes_and_the_same_vault_record() -> None:
    world = World()
    sent(world, 1, BEFORE)
    stored = dict(world.vault.stored)
    rotate(world)
    sent(world, 1, BEFORE)
    first, again = world.bus.events
    assert again == first
    assert world.vault.stored == stored


def test_what_arrives_after_the_rotation_has_tokens_of_the_new_key_whoever_tokenizes_it() -> None:
    rotated, fresh = World(), World()
    rotate(rotated)
    new = sent(rotated, 1, AFTER)
    old = sent(fresh, 1, AFTER)
    assert new["name"] != old["name"]
    expected = rotated.record_id(
        stream_record(order(), 1, arrived_at=ARRIVED + timedelta(milliseconds=AFTER))
    )
    assert Pointer.parse(new["name"]).record_id == expected


def test_joins_survive_and_old_tokens_are_revealed() -> None:
    world = World()
    old = sent(world, 1, BEFORE)
    rotate(world)
    new = sent(world, 2, AFTER)
    assert new["email"] == old["email"]
    assert new["name"] != old["name"]
    answers = world.reveal(old["name"], old["email"], new["name"])
    assert {each.status for each in answers.values()} == {Status.OK}


def test_a_dead_letter_of_an_old_record_keeps_its_id() -> None:
    world, bad = World(), stream_record(b"{", 1)
    world.tokenizer.tokenize_batch([bad], ample_budget())
    rotate(world)
    world.tokenizer.tokenize_batch(
        [bad, replace(bad, arrived_at=ARRIVED + timedelta(milliseconds=AFTER))], ample_budget()
    )
    first, again, later = (letter.letter_id for letter in world.letters.sent)
    assert again == first != later


@pytest.fixture
def erasing() -> Erasing:
    made = Erasing(milliseconds(ARRIVED) + 60_000)
    made.eraser = replace(made.eraser, keys=TWO_SUBJECT_KEYS)
    return made


def tokens(shown: dict[str, Any]) -> list[str]:
    return [each for each in shown.values() if is_token(str(each))]


def test_erasing_finds_what_a_customer_left_under_every_version(erasing: Erasing) -> None:
    old = sent(erasing.world, 1, BEFORE)
    rotate(erasing.world)
    new = sent(erasing.world, 2, AFTER, email="new@example.com")
    other = sent(erasing.world, 3, AFTER, customer_id="C-2", email="two@example.com")
    certificate = erasing.erase("C-1")
    assert (certificate.records, len(certificate.subjects)) == (2, 2)
    assert set(erasing.statuses(*tokens(old), *tokens(new))) == {"erased"}
    erasing.sweep(SWEEPS[0])
    assert set(erasing.statuses(*tokens(other))) == {"ok"}
    kept = [field.value for each in erasing.world.vault.stored.values() for field in each.fields.values()]
    assert "two@example.com" in kept
    assert "ann@example.com" not in kept
    assert "new@example.com" not in kept


def test_a_value_that_a_customer_shares_with_their_own_earlier_name_goes_with_them(erasing: Erasing) -> None:
    email = sent(erasing.world, 1, BEFORE)["email"]
    rotate(erasing.world)
    assert sent(erasing.world, 2, AFTER)["email"] == email
    certificate = erasing.erase("C-1")
    assert certificate.kept_for_others == 0
    erasing.sweep(SWEEPS[0])
    assert erasing.statuses(email) == ["erased"]
    assert erasing.world.index.entries == {}
    assert erasing.world.index.shares == {}


def test_a_value_that_another_customer_shares_stays_though_names_have_changed(erasing: Erasing) -> None:
    email = sent(erasing.world, 1, BEFORE)["email"]
    rotate(erasing.world)
    assert sent(erasing.world, 2, AFTER, customer_id="C-2")["email"] == email
    assert erasing.erase("C-1").kept_for_others == 1
    erasing.sweep(SWEEPS[0])
    assert erasing.statuses(email) == ["ok"]


def test_an_old_record_that_comes_late_after_the_erasure_stores_nothing(erasing: Erasing) -> None:
    rotate(erasing.world)
    erasing.erase("C-1")
    late = sent(erasing.world, 1, BEFORE)
    assert set(erasing.statuses(*tokens(late))) == {"erased"}
    assert not [each for each in erasing.world.vault.stored.values() if each.fields]


def test_an_erasure_that_can_not_set_every_mark_promises_nothing(
    erasing: Erasing, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[str] = []
    mark = erasing.store.mark

    def once(subject: str, until: int) -> None:
        if marked:
            raise Throttled("marking")
        marked.append(subject)
        mark(subject, until)

    monkeypatch.setattr(erasing.store, "mark", once)
    with pytest.raises(Throttled):
        erasing.erase("C-1")
    monkeypatch.undo()
    assert set(erasing.erase("C-1").subjects) > set(marked)
