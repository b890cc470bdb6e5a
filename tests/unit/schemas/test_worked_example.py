"""The example of docs/new-event-type.md: a shop system's webhook, one file of annotations."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.fakes.world import World, ample_budget
from tests.support.further_types import example
from tests.support.samples import stream_record
from tokenizer.pipeline.catalog import ENVELOPE, Catalog
from tokenizer.pipeline.sources import sqs_records
from tokenizer.vault.tokens import is_token

FOLDER = Path("docs/examples")


def known() -> Catalog:
    return Catalog(example())


@pytest.fixture(scope="module")
def world() -> World:
    world = World(catalog=known())
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(event())], ample_budget())
    assert outcome.published, outcome
    return world


def event() -> dict[str, Any]:
    return dict(json.loads((FOLDER / "shop.order.1.json").read_text()))


@pytest.fixture
def shown(world: World) -> dict[str, Any]:
    return dict(world.bus.details()[0]["data"])


def test_large_ids_and_prices_are_exact(shown: dict[str, Any]) -> None:
    assert (shown["id"], shown["customer"]["id"]) == (820982911946154508, 115310627314723954)
    assert (shown["total_price"], shown["line_items"][0]["price"]) == ("409.94", "199.00")


def test_the_same_person_has_the_same_token_everywhere(shown: dict[str, Any]) -> None:
    assert is_token(shown["email"])
    assert shown["email"] == shown["contact_email"] == shown["customer"]["email"]
    assert shown["phone"] == shown["customer"]["phone"] == shown["shipping_address"]["phone"]
    assert shown["email_domain"] == "example.com"


def test_answers_notes_and_browsers_say_nothing_of_the_buyer(shown: dict[str, Any]) -> None:
    assert [each["name"] for each in shown["note_attributes"]] == [
        "custom name",
        "colour",
        "gift",
        "candles",
        "wrapped",
    ]
    assert [is_token(each["value"] or "") for each in shown["note_attributes"]] == [
        True,
        True,
        False,
        True,
        True,
    ]
    assert is_token(shown["note"])
    assert shown["client_details"]["browser_ip"] == "198.51.100.0/24"
    assert is_token(shown["client_details"]["user_agent"])
    assert shown["payment_details"]["credit_card_number"] == "**** **** **** 4242"


def test_what_the_file_does_not_name_is_tokenized_whole(world: World, shown: dict[str, Any]) -> None:
    address = shown["customer"]["default_address"]
    found = world.reveal(address)[address].found
    assert found is not None
    assert found.value == event()["customer"]["default_address"]
    assert all(is_token(shown["client_details"][name]) for name in ("browser_height", "browser_width"))


def test_the_webhook_that_is_relayed_as_it_comes_gives_the_same_event(
    world: World, shown: dict[str, Any]
) -> None:
    body = {name: value for name, value in event().items() if name not in ENVELOPE}
    headers = {"X-Shop-Topic": "orders/create", "X-Shop-Webhook-Id": "wh-1", "X-Shop-Domain": "shop.example"}
    entry = {
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:raw",
        "messageId": "m-1",
        "body": json.dumps(body),
        "attributes": {"SentTimestamp": "1795428901250", "ApproximateReceiveCount": "1"},
        "messageAttributes": {
            name: {"stringValue": value, "dataType": "String"} for name, value in headers.items()
        },
    }
    records = sqs_records({"Records": [entry]}, 5, known().attributes())
    (outcome,) = world.tokenizer.tokenize_batch(records, ample_budget())
    assert outcome.published, outcome
    found = world.bus.details()[-1]
    assert found["metadata"]["event_id"] == "wh-1"
    assert found["metadata"]["occurred_at"] == event()["created_at"]
    assert found["data"].keys() == shown.keys() | {"wrapper"}
    assert (found["data"]["email"], found["data"]["total_price"]) == (shown["email"], shown["total_price"])


def test_the_page_shows_the_file() -> None:
    page = Path("docs/new-event-type.md").read_text()
    assert "(examples/shop_order_v1.py)" in page
    assert "(examples/shop.order.1.json)" in page
