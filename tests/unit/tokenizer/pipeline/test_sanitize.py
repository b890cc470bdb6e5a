import json
import re
from typing import Any

import pytest

from tests.support.fakes.world import World, ample_budget
from tests.support.samples import CANARIES, order, stream_record
from tokenizer.vault.tokens import TokenKey

TOKEN = re.compile(r"tok_[0-9a-hjkmnp-tv-z]{26}")


def sanitized(event: Any, world: World | None = None) -> tuple[dict[str, Any], World]:
    world = world or World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
    assert outcome.published, outcome
    return world.bus.details()[-1], world


def test_the_sanitized_event_has_the_contracts_shape() -> None:
    detail, _ = sanitized(order())
    assert list(detail) == ["metadata", "data"]
    metadata = detail["metadata"]
    assert metadata | {"ingest_id": "", "rules": ""} == {
        "rules": "",
        "event_id": "0192f0c8-1111-7abc-8def-000000000001",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z",
        "ingested_at": "2026-11-23T10:15:01.250Z",
        "ingest_id": "",
    }
    assert re.fullmatch(r"ing_[0-9a-f]{32}", metadata["ingest_id"])
    assert re.fullmatch(r"[0-9a-f]{16}", metadata["rules"])
    assert list(detail["data"]) == ["order"]


def test_each_default_kind_of_the_contract_is_in_force() -> None:
    shown = sanitized(order())[0]["data"]["order"]
    customer, card, address = shown["customer"], shown["payment"]["card"], shown["shipping_address"]
    tokens = [
        *(customer[key] for key in ("name", "email", "phone", "date_of_birth", "ssn")),
        *(card[key] for key in ("number", "expiry", "holder")),
        *(address[key] for key in ("name", "line1")),
        shown["preferences"],
    ]
    assert all(TOKEN.fullmatch(token) for token in tokens)
    assert len(set(tokens)) == len(tokens)
    assert (card["number_last4"], card["number_brand"]) == ("1111", "visa")
    assert (customer["email_domain"], customer["date_of_birth_year"]) == ("example.com", "1990")
    assert address["postal_code"] == "627"
    assert address["line2"] is None
    public = {key: shown[key] for key in ("order_id", "currency", "total", "items", "notes")}
    assert public == {key: order()["order"][key] for key in public}
    assert {key: address[key] for key in ("city", "region", "country")} == {
        "city": "Springfield",
        "region": "IL",
        "country": "US",
    }
    assert customer["customer_id"] == "C-77"
    assert shown["payment"]["method"] == "card"


def test_no_sensitive_value_is_in_the_event() -> None:
    _, world = sanitized(order())
    text = world.bus.events[0].detail.decode()
    assert not [canary for canary in CANARIES if canary.casefold() in text.casefold()]


def test_every_token_reveals_exactly_what_came_in() -> None:
    event = order(extra={"z": 1, "a": [1, {"big": 12345678901234567890123}]})
    detail, world = sanitized(event)
    shown, raw = detail["data"]["order"], event["order"]
    pairs = {
        shown["customer"]["email"]: raw["customer"]["email"],
        shown["customer"]["ssn"]: raw["customer"]["ssn"],
        shown["payment"]["card"]["number"]: raw["payment"]["card"]["number"],
        shown["preferences"]: raw["preferences"],
        shown["extra"]: raw["extra"],
    }
    answers = world.reveal(*pairs)
    values = {token: answer.found.value for token, answer in answers.items() if answer.found}
    assert values == pairs
    assert list(values[shown["extra"]]) == ["z", "a"]


@pytest.mark.parametrize(
    ("holder", "where"),
    [("beside the order", ()), ("in the order", ("order",)), ("in an item", ("order", "items", 0))],
)
def test_a_field_that_no_schema_names_becomes_one_token(holder: str, where: tuple[str | int, ...]) -> None:
    event = order()
    inner: Any = event
    for step in where:
        inner = inner[step]
    inner["brand_new"] = {"secret": ["canary", 1.5]}
    shown: Any = sanitized(event)[0]["data"]
    for step in where:
        shown = shown[step]
    assert TOKEN.fullmatch(shown["brand_new"])


def test_an_unknown_key_that_may_itself_be_a_value_is_tokenized() -> None:
    event = order()
    event["order"]["ann.canary@example.com"] = 1
    detail, world = sanitized(event)
    keys = [key for key in detail["data"]["order"] if TOKEN.fullmatch(key)]
    found = world.reveal(keys[0])[keys[0]].found
    assert len(keys) == 1
    assert found is not None
    assert found.value == "ann.canary@example.com"


STRUCTURES = [
    ("", "order"),
    ("order", "items"),
    ("order", "customer"),
    ("order", "payment"),
    ("order", "shipping_address"),
]


