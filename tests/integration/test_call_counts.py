"""Counts the calls of a thousand orders, at botocore's hooks; nothing is timed."""

from collections import Counter
from dataclasses import replace

import pytest

from tests.support.aws_account import Aws as Account
from tests.support.fakes.world import ample_budget
from tests.support.samples import order, stream_record
from tokenizer.aws.compose import tokenize
from tokenizer.pipeline.batch import Tokenizer
from tokenizer.records import RawRecord

ORDERS = 1_000
BATCH = 100  # the stream mapping's BatchSize


@pytest.fixture(name="aws")
def _aws(aws: Account) -> Account:
    aws.without_consumer()
    return aws


def orders(customers: int, first_sequence: int = 0) -> list[RawRecord]:
    records = []
    for at in range(ORDERS):
        event = order()
        who = at % customers
        event["order"]["customer"] |= {
            "customer_id": f"C-{who}",
            "email": f"canary{who}@example.com",
            "phone": f"+1202555{who:04}",
        }
        records.append(stream_record(event, first_sequence + at))
    return records


def run(tokenizer: Tokenizer, records: list[RawRecord]) -> None:
    for start in range(0, len(records), BATCH):
        outcomes = tokenizer.tokenize_batch(records[start : start + BATCH], ample_budget())
        assert all(outcome.published for outcome in outcomes)


def of(calls: Counter[str], service: str) -> int:
    return sum(count for name, count in calls.items() if name.startswith(service))


def test_a_thousand_orders_of_first_seen_and_then_of_known_customers(aws: Account) -> None:
    run(aws.tokenizer(), orders(ORDERS))
    # First seen: two consistent values an order, so a vault record each and a claim in the index.
    assert aws.calls["dynamodb.BatchWriteItem"] == 120  # 300 records a batch, 25 a call
    assert aws.calls["dynamodb.PutItem"] == 2_000  # a claim is a call of its own, ten of them side by side
    assert (
        aws.calls["dynamodb.BatchGetItem"] == 30
    )  # 200 consistent values and 100 customers a batch, 100 a call
    assert of(aws.calls, "dynamodb") == 2_151
    aws.calls.clear()
    run(aws.tokenizer(), orders(ORDERS, first_sequence=ORDERS))  # a cold start: it pays for all of its keys
    assert of(aws.calls, "kms") == 4  # three token keys opened, one data key made
    assert aws.calls["dynamodb.Scan"] == 1  # the wrapped token keys
    assert (
        aws.calls["dynamodb.BatchGetItem"] == 30
    )  # 200 consistent values and 100 customers a batch, 100 a call
    assert aws.calls["dynamodb.BatchWriteItem"] == 40  # 100 records a batch, 25 a call
    assert of(aws.calls, "dynamodb") == 71
    assert of(aws.calls, "eventbridge") == 100


@pytest.mark.parametrize("bytes_each", [60_000, 120_000])
def test_bigger_events_go_by_size(aws: Account, bytes_each: int) -> None:
    tokenizer = aws.tokenizer()
    aws.calls.clear()
    records = [
        stream_record(order(items=[{"name": "n" * 4000}] * (bytes_each // 4000)), at) for at in range(10)
    ]
    outcomes = tokenizer.tokenize_batch(records, ample_budget())
    assert all(outcome.published for outcome in outcomes)
    assert of(aws.calls, "eventbridge") == -(-10 // (256_000 // (bytes_each + 4000)))


def test_a_data_key_is_dropped_when_its_bounds_end(aws: Account) -> None:
    tokenizer = tokenize.tokenizer(replace(aws.settings, data_key_max_items=100))
    aws.calls.clear()
    run(tokenizer, [stream_record(order(customer={"customer_id": "C"}), at) for at in range(ORDERS)])
    assert aws.calls["kms.GenerateDataKey"] == 10


def test_refusals_cost_a_call_for_ten_letters_and_no_write_unit(aws: Account) -> None:
    tokenizer = tokenize.tokenizer(replace(aws.settings, refusal_events="true"))
    aws.calls.clear()
    outcomes = tokenizer.tokenize_batch([stream_record(b"{", at) for at in range(BATCH)], ample_budget())
    assert all(outcome.letter and not outcome.unannounced for outcome in outcomes)
    assert of(aws.calls, "eventbridge") == 10
    assert of(aws.calls, "dynamodb") == 0


def test_where_refusals_are_off_letters_cost_no_event(aws: Account) -> None:
    tokenizer = aws.tokenizer()
    aws.calls.clear()
    tokenizer.tokenize_batch([stream_record(b"{", at) for at in range(BATCH)], ample_budget())
    assert of(aws.calls, "eventbridge") == 0
