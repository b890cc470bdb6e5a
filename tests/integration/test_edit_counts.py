"""Counts of edits in a table (moto): each attempt counts once, one edit of a letter holds its place, and nothing ends."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from tests.support.aws_account import REGION, make_table
from tokenizer.aws.replay.edit_counts import DynamoEditCounts
from tokenizer.errors import PipelineError


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoEditCounts]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        yield DynamoEditCounts(dynamodb, make_table(dynamodb, "budgets"))


def test_each_letter_has_its_own_count(counts: DynamoEditCounts) -> None:
    assert [counts.attempt("a"), counts.attempt("a"), counts.attempt("b")] == [1, 2, 1]


def test_the_first_edit_holds_its_place_until_it_is_released(counts: DynamoEditCounts) -> None:
    assert counts.claim("a", "first")
    assert counts.claim("a", "first")
    assert not counts.claim("a", "second")
    assert counts.claim("b", "second")
    counts.release("a", "second")  # which it is not
    assert not counts.claim("a", "second")
    counts.release("a", "first")
    assert counts.claim("a", "second")


def test_a_count_has_no_end_that_would_begin_it_anew(counts: DynamoEditCounts) -> None:
    counts.attempt("a")
    counts.claim("a", "first")
    (item,) = boto3.client("dynamodb").scan(TableName="budgets")["Items"]
    assert item.keys() == {"id", "attempts", "published"}


def test_a_table_that_is_not_there_is_no_count(counts: DynamoEditCounts) -> None:
    boto3.client("dynamodb").delete_table(TableName="budgets")
    for ask in (
        lambda: counts.attempt("a"),
        lambda: counts.claim("a", "x"),
        lambda: counts.release("a", "x"),
    ):
        with pytest.raises(PipelineError):
            ask()