@pytest.mark.parametrize(("holder", "name"), STRUCTURES)
@pytest.mark.parametrize("value", ["canary", 7, None, True, {"a": 1}])
def test_no_unknown_key_is_the_column_of_an_object_or_a_list(holder: str, name: str, value: Any) -> None:
    event = order()
    inner = event[holder] if holder else event
    keys = [name.upper(), name.capitalize()]
    inner |= dict.fromkeys(keys, value)
    detail, world = sanitized(event)
    shown = detail["data"][holder] if holder else detail["data"]
    assert [key for key in shown if key.lower() == name] == [name]
    tokens = [key for key in shown if TOKEN.fullmatch(key)]
    found = [world.reveal(token)[token].found for token in tokens]
    assert [each and each.value for each in found] == keys


def test_an_unknown_key_beside_a_text_of_the_same_letters_stays() -> None:
    event = order()
    event["order"]["Total"] = "1"
    assert "Total" in sanitized(event)[0]["data"]["order"]


@pytest.mark.parametrize("key", ["cvv", "CVC", "Track-Data", "track_1", "p.i.n"])
def test_sensitive_authentication_data_is_stored_nowhere(key: str) -> None:
    event = order()
    event["order"]["payment"]["card"][key] = "9876canary"
    event["order"]["deep"] = [{"deeper": {key: "9876canary", "kept": 1}}]
    detail, world = sanitized(event)
    assert "9876canary" not in json.dumps(detail)
    assert all(
        "9876canary" not in repr(field.value)
        for record in world.vault.stored.values()
        for field in record.fields.values()
    )
    token = detail["data"]["order"]["deep"]
    found = world.reveal(token)[token].found
    assert found is not None
    assert found.value == [{"deeper": {"kept": 1}}]


@pytest.mark.parametrize(
    "notes",
    ["call 219-09-9999", "card 4111 1111 1111 1111 please", "write to bob@example.org", "for Ann Canaryname"],
)
def test_a_note_with_something_sensitive_becomes_a_token(notes: str) -> None:
    detail, world = sanitized(order(notes=notes))
    token = detail["data"]["order"]["notes"]
    found = world.reveal(token)[token].found
    assert found is not None
    assert found.value == notes


def test_a_customer_called_like_her_city_keeps_the_city_public() -> None:
    event = order()
    event["order"]["customer"]["name"] = "Springfield"
    assert sanitized(event)[0]["data"]["order"]["shipping_address"]["city"] == "Springfield"


def test_a_sensitive_value_in_a_public_field_becomes_a_token() -> None:
    event = order(order_id="219-09-9999")
    event["event_id"] = "ann.canary@example.com"
    detail, _ = sanitized(event)
    assert TOKEN.fullmatch(detail["data"]["order"]["order_id"])
    assert TOKEN.fullmatch(detail["metadata"]["event_id"])


def test_null_and_the_empty_string_stay_as_they_are() -> None:
    event = order(notes="")
    event["order"]["customer"] |= {"name": "", "email": None, "ssn": None}
    shown = sanitized(event)[0]["data"]["order"]
    assert shown["notes"] == ""
    assert (shown["customer"]["name"], shown["customer"]["email"], shown["customer"]["ssn"]) == (
        "",
        None,
        None,
    )
    assert "email_domain" not in shown["customer"]


def test_a_postal_code_too_short_to_be_cut_becomes_a_token() -> None:
    event = order()
    event["order"]["shipping_address"]["postal_code"] = "101"
    assert TOKEN.fullmatch(sanitized(event)[0]["data"]["order"]["shipping_address"]["postal_code"])


def test_a_raw_field_named_like_a_public_fact_is_tokenized_and_not_lost() -> None:
    event = order()
    event["order"]["payment"]["card"]["number_last4"] = "4242"
    detail, world = sanitized(event)
    token = detail["data"]["order"]["payment"]["card"]["number_last4"]
    found = world.reveal(token)[token].found
    assert found is not None
    assert found.value == "4242"


def test_fields_with_the_same_tag_still_have_different_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = TokenKey.tag
    monkeypatch.setattr(
        TokenKey,
        "tag",
        lambda key, identity, path, attempt=0: drawn(key, identity, path, attempt) if attempt else b"same",
    )
    detail, world = sanitized(order())
    customer = detail["data"]["order"]["customer"]
    answers = world.reveal(customer["name"], customer["ssn"])
    assert [a.found.value for a in answers.values() if a.found] == ["Ann Canaryname", "219-09-9999"]


@pytest.mark.parametrize("character", ["\ufffe", "\uffff"])
def test_an_event_holds_no_character_that_sqs_refuses(character: str) -> None:
    """Any other than these: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF."""
    world = World()
    sent = order(notes=f"a{character}b\u0001\x7f\ue000\U0001ffff")
    world.tokenizer.tokenize_batch([stream_record(sent)], ample_budget())
    (event,) = world.bus.events
    text = event.detail.decode()
    assert not [each for each in text if each in "\ufffe\uffff" or each < " "]
    assert json.loads(text)["data"]["order"]["notes"] == sent["order"]["notes"]
