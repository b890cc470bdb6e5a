"""Tests what each field kind does to a field, over a schema made for the test."""

import re
from decimal import Decimal
from typing import Any

import pytest
from stdnum import luhn

from schemas.registry import EventName
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, passing_luhn, stream_record
from tests.support.things import Thing
from tokenizer import json_text
from tokenizer.errors import Unavailable
from tokenizer.pipeline.catalog import Catalog
from tokenizer.reveal.lookup import Status
from tokenizer.vault.tokens import is_token

CATALOG = Catalog({EventName("thing", 1): Thing})


def world() -> World:
    return World(catalog=CATALOG)


def shown(at: World | None = None, sequence: int = 1, **things: Any) -> dict[str, Any]:
    at = at or world()
    event = {
        "event_id": "e",
        "event_type": "thing",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z",
        "things": things,
    }
    (outcome,) = at.tokenizer.tokenize_batch([stream_record(json_text.dump(event), sequence)], ample_budget())
    assert outcome.published, outcome
    return dict(json_text.parse(at.bus.events[-1].detail)["data"]["things"])


def value_behind(at: World, token: str) -> Any:
    found = at.reveal(token)[token].found
    return found.value if found else None


@pytest.mark.parametrize("number", ["4111 1111 1111 1111", "219-09-9999", "123456789", "(030) 1234-5678.90"])
def test_an_alias_has_the_shape_of_its_number_and_is_none(number: str) -> None:
    at = world()
    alias = shown(at, alias=number)["alias"]
    assert re.sub(r"[0-9]", "0", alias) == re.sub(r"[0-9]", "0", number)
    assert alias != number
    assert not luhn.is_valid(re.sub(r"\D", "", alias))
    assert value_behind(at, alias) == number


@pytest.mark.parametrize("number", ["219-09-9999", "219099999", "900-70-1234"])
def test_a_thousand_aliases_of_nine_digits_are_neither_ssn_nor_itin(number: str) -> None:
    at = world()
    for sequence in range(1000):
        digits = re.sub(r"\D", "", shown(at, sequence, alias=number)["alias"])
        area, group, serial = digits[:3], digits[3:5], digits[5:]
        issued_ssn = area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"
        issued_itin = area >= "900" and (
            "50" <= group <= "65" or "70" <= group <= "88" or group in {"90", "91", "92"}
        )
        assert not issued_ssn
        assert not issued_itin
        assert not luhn.is_valid(digits)


def test_an_alias_keeps_the_last_four_digits_where_the_schema_asks() -> None:
    at = world()
    aliases = {shown(at, sequence, alias4="4111-1111-1111-1111")["alias4"] for sequence in range(200)}
    assert len(aliases) == 200
    assert all(
        re.fullmatch(r"(\d{4}-){3}1111", alias) and not luhn.is_valid(alias.replace("-", ""))
        for alias in aliases
    )


@pytest.mark.parametrize(
    "value", ["12345678", "1234567890 ext 5", "\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669"]
)
def test_a_value_of_another_shape_than_declared_gets_an_ordinary_token(value: str) -> None:
    at = world()
    token = shown(at, alias=value)["alias"]
    assert is_token(token)
    assert value_behind(at, token) == value


def test_an_alias_that_another_field_owns_is_drawn_anew_and_stays_so() -> None:
    at = world()
    first = shown(at, alias="123456789")["alias"]
    at.aliases.entries[first] = "tok_" + "0" * 26
    second = shown(at, alias="123456789")["alias"]
    assert second != first
    assert shown(at, alias="123456789")["alias"] == second
    assert value_behind(at, second) == "123456789"


def test_an_alias_entry_that_was_forged_is_noticed() -> None:
    at = world()
    mine = shown(at, 1, alias="123456789")["alias"]
    theirs = shown(at, 2, alias="987654321")["alias"]
    at.aliases.entries[mine] = at.aliases.entries[theirs]
    assert at.reveal(mine)[mine].status is Status.TAMPERED


def test_without_the_alias_table_nothing_is_published() -> None:
    at = world()
    at.aliases.down = Unavailable("down")
    event = {
        "event_id": "e",
        "event_type": "thing",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z",
        "things": {"alias": "123456789"},
    }
    (outcome,) = at.tokenizer.tokenize_batch([stream_record(event)], ample_budget())
    assert isinstance(outcome.failure, Unavailable)
    assert at.bus.events == []


def test_a_one_way_token_leads_nowhere() -> None:
    at = world()
    tokens = shown(at, one_way="canary-value", device="canary-device")
    assert all(is_token(token) for token in tokens.values())
    assert all(at.reveal(token)[token].status is Status.UNKNOWN for token in tokens.values())
    assert "canary" not in repr(
        [field.value for record in at.vault.stored.values() for field in record.fields.values()]
    )


