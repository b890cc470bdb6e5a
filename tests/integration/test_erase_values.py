"""Erasing a value that somebody names, against DynamoDB and KMS (moto), and who notices what somebody changed."""

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from ops.audit.erasures import check_erasures
from ops.rekey.restore import put_back
from tests.support.aws_account import Aws
from tests.support.fakes.customers import NOW, Customers
from tests.support.fakes.restored import ErasedLines, restored, statuses
from tests.support.fakes.world import SCOPE_KEYS, SUBJECT_KEYS, ample_budget
from tokenizer.aws.pipeline.blind_index import DynamoBlindIndex
from tokenizer.errors import Unavailable, VaultIntegrity
from tokenizer.records import IndexEntry
from tokenizer.vault.tokens import Pointer

if TYPE_CHECKING:
    from collections.abc import Iterator

EMAIL = "both@example.com"
LATER = 60_000  # milliseconds


class Killed(BaseException):
    """The function is gone."""


@pytest.fixture
def customers(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Customers:
    return Customers(aws, monkeypatch)


def email_of(customers: Customers, customer: str | None, sequence: int, later: int = 0) -> str:
    """Tokenizes an order with the email; returns the email's token."""
    return customers.order(customer, sequence, later=later, email=EMAIL)[-1]


def test_a_value_goes_for_all_who_used_it_and_comes_back_by_no_replay(customers: Customers) -> None:
    token = email_of(customers, "C-1", 1)
    assert {email_of(customers, "C-2", 2), email_of(customers, None, 3)} == {token}
    certificate = customers.erase_value(EMAIL)
    assert (certificate.records, len(certificate.lost_by)) == (1, 3)
    assert customers.statuses([token]) == {"erased"}
    assert [email_of(customers, *each) for each in (("C-1", 1), ("C-2", 2), (None, 3))] == [token] * 3
    again = email_of(customers, "C-2", 4, LATER)
    assert email_of(customers, "C-3", 5, LATER) == again != token
    assert email_of(customers, "C-1", 1) == token
    assert customers.statuses([token]) == {"erased"}
    assert customers.statuses([again]) == {"ok"}
    assert EMAIL not in repr(customers.aws.stored("erasures"))


def test_erasing_a_customer_keeps_what_the_entry_notes(customers: Customers) -> None:
    token = email_of(customers, "C-1", 1)
    customers.erase_value(EMAIL)
    again = email_of(customers, "C-2", 2, LATER)
    customers.now = NOW + 2 * LATER
    assert customers.erase("C-2").unproven == 0
    (entry,) = customers.aws.stored("blind-index")
    assert "owner" not in entry
    assert entry["erased_token"] == entry["token"] == {"S": again}
    late = email_of(customers, "C-1", 1)
    assert customers.statuses([token, again, late]) == {"erased"}
    fresh = email_of(customers, "C-3", 3, 3 * LATER)
    assert fresh not in {token, again}
    assert customers.statuses([fresh]) == {"ok"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("erased_until", {"N": str(NOW * 2)}),
        ("erased_token", {"S": Pointer(b"another00001", b"tag0").token}),
        ("erased_seal", {"B": b"0" * 16}),
        ("erased_until", None),
        ("erased_token", None),
        ("erased_seal", None),
    ],
)
def test_an_entry_whose_note_somebody_changed_is_refused(aws: Aws, name: str, value: Any) -> None:
    index = DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)
    token = Pointer(b"consistent01", b"tag0").token
    entry = IndexEntry("scope", b"i" * 32, token, "a" * 32, 5, token, 9)
    index.claim([entry], {}, ample_budget())
    assert index.lookup([("scope", entry.blind_index)], ample_budget()).found == {entry.blind_index: entry}
    (item,) = aws.stored("blind-index")
    changed = {each: kept for each, kept in item.items() if each != name} | ({name: value} if value else {})
    aws.client("dynamodb").put_item(TableName="blind-index", Item=changed)
    answer = index.lookup([("scope", entry.blind_index)], ample_budget())
    assert isinstance(answer.failed[entry.blind_index], VaultIntegrity)


