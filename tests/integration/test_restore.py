"""Tests tables that come back from a recovery point (moto's DynamoDB): what is read then, and what stays erased."""

from dataclasses import replace
from typing import Any

import pytest

from ops.audit.erasures import Returned, check_erasures
from ops.rekey.restore import put_back
from tests.support.aws_account import Aws, make_table
from tests.support.fakes.customers import NOW, Customers
from tests.support.fakes.restored import ErasedLines, restored, statuses
from tests.support.fakes.world import ample_budget
from tests.support.samples import order, stream_record
from tokenizer.aws.compose.vault import unerased_vault
from tokenizer.aws.erasure.store import DynamoErasureStore
from tokenizer.erasure.certificates import SWEEPS
from tokenizer.reveal.lookup import reveal


@pytest.fixture
def customers(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Customers:
    return Customers(aws, monkeypatch)


def destroy(aws: Aws, table: str = "vault") -> None:
    for item in aws.stored(table):
        aws.client("dynamodb").delete_item(TableName=table, Key={"id": item["id"]})


def test_a_vault_restored_under_another_name_is_read_by_the_old_ones_name(customers: Customers) -> None:
    tokens = customers.order("C-1", 1)
    table = restored(customers.aws)
    destroy(customers.aws)
    assert statuses(customers.aws, tokens, "vault") == {"unknown"}
    assert statuses(customers.aws, tokens, table) == {"ok"}


def test_who_was_erased_since_stays_erased_in_an_older_vault(customers: Customers) -> None:
    mine, other = customers.order("C-1", 1), customers.order("C-2", 2)
    table = restored(customers.aws)
    customers.erase("C-1")
    assert statuses(customers.aws, mine, table) == {"erased"}
    assert statuses(customers.aws, other, table) == {"ok"}


def test_what_is_put_back_overwrites_nothing(customers: Customers) -> None:
    mine, other = customers.order("C-1", 1), customers.order("C-2", 2)
    table = restored(customers.aws)
    customers.erase("C-1")
    customers.sweep()
    before = {item["id"]["S"]: item for item in customers.aws.stored("vault")}
    lost = next(key for key, item in before.items() if "owner" in item)
    dynamodb = customers.aws.client("dynamodb")
    dynamodb.delete_item(TableName="vault", Key={"id": {"S": lost}})
    counts = put_back(dynamodb, table, "vault", lambda _: None)
    assert counts == {"put back": 1, "there": 3}
    assert {item["id"]["S"]: item for item in customers.aws.stored("vault")} == before
    assert (customers.statuses(mine), customers.statuses(other)) == ({"erased"}, {"ok"})


def test_records_that_come_back_long_after_the_last_sweep_are_swept_again_once_their_certificates_are_opened(
    customers: Customers,
) -> None:
    mine = customers.order("C-1", 1)
    table = restored(customers.aws)
    customers.erase("C-1")
    for after in SWEEPS:
        customers.now = NOW + after
        customers.eraser().sweep(ample_budget())
    assert list(customers.eraser().sweep(ample_budget())) == []
    destroy(customers.aws)
    dynamodb = customers.aws.client("dynamodb")
    put_back(dynamodb, table, "vault", lambda _: None)
    assert customers.statuses(mine) == {"erased"}
    assert len(customers.whole()) == 2  # stored again, and readable by nobody

    for certificate in (item for item in customers.aws.stored("erasures") if "requested_at" in item):
        dynamodb.update_item(
            TableName="erasures",
            Key={"id": certificate["id"]},
            UpdateExpression="SET #open = :open, next_sweep = :now",
            ExpressionAttributeNames={"#open": "open"},
            ExpressionAttributeValues={":open": {"S": "open"}, ":now": {"N": "0"}},
        )
    (swept,) = customers.eraser().sweep(ample_budget())
    assert (swept.failed, swept.next_sweep) == (False, 0)
    assert customers.whole() == []
    assert customers.statuses(mine) == {"erased"}


@pytest.mark.parametrize(
    ("marked", "restored_to", "after"), [(10, 9, 10), (10, 10, 10), (10, 11, 11), (None, 9, 9)]
)
def test_a_mark_that_is_put_back_moves_forward_alone(
    aws: Aws, marked: int | None, restored_to: int, after: int
) -> None:
    dynamodb = aws.client("dynamodb")
    later = DynamoErasureStore(dynamodb, make_table(dynamodb, "erasures-restored"))
    later.mark("ann", restored_to)
    if marked is not None:
        DynamoErasureStore(dynamodb, "erasures").mark("ann", marked)
    put_back(dynamodb, "erasures-restored", "erasures", lambda _: None)
    (mark,) = aws.stored("erasures")
    assert mark == {"id": {"S": "ann"}, "until": {"N": str(after)}}


def compared(
    customers: Customers, erased: list[str], marks: str = "erasures", vault: str = "vault"
) -> Returned:
    trail = ErasedLines((customers.eraser().subjects(each)[0], NOW) for each in erased)
    return check_erasures(trail, customers.aws.client("dynamodb"), marks, vault, lambda _: None)


def test_marks_restored_to_a_time_before_an_erasure_are_found_by_the_audit_trail(
    customers: Customers,
) -> None:
    mine, other = customers.order("C-1", 1), customers.order("C-2", 2)
    customers.erase("C-2")
    vault, marks = restored(customers.aws), restored(customers.aws, "erasures")
    customers.erase("C-1", "era_2")
    customers.sweep()
    assert compared(customers, ["C-1", "C-2"]) == Returned(2, [])

    older = compared(customers, ["C-1", "C-2"], vault=vault)  # the vault alone comes back: stored, and erased
    assert (older.unmarked, older.readable) == ([], 0)
    assert older.stored == 3  # the tombstone of the order of C-2 is none, though it has a list
    assert statuses(customers.aws, [*mine, *other], vault) == {"erased"}

    settings = customers.aws.reveal_settings(vault_table=vault, erasures_table=marks)
    answers = reveal(mine, unerased_vault(settings), customers.aws.aliases(), ample_budget())
    assert {str(each.status) for each in answers.values()} == {"ok"}, "the erased values have returned"
    returned = compared(customers, ["C-1", "C-2"], marks, vault)
    assert returned.unmarked == [customers.eraser().subjects("C-1")[0]]
    assert returned.readable == 2

    put_back(customers.aws.client("dynamodb"), "erasures", marks, lambda _: None)
    assert compared(customers, ["C-1", "C-2"], marks, vault).unmarked == []


def test_the_check_knows_the_erasures_of_guests_orders(customers: Customers) -> None:
    guest = customers.order(None, 1)
    vault, marks = restored(customers.aws), restored(customers.aws, "erasures")
    customers.erase_order("SO-1")
    customers.sweep()
    assert customers.statuses(guest) == {"erased"}
    name = customers.eraser().orders("SO-1")[0]
    trail, dynamodb = ErasedLines([(name, NOW)], "erase_order"), customers.aws.client("dynamodb")
    assert check_erasures(trail, dynamodb, "erasures", vault, lambda _: None).unmarked == []
    assert statuses(customers.aws, guest, vault) == {"erased"}
    returned = check_erasures(trail, dynamodb, marks, vault, lambda _: None)
    assert (returned.unmarked, returned.readable) == ([name], 2)
    put_back(dynamodb, "erasures", marks, lambda _: None)
    assert check_erasures(trail, dynamodb, marks, vault, lambda _: None).unmarked == []


def test_a_customer_who_was_erased_twice_gets_the_later_mark_back(customers: Customers) -> None:
    customers.order("C-1", 1)
    customers.erase("C-1")
    marks = restored(customers.aws, "erasures")
    customers.now += 1_000
    customers.erase("C-1", "era_2")
    trail = ErasedLines([(customers.eraser().subjects("C-1")[0], customers.now)])
    dynamodb = customers.aws.client("dynamodb")
    assert len(check_erasures(trail, dynamodb, marks, "vault", lambda _: None).unmarked) == 1
    put_back(dynamodb, "erasures", marks, lambda _: None)
    assert check_erasures(trail, dynamodb, marks, "vault", lambda _: None).unmarked == []


@pytest.mark.parametrize("has_certificate", [False, True])
@pytest.mark.parametrize("moments", [(NOW, NOW + 1_000), (NOW + 1_000, NOW)], ids=["in order", "later first"])
def test_of_a_customers_erasures_the_latest_counts_in_whatever_order_the_lines_come(
    customers: Customers, moments: tuple[int, int], has_certificate: bool
) -> None:
    """The lines of one day come chain by chain, and each instance of a function has its own chain."""
    subject = customers.eraser().subjects("C-1")[0]
    trail, dynamodb = ErasedLines([(subject, each) for each in moments]), customers.aws.client("dynamodb")
    store = DynamoErasureStore(dynamodb, "erasures")
    if has_certificate:
        customers.erase("C-1", "era_1")
    store.mark(subject, NOW)
    lost = check_erasures(trail, dynamodb, "erasures", "vault", lambda _: None)
    assert (lost.erasures, lost.unmarked) == (2, [subject])
    store.mark(subject, NOW + 1_000)
    assert check_erasures(trail, dynamodb, "erasures", "vault", lambda _: None).unmarked == []


def test_a_lost_mark_of_a_name_under_an_older_subject_key_is_found(customers: Customers) -> None:
    subject = customers.eraser().subjects("C-1")[0]
    certificate = customers.erase("C-1")
    store = DynamoErasureStore(customers.aws.client("dynamodb"), "erasures")
    store.keep(replace(certificate, also=("older name",)))
    trail = ErasedLines([(subject, NOW)])
    dynamodb = customers.aws.client("dynamodb")
    assert check_erasures(trail, dynamodb, "erasures", "vault", lambda _: None).unmarked == ["older name"]
    store.mark("older name", NOW)
    assert check_erasures(trail, dynamodb, "erasures", "vault", lambda _: None).unmarked == []


def test_a_line_that_can_not_be_read_is_counted_and_a_withheld_name_is_found_by_its_certificate(
    customers: Customers,
) -> None:
    customers.order("C-1", 1)
    trail = ErasedLines([("withheld: card number", NOW)])
    dynamodb = customers.aws.client("dynamodb")
    lost = check_erasures(trail, dynamodb, "erasures", "vault", lambda _: None)
    assert lost.unmarked == ["era_1"]
    customers.erase("C-1")
    assert check_erasures(trail, dynamodb, "erasures", "vault", lambda _: None).unmarked == []
    trail.lines = lambda day: iter([f"audit/{day}/other"])  # type: ignore[method-assign]
    assert check_erasures(trail, dynamodb, "erasures", "vault", lambda _: None).unread == 1


def test_what_came_after_the_recovery_point_comes_back_by_a_replay_with_the_same_bytes(aws: Aws) -> None:
    def run(*numbers: int) -> dict[str, Any]:
        records = [
            stream_record(order(order_id=f"SO-{at}", customer=customer(at)), at * 1000) for at in numbers
        ]
        outcomes = aws.tokenizer().tokenize_batch(records, ample_budget())
        assert all(each.published for each in outcomes)
        return {each["detail"]["data"]["order"]["order_id"]: each["detail"] for each in aws.events()}

    def customer(at: int) -> dict[str, str]:
        return {"customer_id": f"C-{at}", "name": "Ann", "email": f"{at % 3}@example.com"}

    early = run(1, 2)
    before = {item["id"]["S"] for item in aws.stored("blind-index")}
    table = restored(aws)
    late = run(3, 4, 5)  # 0@example.com comes for the first time
    destroy(aws)
    put_back(aws.client("dynamodb"), table, "vault", lambda _: None)
    # A value that came first after the recovery point has an entry and no record: without the entry it is taken in anew.
    for item in aws.stored("blind-index"):
        if item["id"]["S"] not in before:
            aws.client("dynamodb").delete_item(TableName="blind-index", Key={"id": item["id"]})
    assert run(3, 4, 5) == late
    shown = [each["data"]["order"]["customer"] for each in [*early.values(), *late.values()]]
    tokens = [each[name] for each in shown for name in ("name", "email")]
    assert statuses(aws, tokens, "vault") == {"ok"}