def test_a_one_way_token_joins_within_its_scope_alone() -> None:
    at = world()
    first = shown(at, 1, device="d-1234", other_device="d-1234", reversible_device="d-1234")
    second = shown(at, 2, device="d-1234", other_device="d-1234", one_way="d-1234")
    assert first["device"] == second["device"]
    assert first["other_device"] == second["other_device"]
    assert len({*first.values(), second["one_way"]}) == 4
    assert value_behind(at, first["reversible_device"]) == "d-1234"


@pytest.mark.parametrize(
    ("value", "mask"),
    [("DE89 3704 0044 0532", "DE** **** **** 0532"), ("ABCDEFGHIJKL", "AB******IJKL")],
)
def test_a_mask_hides_letters_and_digits(value: str, mask: str) -> None:
    at = world()
    assert shown(at, masked=value)["masked"] == mask
    assert not any(record.fields for record in at.vault.stored.values())


@pytest.mark.parametrize("value", ["ABCDEFGHIJK", "1234", "A"])
def test_a_value_too_short_for_its_mask_becomes_a_token(value: str) -> None:
    at = world()
    token = shown(at, masked=value)["masked"]
    assert is_token(token)
    assert value_behind(at, token) == value


@pytest.mark.parametrize(
    ("field", "value", "coarse"),
    [
        ("year", "1990-04-01", "1990"),
        ("year", "1990-04-01T10:00:00Z", "1990"),
        ("ip", "198.51.100.42", "198.51.100.0/24"),
        ("ip", "::ffff:198.51.100.42", "198.51.100.0/24"),
        ("ip", "2001:db8:1:2::1", "2001:db8:1::/48"),
        ("band", "79.90", "50..100"),
        ("band", "100", "100..200"),
        ("band", "0.00", "0..1"),
        ("band", "-129.90", "-200..-100"),
        ("band", "1310.75", "1000..2000"),
    ],
)
def test_a_generalized_value_says_little(field: str, value: str, coarse: str) -> None:
    things: dict[str, Any] = {field: value}
    assert shown(**things)[field] == coarse


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("year", "April 1990"),
        ("ip", "localhost"),
        ("ip", "198.51.100"),
        ("band", "much"),
        ("band", "NaN"),
        ("band", "9e99"),
    ],
)
def test_what_cannot_be_generalized_becomes_a_token(field: str, value: str) -> None:
    at = world()
    things: dict[str, Any] = {field: value}
    token = shown(at, **things)[field]
    assert is_token(token)
    assert value_behind(at, token) == value


def test_a_removed_field_is_neither_shown_nor_kept_and_the_guard_knows_it() -> None:
    at = world()
    event = shown(at, removed="canary-answer", text="my answer is canary answer")
    assert "removed" not in event
    assert is_token(event["text"])
    assert [field.path for record in at.vault.stored.values() for field in record.fields.values()] == [
        "/things/text"
    ]


def test_a_bin_is_shown_where_it_leaves_enough_hidden() -> None:
    assert shown(pan="4111111111111111")["pan_bin"] == "411111"
    assert "pan_bin" not in shown(pan="5000000000009")


def test_each_element_of_a_list_is_treated_as_a_field() -> None:
    at = world()
    event = shown(at, tags=["vip", "ann@example.com"], secrets=["canary-one", "", "canary-two"])
    assert event["tags"][0] == "vip"
    assert value_behind(at, event["tags"][1]) == "ann@example.com"
    assert [value_behind(at, token) if token else "" for token in event["secrets"]] == [
        "canary-one",
        "",
        "canary-two",
    ]


def test_a_whole_object_and_a_big_number_come_back_as_they_were() -> None:
    at = world()
    whole = {"z": 1, "a": [1, {"big": 12345678901234567890123}], "\u00e9\U0001f600": None}
    event = shown(at, whole=whole, big=98765432109876543210)
    assert value_behind(at, event["whole"]) == whole
    assert list(value_behind(at, event["whole"])) == list(whole)
    assert value_behind(at, event["big"]) == 98765432109876543210


def test_what_no_schema_names_is_looked_for_in_free_text() -> None:
    event = shown(text="tell Zaphod Canary that it is late", unnamed={"deep": ["Zaphod Canary"]})
    assert is_token(event["text"])


HIDDEN = "Zaphod Canary"


