"""AWS in memory (moto) with what the composition root needs, made once a test."""

import sys
import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.responses import DynamoHandler

from tests.support.aws_account import (
    OWNER,
    REGION,
    Aws,
    counted_calls,
    make_consumer,
    make_erasures,
    make_key,
    make_shares,
    make_table,
)
from tests.support.quick import quick_stand_ins
from tests.support.samples import STREAM
from tokenizer.aws.platform.settings import TokenizeSettings
from tokenizer.aws.vault import token_keys


@pytest.fixture(scope="session", autouse=True)
def _quick() -> Iterator[None]:
    with quick_stand_ins():
        yield


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """Yields an account with the stack's resources, and a count of the calls that the use case makes."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
    }.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        dynamodb, kms, sqs = boto3.client("dynamodb"), boto3.client("kms"), boto3.client("sqs")
        settings = TokenizeSettings(
            vault_table=make_table(dynamodb, "vault", OWNER),
            vault_crypto_name="vault",
            vault_key_arn=make_key(kms),
            letter_key_arn=make_key(kms),
            token_key_arn=make_key(kms),
            token_keys_table=make_table(dynamodb, "token-keys"),
            blind_index_table=make_table(dynamodb, "blind-index", OWNER),
            shares_table=make_shares(dynamodb),
            erasures_table=make_erasures(dynamodb),
            alias_table=make_table(dynamodb, "aliases"),
            starts_table=make_table(dynamodb, "unfinished-starts"),
            bus_name="sanitized",
            dead_letter_queue_url=sqs.create_queue(QueueName="letters")["QueueUrl"],
            letter_bucket="letters",
            raw_stream_arn=STREAM,
            raw_queue_arn="arn:aws:sqs:us-east-1:000000000000:raw",
            api_name="api:orders",
        )
        boto3.client("s3").create_bucket(Bucket="letters")
        token_keys.provision(
            dynamodb, kms, settings.token_keys_table, settings.token_key_arn, versions={}, now=0
        )
        calls = counted_calls(monkeypatch)
        yield Aws(settings, make_consumer(boto3.client("events"), sqs), calls)


@pytest.fixture
def atomic_calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets one call of DynamoDB run at a time.

    DynamoDB makes each write atomic, with its condition; moto, which reads an item that others change meanwhile, does not. The lock gives
    moto that and nothing beyond one call, so what is read and then written would still lose updates.
    """
    lock, call = threading.Lock(), DynamoHandler.call_action

    def locked(self: DynamoHandler) -> Any:
        with lock:  # around the answer's serialization, too, which comes after `update_item`
            return call(self)

    monkeypatch.setattr(DynamoHandler, "call_action", locked)
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(switching)
