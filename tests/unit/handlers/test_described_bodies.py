"""The API's description is right where the events' own schemas can't say it, and a wrong order is told what is wrong."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.handlers import PERSON, Api
from tests.support.members import for_all
from tests.support.samples import order

VERSIONS = (1, 2, 3)
# What stands for a guest in place of the customer's id, by version.
OF_GUESTS: dict[int, list[Any]] = {1: [None, "", 0], 2: [None, "", 0], 3: []}


@pytest.fixture
def schemas(call: Api) -> dict[str, Any]:
    found: dict[str, Any] = call("GET", "/openapi.json").body["components"]["schemas"]
    return found


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(each)


@for_all("version", VERSIONS)
def test_a_moment_is_described_as_one_of_the_calendar(schemas: dict[str, Any], version: int) -> None:
    event = schemas[f"schemas__events__order_placed_v{version}__OrderPlaced"]["properties"]
    assert event["occurred_at"]["format"] == "date-time"
    others = {key for key, each in event.items() if key != "occurred_at" and "format" in each}
    assert not others
    assert schemas["Received"]["properties"]["ingested_at"]["format"] == "date-time"


@for_all("version", VERSIONS)
def test_an_order_of_a_guest_is_described_where_it_is_taken(schemas: dict[str, Any], version: int) -> None:
    of = f"schemas__events__order_placed_v{version}__"
    customer = schemas[f"{of}Order"]["properties"]["customer"]
    assert customer["anyOf"].count({"type": "null"}) == 1
    given = schemas[f"{of}Customer"]["properties"]["customer_id"].get("anyOf", [])
    for each in OF_GUESTS[version]:
        assert ({"type": "null"} if each is None else {"const": each}) in given
    assert len(given) > len(OF_GUESTS[version]) or not OF_GUESTS[version]


def test_bounds_of_integers_are_integers_that_64_bits_hold(call: Api) -> None:
    found = [
        each[key]
        for each in nodes(call("GET", "/openapi.json").body)
        if each.get("type") == "integer"
        for key in ("minimum", "maximum")
        if key in each
    ]
    assert {type(each) for each in found} == {int}
    assert {0, 1_000_000_000, 2**63 - 1} >= set(found)
    assert max(found) == 2**63 - 1


def test_a_version_is_chosen_by_no_discriminator_which_has_to_be_a_text(schemas: dict[str, Any]) -> None:
    assert "discriminator" not in schemas["RawOrder"]
    assert len(schemas["RawOrder"]["oneOf"]) == len(VERSIONS)


def test_every_tag_says_what_it_is_about(call: Api) -> None:
    tags = call("GET", "/openapi.json").body["tags"]
    assert [each["name"] for each in tags] == ["orders", "payments", "tokens", "customers"]
    assert all(len(each["description"].split()) > 3 for each in tags)


@for_all(
    ("body", "told"),
    [
        ([], "body: model_attributes_type"),
        ("order.placed", "body: model_attributes_type"),
        (1, "body: model_attributes_type"),
        ({"event_type": "order.placed"}, "body: union_tag_not_found"),
        (order() | {"schema_version": 99}, "body: union_tag_invalid"),
        (order() | {"schema_version": "one"}, "body: union_tag_invalid"),
        (order() | {"order": None}, "/order"),
    ],
)
def test_a_body_that_is_no_order_is_told_what_is_wrong(call: Api, body: Any, told: str) -> None:
    answer = call("POST", "/orders", json.dumps(body), PERSON)
    assert answer.status == 422
    assert told in json.dumps(answer.body), answer.body