@pytest.mark.parametrize(
    "unnamed",
    [
        HIDDEN,
        [HIDDEN],
        [["x", [HIDDEN]]],
        {"deep": [{"deeper": HIDDEN}]},
        {HIDDEN: 1},
        {"deep": {HIDDEN: None}},
        [{"a": True, HIDDEN: []}],
    ],
    ids=[
        "a string",
        "an element",
        "an inner list",
        "an inner object",
        "a key",
        "an inner key",
        "a key in a list",
    ],
)
@pytest.mark.parametrize("where", ["whole", "unnamed"])
def test_whatever_is_tokenized_whole_is_looked_for_in_free_text(where: str, unnamed: Any) -> None:
    things: dict[str, Any] = {where: {"a": unnamed}, "text": "tell zaphod-canary that it is late"}
    assert is_token(shown(**things)["text"])


@pytest.mark.parametrize("number", [4929137733, Decimal("4929137.733")])
def test_a_number_that_is_tokenized_is_looked_for_in_free_text(number: Any) -> None:
    event = shown(unnamed={"a": [number]}, text="it is 4929137733")
    assert is_token(event["text"])


@pytest.mark.parametrize("unnamed", [True, False, None, {"plain_key": True}])
def test_what_holds_no_text_is_not_looked_for(unnamed: Any) -> None:
    text = "true, false, none and a plain_key"
    assert shown(unnamed={"a": unnamed}, text=text)["text"] == text


@pytest.mark.parametrize("digits", ["4111111111111111", "4111111111111111.0", "41111111.11111111"])
def test_the_guard_reads_public_numbers(digits: str) -> None:
    at = world()
    number = Decimal(digits) if "." in digits else int(digits)
    token = shown(at, number=number)["number"]
    assert is_token(str(token))
    assert value_behind(at, token) == number


def test_a_public_number_and_a_public_flag_stay_what_they_are() -> None:
    assert shown(number=129, flag=True) == {"number": 129, "flag": True}


@pytest.mark.parametrize("domain", ["4111111111111111.example", "tel.202-555-0143.example"])
def test_a_domain_in_which_the_guard_finds_something_is_not_shown(domain: str) -> None:
    assert shown(email="ann@example.com")["email_domain"] == "example.com"
    assert "email_domain" not in shown(email=f"ann@{domain}")


@pytest.mark.parametrize(
    ("key", "kept"),
    [
        ("k" * 63, True),
        ("k" * 64, True),
        ("k" * 65, False),
        ("_a.b-c9", True),
        ("9a", False),
        ("a b", False),
        ("\u00fc", False),
        ("", False),
        ("ann_4111111111111111", False),
    ],
)
def test_an_unknown_key_is_shown_if_it_is_a_plain_word(key: str, kept: bool) -> None:
    at = world()
    (shown_key,) = shown(at, **{key: 1})
    assert (shown_key == key) is kept
    assert kept or value_behind(at, shown_key) == key


def test_a_coarse_value_that_the_guard_stops_comes_back_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    at = world()
    event = shown(at, ip="198.51.100.42", secrets=["198.51.100.0/24"])
    assert is_token(event["ip"])
    assert value_behind(at, event["ip"]) == "198.51.100.42"


@pytest.mark.parametrize("value", [passing_luhn("57".ljust(17, "6")), "A-4111111111111111"])
def test_an_id_of_the_shape_that_its_schema_vouches_for_is_shown(value: str) -> None:
    assert shown(shaped=value)["shaped"] == value


@pytest.mark.parametrize("value", ["A-4111111111111111 ", "x4111111111111111", "ann@example.com"])
def test_an_id_of_another_shape_is_guarded(value: str) -> None:
    assert is_token(shown(shaped=value)["shaped"])


def test_no_schema_vouches_for_the_records_own_values() -> None:
    assert is_token(shown(shaped="A-4111111111111111", pan="4111 1111 1111 1111")["shaped"])


def test_a_name_is_shown_in_a_public_text_and_in_free_text_if_the_record_holds_it_nowhere_else() -> None:
    at = World()
    texts = {"own": "Ann Canaryname", "other": "for Grete Beispiel"}
    event = order(notes=texts["other"])
    event["order"]["items"] = [
        {"sku": "S", "name": text, "quantity": 1, "unit_price": "1.00"} for text in texts.values()
    ]
    mine = order(notes=texts["own"])
    at.tokenizer.tokenize_batch([stream_record(event), stream_record(mine, 2)], ample_budget())
    first, second = (each["data"]["order"] for each in at.bus.details())
    assert [each["name"] for each in first["items"]] == list(texts.values())
    assert first["notes"] == texts["other"]
    assert is_token(second["notes"])
