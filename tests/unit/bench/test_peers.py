"""Tests that the peers do here what they do elsewhere: the article's calls, and Presidio's text without values."""

from collections.abc import Iterator

import pytest
from presidio_anonymizer import AnonymizerEngine

from bench.engine.path import ENVIRONMENT
from bench.network import Network
from bench.peers import article, presidio
from bench.peers.one_item_per_token import OneItemPerToken
from bench.workload import PLAIN, orders, sensitive


@pytest.fixture(name="network")
def _network(monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with Network(counting=True).installed() as network:
        yield network


def test_the_articles_way_asks_kms_and_the_table_once_for_each_value(network: Network) -> None:
    article.tokenize(orders(PLAIN, 2))
    assert network.calls == {"kms.GenerateDataKey": 10, "dynamodb.DescribeTable": 10, "dynamodb.PutItem": 10}


def test_reusing_its_objects_leaves_a_data_key_and_a_put_for_each_value(network: Network) -> None:
    table = article.encrypted_table()
    network.reset()
    article.tokenize_reusing(orders(PLAIN, 2), table)
    assert network.calls == {"kms.GenerateDataKey": 10, "dynamodb.PutItem": 10}


def test_one_item_per_token_is_five_items_an_order_in_full_calls(network: Network) -> None:
    way = OneItemPerToken()
    network.reset()
    way.run(orders(PLAIN, 10))
    assert network.items == 50
    assert network.calls == {"kms.GenerateDataKey": 1, "dynamodb.BatchWriteItem": 2}


def test_presidio_leaves_none_of_the_five_values(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = AnonymizerEngine()  # type: ignore[no-untyped-call] # its constructor has no annotations
    texts: list[str] = []
    anonymize = engine.anonymize
    monkeypatch.setattr(engine, "anonymize", lambda *given: texts.append(anonymize(*given).text))
    data = orders(PLAIN, 3)
    presidio.anonymize(presidio.found(data), engine)
    assert len(texts) == 3
    assert not [
        value
        for order, text in zip(data, texts, strict=True)
        for value in sensitive(order).values()
        if value in text
    ]


def test_a_call_that_the_network_does_not_know_is_an_error_and_no_empty_answer(network: Network) -> None:
    client = article.encrypted_table().meta.client
    with pytest.raises(NotImplementedError, match="ListTables"):
        client.list_tables()
