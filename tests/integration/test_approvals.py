"""Tests on moto's DynamoDB that an approval comes back as it was stored, and that of several at once one wins."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.support.aws_account import Aws, make_table
from tests.support.fakes.approvals import FakeApprovals
from tokenizer.authorization.approvals import Approval, ApprovalStore
from tokenizer.aws.authorization.approvals import DynamoApprovals
from tokenizer.errors import PipelineError

ASKED = Approval(
    "a1",
    "edit_letter",
    "0" * 64,
    "typo",
    "m-1",
    ("/order/total", "/order/customer/ssn"),
    "olga",
    1_795_600_000,
)


@pytest.fixture(params=["in DynamoDB", "the fake"])
def store(request: pytest.FixtureRequest, aws: Aws) -> ApprovalStore:
    if request.param == "the fake":
        return FakeApprovals()
    dynamodb = aws.client("dynamodb")
    return DynamoApprovals(dynamodb, make_table(dynamodb, "approvals"))


def test_what_was_stored_comes_back_in_each_state(store: ApprovalStore) -> None:
    assert store.get("a1") is None
    store.add(ASKED)
    store.add(replace(ASKED, approval_id="a2", paths=()))
    assert store.get("a1") == ASKED
    assert store.approve("a1", "paul")
    assert store.get("a1") == replace(ASKED, approver="paul")
    assert store.use("a1")
    assert store.get("a1") == replace(ASKED, approver="paul", used=True)
    assert {each.approval_id: each.paths for each in store.every()} == {"a1": ASKED.paths, "a2": ()}


def test_nothing_is_used_before_it_is_approved_or_twice_and_nobody_approves_after_another(
    store: ApprovalStore,
) -> None:
    store.add(ASKED)
    assert not store.use("a1")
    assert not store.approve("a1", "olga")
    assert store.approve("a1", "paul")
    assert not store.approve("a1", "quinn")
    assert [store.use("a1"), store.use("a1")] == [True, False]


@pytest.mark.usefixtures("atomic_calls")
@pytest.mark.parametrize("what", ["approve", "use"])
def test_of_many_at_once_one_wins(store: ApprovalStore, what: str) -> None:
    store.add(ASKED)
    if what == "use":
        store.approve("a1", "paul")

    def once(at: int) -> bool:
        return store.approve("a1", f"p{at}") if what == "approve" else store.use("a1")

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(once, range(8))) == [False] * 7 + [True]


def test_a_name_is_given_once_and_an_unknown_one_has_nothing(aws: Aws) -> None:
    dynamodb = aws.client("dynamodb")
    store = DynamoApprovals(dynamodb, make_table(dynamodb, "approvals"))
    store.add(ASKED)
    with pytest.raises(PipelineError):
        store.add(replace(ASKED, proposer="mallory"))
    assert not store.approve("none", "paul")
    assert not store.use("none")
    assert [item["proposer"] for item in aws.stored("approvals")] == [{"S": "olga"}]


def test_the_item_goes_a_month_after_the_end(aws: Aws) -> None:
    dynamodb = aws.client("dynamodb")
    DynamoApprovals(dynamodb, make_table(dynamodb, "approvals")).add(ASKED)
    (item,) = aws.stored("approvals")
    assert int(item["expires_at"]["N"]) - ASKED.valid_until == 30 * 86_400


def test_if_the_table_can_not_be_reached_that_is_said(aws: Aws) -> None:
    store = DynamoApprovals(aws.client("dynamodb"), "not-there")
    for call in (lambda: store.add(ASKED), lambda: store.get("a1"), store.every, lambda: store.use("a1")):
        with pytest.raises(PipelineError):
            call()