def test_the_erasing_function_seals_no_note_that_somebody_made_up(customers: Customers) -> None:
    """Else an email could be kept out of the index for ever, by a note of a far moment."""
    email_of(customers, "C-1", 1)
    (entry,) = customers.aws.stored("blind-index")
    made_up = {
        "erased_until": {"N": str(NOW * 2)},
        "erased_token": {"S": "x"},
        "erased_seal": {"B": b"0" * 16},
    }
    customers.aws.client("dynamodb").put_item(TableName="blind-index", Item=entry | made_up)
    assert customers.erase("C-1").unproven == 1
    assert customers.aws.stored("blind-index") == [entry | made_up]


def test_an_entry_is_amended_only_as_it_was_read(aws: Aws) -> None:
    index = DynamoBlindIndex(aws.client("dynamodb"), "blind-index", "shares", SCOPE_KEYS, SUBJECT_KEYS)
    token, other = (Pointer(each, b"tag0").token for each in (b"consistent01", b"consistent02"))
    first = IndexEntry("scope", b"i" * 32, token, "a" * 32, 5)
    erased = IndexEntry("scope", b"i" * 32, token, "a" * 32, 5, token, 9)
    anew = IndexEntry("scope", b"i" * 32, other, "b" * 32, 10, token, 9)
    index.claim([first], {}, ample_budget())
    assert index.claim([anew], {}, ample_budget()).found[b"i" * 32] == first  # nothing is erased yet
    assert index.amend([erased], {b"i" * 32: first}, ample_budget()).found[b"i" * 32] == erased
    # Who read the entry before gives it no owner, and claims no token, that forgets the erasure.
    adopted = IndexEntry("scope", b"i" * 32, token, "c" * 32, 6)
    assert index.amend([adopted], {b"i" * 32: first}, ample_budget()).found[b"i" * 32] == erased
    reclaimed = IndexEntry("scope", b"i" * 32, other, "a" * 32, 20)
    assert index.claim([reclaimed], {"a" * 32: 15}, ample_budget()).found[b"i" * 32] == erased
    assert index.claim([anew], {}, ample_budget()).found[b"i" * 32] == anew


def test_a_crash_at_any_call_is_made_good_by_asking_again(customers: Customers) -> None:
    for at in range(40):
        token = email_of(customers, f"C-{at}", 100 + at, (at + 1) * LATER)
        customers.now = NOW + (at + 1) * LATER + LATER // 2
        steps = count()

        def kill(_when: str, _name: str, at: int = at, steps: "Iterator[int]" = steps) -> None:
            if next(steps) == at:
                raise Killed

        customers.hook = kill
        try:
            customers.erase_value(EMAIL, f"era_{at}")
            done = True
        except Killed:
            done = False
        customers.hook = lambda _when, _name: None
        if not done:
            customers.erase_value(EMAIL, f"era_{at}_again") if _is_known(customers) else None
        assert customers.statuses([token]) == {"erased"}
        if done:
            return
    pytest.fail("it never came to its end")


def _is_known(customers: Customers) -> bool:
    (entry,) = customers.aws.stored("blind-index")
    return bool(entry.get("erased_token") != entry["token"])


def test_a_note_is_not_made_while_the_marks_cannot_be_read(
    customers: Customers, monkeypatch: pytest.MonkeyPatch
) -> None:
    email_of(customers, "C-1", 1)
    monkeypatch.setattr(
        "tokenizer.aws.erasure.marks.DynamoErasures.until",
        lambda _self, names, _budget: dict.fromkeys(names, Unavailable("down")),
    )
    with pytest.raises(Unavailable):
        customers.erase_value(EMAIL)


def test_a_vault_of_before_reveals_no_erased_value_and_the_check_knows_its_mark(customers: Customers) -> None:
    token = email_of(customers, "C-1", 1)
    vault, marks = restored(customers.aws), restored(customers.aws, "erasures")
    customers.erase_value(EMAIL)
    assert statuses(customers.aws, [token], vault) == {"erased"}
    name = Pointer.parse(token).record_id.hex()
    trail, dynamodb = ErasedLines([(name, NOW)], "erase_value"), customers.aws.client("dynamodb")
    held = check_erasures(trail, dynamodb, "erasures", vault, lambda _: None)
    assert (held.unmarked, held.readable, held.stored) == ([], 0, 1)
    lost = check_erasures(trail, dynamodb, marks, vault, lambda _: None)
    assert (lost.unmarked, lost.readable) == ([name], 1)
    put_back(dynamodb, "erasures", marks, lambda _: None)
    assert check_erasures(trail, dynamodb, marks, vault, lambda _: None).unmarked == []
