"""An account in moto with the stack's resources, and the tables and keys that tests make in it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from tokenizer.aws.compose import tokenize
from tokenizer.aws.compose.vault import vault_reader
from tokenizer.aws.pipeline.alias_lookup import AliasLookup
from tokenizer.aws.pipeline.aliases import DynamoAliases
from tokenizer.aws.platform import clients
from tokenizer.aws.platform.settings import RevealSettings, TokenizeSettings
from tokenizer.aws.vault.vault import VaultReader
from tokenizer.pipeline.batch import Tokenizer

REGION = "us-east-1"


class Aliases(DynamoAliases, AliasLookup):
    """Claims aliases as the tokenizer does, and looks them up as revealing does."""


@dataclass
class Aws:
    """The account of one test."""

    settings: TokenizeSettings
    consumer_queue: str
    calls: Counter[str]

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION)  # type: ignore[call-overload]

    def tokenizer(self) -> Tokenizer:
        return tokenize.tokenizer(self.settings)

    def reader(self, **changes: Any) -> VaultReader:
        return vault_reader(self.reveal_settings(**changes))

    def aliases(self) -> "Aliases":
        return Aliases(self.client("dynamodb"), self.settings.alias_table)

    def reveal_settings(self, **changes: Any) -> RevealSettings:
        fields = {
            "vault_table": self.settings.vault_table,
            "vault_crypto_name": self.settings.vault_crypto_name,
            "vault_key_arn": self.settings.vault_key_arn,
            "alias_table": self.settings.alias_table,
            "shares_table": self.settings.shares_table,
            "erasures_table": self.settings.erasures_table,
            "audit_bucket": "audit",
            "audit_heads_table": "audit-heads",
            "audit_key_arn": self.settings.vault_key_arn,
            "honey_table": "honey-tokens",
            "budgets_table": "reveal-budgets",
        }
        return RevealSettings(**(fields | changes))

    def stored(self, table: str) -> list[dict[str, Any]]:
        return list(self.client("dynamodb").scan(TableName=table)["Items"])

    def messages(self, queue_url: str) -> list[str]:
        bodies: list[str] = []
        sqs = self.client("sqs")
        while batch := sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", []):
            for message in batch:
                bodies.append(message["Body"])
                sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def without_consumer(self) -> None:
        """Unsubscribes the test's consumer: moto slows down with the square of the messages that wait."""
        self.client("events").remove_targets(Rule="all", EventBusName="sanitized", Ids=["consumer"])
        self.client("events").delete_rule(Name="all", EventBusName="sanitized")

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.messages(self.consumer_queue)]

    def letters(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.messages(self.settings.dead_letter_queue_url)]


OWNER = {"owner": {"owner": "S"}}


def make_table(dynamodb: Any, name: str, indexes: Mapping[str, Mapping[str, str]] | None = None) -> str:
    return _make(dynamodb, name, {"id": "S"}, indexes or {})


def make_shares(dynamodb: Any) -> str:
    return _make(dynamodb, "shares", {"record": "S", "subject": "S"}, {"sharer": {"sharer": "S"}})


def make_erasures(dynamodb: Any) -> str:
    return _make(dynamodb, "erasures", {"id": "S"}, {"due": {"open": "S", "next_sweep": "N"}})


def make_rekey(dynamodb: Any) -> str:
    return _make(dynamodb, "rekey", {"run": "S", "part": "S"}, {})


def _make(dynamodb: Any, name: str, key: Mapping[str, str], indexes: Mapping[str, Mapping[str, str]]) -> str:
    """Returns a table and its indexes, keys given by name and type, the partition key first."""

    def schema(names: Iterable[str]) -> list[dict[str, str]]:
        return [
            {"AttributeName": each, "KeyType": kind}
            for each, kind in zip(names, ("HASH", "RANGE"), strict=False)
        ]

    attributes = dict(key)
    for index in indexes.values():
        attributes |= index
    more = {
        "GlobalSecondaryIndexes": [
            {"IndexName": each, "KeySchema": schema(names), "Projection": {"ProjectionType": "ALL"}}
            for each, names in indexes.items()
        ]
    }
    dynamodb.create_table(
        TableName=name,
        KeySchema=schema(key),
        AttributeDefinitions=[
            {"AttributeName": each, "AttributeType": kind} for each, kind in attributes.items()
        ],
        BillingMode="PAY_PER_REQUEST",
        **(more if indexes else {}),
    )
    return name


def make_key(kms: Any) -> str:
    return str(kms.create_key()["KeyMetadata"]["Arn"])


def make_consumer(events: Any, sqs: Any) -> str:
    url = str(sqs.create_queue(QueueName="consumer")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.create_event_bus(Name="sanitized")
    events.put_rule(Name="all", EventBusName="sanitized", EventPattern='{"source": ["orders.tokenizer"]}')
    events.put_targets(Rule="all", EventBusName="sanitized", Targets=[{"Id": "consumer", "Arn": arn}])
    return url


def counted_calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts each call of the clients that the composition root makes."""
    calls: Counter[str] = Counter()
    make = clients.client

    def counting(service: str, **options: Any) -> Any:
        made = make(service, **options)

        def count(model: Any, **_: Any) -> None:
            calls[f"{model.service_model.service_id.lower()}.{model.name}"] += 1

        made.meta.events.register("before-call", count)
        return made

    monkeypatch.setattr(tokenize, "client", counting)
    return calls
