"""Tests the payments table on moto's DynamoDB: fake and table pass the same tests, and of two at once one wins."""

from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.aws_account import Aws, make_table
from tests.support.fakes.payments import FakePayments
from tokenizer.aws.payments.table import PaymentsTable
from tokenizer.errors import Throttled
from tokenizer.payments.attempts import Attempt, AttemptState
from tokenizer.payments.cashier import Payment, PaymentStatus

CHARGED = Payment("pay_1", "SO-1", "129.90", "USD", "1111", PaymentStatus.CHARGED, "ref-1", None)
DECLINED = replace(CHARGED, status=PaymentStatus.DECLINED, reference=None, reason="expired_card")

Either = FakePayments | PaymentsTable


@pytest.fixture(params=["fake", "dynamodb"])
def payments(request: pytest.FixtureRequest) -> Either:
    if request.param == "fake":
        return FakePayments()
    aws: Aws = request.getfixturevalue("aws")
    dynamodb = aws.client("dynamodb")
    return PaymentsTable(dynamodb, make_table(dynamodb, "payments"))


@pytest.mark.parametrize("payment", [CHARGED, DECLINED], ids=["charged", "declined"])
def test_what_is_kept_is_found_whole(payments: Either, payment: Payment) -> None:
    assert payments.find("pay_1") is None
    assert payments.keep(payment) == payment
    assert payments.find("pay_1") == payment
    assert payments.find("pay_2") is None


@pytest.mark.parametrize(("first", "second"), [(CHARGED, DECLINED), (DECLINED, CHARGED)])
def test_whoever_is_second_is_answered_with_the_first_result(
    payments: Either, first: Payment, second: Payment
) -> None:
    payments.keep(first)
    assert payments.keep(second) == first
    assert payments.find("pay_1") == first


def test_payments_of_other_ids_stand_beside_each_other(payments: Either) -> None:
    payments.keep(CHARGED)
    assert payments.keep(replace(DECLINED, payment_id="pay_2")).status == "declined"
    assert payments.find("pay_1") == CHARGED


def test_a_table_that_fails_is_no_first_result(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    dynamodb = boto3.client("dynamodb")
    table = PaymentsTable(dynamodb, make_table(dynamodb, "payments"))

    def throttled(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "PutItem")

    monkeypatch.setattr(dynamodb, "put_item", throttled)
    with pytest.raises(Throttled):
        table.keep(CHARGED)
    assert table.find("pay_1") is None


ATTEMPT = Attempt(
    "SO-1",
    1,
    "9.00",
    "9.00",
    "USD",
    ("tok_n", "tok_e"),
    "pay_1",
    "2026-11-24T00:00:00+00:00",
    AttemptState.TRYING,
)


def test_the_latest_attempt_of_an_order_is_replaced_by_who_saw_it_alone(payments: Either) -> None:
    assert payments.attempt("SO-1") is None
    assert payments.put_attempt(ATTEMPT, None)
    assert not payments.put_attempt(replace(ATTEMPT, payment_id="pay_2"), None)
    declined = replace(ATTEMPT, state=AttemptState.DECLINED)
    assert payments.put_attempt(declined, ATTEMPT)
    assert not payments.put_attempt(replace(ATTEMPT, ordinal=2), ATTEMPT)
    assert payments.put_attempt(replace(ATTEMPT, ordinal=2), declined)
    assert payments.attempt("SO-1") == replace(ATTEMPT, ordinal=2)
    assert payments.attempt("SO-2") is None
