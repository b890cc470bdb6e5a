"""Codes that an attacker brought past the keys and the text: parts of keys, pairs, columns, fields of a card, encodings."""

import json
from base64 import b64encode, encodebytes, urlsafe_b64encode
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.support.members import for_all
from tokenizer.guard.authentication_data import (
    JsonValue,
    is_authentication_key,
    may_hold_authentication_data,
    scrub_text,
    strip_authentication_data,
)
from tokenizer.guard.authentication_data.names import (
    CODES,
    HOLDERS,
    OF_A_CARD,
    OF_CARDS,
    UNMISTAKABLE,
    WORDS,
)
from tokenizer.guard.authentication_data.prose import MARK
from tokenizer.guard.authentication_data.scrub import PAIR_NAMES, PAIR_VALUES
from tokenizer.guard.authentication_data.words import SOFT_LABELS

FLAGS = ("has", "is", "requires", "require", "required", "check", "verify", "skip", "with", "without")
CODE = "737"
NUMBER = "4111111111111111"
PAGE = Path("docs/guard.md").read_text(encoding="utf-8")
RECORD = json.dumps({"payment": {"card": {"number": NUMBER, "cvv": CODE}}}).encode()
HARMLESS = json.dumps({"order": {"notes": "leave it at the door", "items": [1, 2, 737]}}).encode()


def left(record: Any) -> str:
    """Returns the record as JSON without authentication data, after the cheap look, which must not let it by."""
    raw = json.dumps(record, ensure_ascii=False).encode()
    stripped, removed = strip_authentication_data(record)
    assert not removed or may_hold_authentication_data(raw), "the walk would be left out"
    return json.dumps(stripped, ensure_ascii=False)


@for_all(
    "key",
    [
        *("user_cvv", "customer_cvv", "the_cvv", "cvvs", "cvv1", "cvv_3", "cvvNum", "cvvdigits", "xcvv"),
        *("cardCVVCode2", "securitycode3", "my-cvv-no"),
        *(f"{before}{code}{behind}" for before, code, behind in product(("", "shop_"), UNMISTAKABLE, ("", "s", "_num", "Digits", "_9"))),
    ],
)  # fmt: skip
def test_a_key_that_ends_or_begins_with_a_code_is_one(key: str) -> None:
    assert is_authentication_key(key)
    assert CODE not in left({key: CODE})
    assert CODE not in scrub_text(f'{{"{key}": "{CODE}"'.encode())[0].decode()


@for_all(
    "key",
    [
        *("cvv_result_code", "cvc_check", "cvvResponse", "cvv_match", "cvv_status", "received", "qty_rcvd"),
        *("gate_security_code", "social_security_code2x", "track_12", "cvvx"),
        *(f"{flag}_{code}" for flag, code in product(FLAGS, UNMISTAKABLE)),
    ],
)
def test_a_key_about_a_code_is_none(key: str) -> None:
    assert not is_authentication_key(key)


@pytest.mark.parametrize(
    "key",
    [
        *("kartenpruefnummer", "kartenprüfnummer", "pruefziffer", "codigo_de_seguridad", "cryptogramme"),
        *(label.replace(" ", "_") for label in SOFT_LABELS),
    ],
)
def test_a_key_of_any_language_holds_a_code_in_a_payment(key: str) -> None:
    assert CODE not in left({"payment": {key: CODE}})
    assert CODE not in left({"payment": {"card": {key: CODE}}})
    record = {"payment": {key: "none"}}
    assert is_authentication_key(key) or left(record) == json.dumps(record, ensure_ascii=False)


@pytest.mark.parametrize(("name", "value"), [*product(PAIR_NAMES, PAIR_VALUES)])
def test_a_pair_is_one_by_whatever_names(name: str, value: str) -> None:
    assert CODE not in left({"extras": [{name: "cvv", value: CODE}]})
    assert CODE not in scrub_text(f'{{"{name}":"cvv","{value}":"{CODE}"'.encode())[0].decode()
    kept = {"extras": [{name: "size", value: CODE}]}
    assert left(kept) == json.dumps(kept)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"columns": ["name", "cvv"], "rows": [["Ann", CODE]]}, {"columns": ["name", "cvv"], "rows": [["Ann", MARK]]}),
        ({"rows": [[737, "x"], [7371, "y"]], "head": ["CVC", "n"]}, {"rows": [[MARK, "x"], [MARK, "y"]], "head": ["CVC", "n"]}),
        ([["a", "b", "cvv"], ["1", "2", "737"]], [["a", "b", "cvv"], ["1", "2", MARK]]),
        ({"columns": ["name", "size"], "rows": [["Ann", CODE]]}, None),
        ({"columns": ["name", "cvv"], "rows": [["Ann", CODE, "x"]]}, None),
        ({"columns": ["city", "pin"], "rows": [["Pune", CODE]]}, None),
        ({"columns": ["name", "cvv"], "rows": [["Ann", None]]}, None),
    ],
)  # fmt: skip
def test_columns_of_codes_lose_their_cells(table: JsonValue, expected: JsonValue) -> None:
    assert left({"extra": table}) == json.dumps({"extra": expected or table})


@for_all("key", [name for name in OF_CARDS if name.startswith(("exp", "valid"))])
@for_all(
    ("value", "expected"),
    [
        ("12/29 737", "12/29 ***"),
        ("12/29/737", "12/29/***"),
        ("1229737", "1229***"),
        ("12/2029 7371", "12/2029 ***"),
        ("2/29 737", "2/29 ***"),
        (1229737, "1229***"),
        *((date, date) for date in ("12/29", "1229", "12/2029", "122029", "112029", "2029-12", "202912", "12 / 29")),
        *((date, date) for date in ("12/31/2029", "31.12.2029", "2029-12-31", "20291231", "12312029", "12/20/2027")),
        *((date, date) for date in ("2029-12-31T23:59:59Z", 1893456000, 1229, "Dec 2029", "***", "12/29 ***")),
    ],
)  # fmt: skip
def test_an_expiry_keeps_no_code(key: str, value: JsonValue, expected: JsonValue) -> None:
    assert left({"payment": {"card": {"number": NUMBER, key: value}}}) == json.dumps(
        {"payment": {"card": {"number": NUMBER, key: expected}}}
    )


@for_all("key", [*HOLDERS, "cardholder", "cardholder_name"])
@for_all(
    ("value", "expected"),
    [
        ("ANN EXAMPLE 737", "ANN EXAMPLE ***"),
        ("737 ANN EXAMPLE", "*** ANN EXAMPLE"),
        ("ANN EXAMPLE/7371", "ANN EXAMPLE/***"),
        *((name, name) for name in ("ANN EXAMPLE", "ANN EXAMPLE 3RD", "Studio 54", "ANN EXAMPLE ***", "A1234")),
    ],
)  # fmt: skip
def test_a_holders_name_keeps_no_code(key: str, value: str, expected: str) -> None:
    record = {"payment": {"card": {"number": NUMBER, key: value}}}
    assert left(record) == json.dumps({"payment": {"card": {"number": NUMBER, key: expected}}})


@pytest.mark.parametrize("value", ["737.0", "code 737", "Code: 7371"])
def test_an_unknown_field_of_a_card_keeps_no_code_in_other_forms(value: str) -> None:
    assert CODE not in left({"payment": {"card": {"kode": value}}})


@pytest.mark.parametrize(
    "text",
    [
        "my cvv (on the back of the card, three digits) is: 737",
        "CVV number for the Visa card ending 1111 -> 737",
        'a:2:{s:3:"cvv";s:3:"737";}',
        'a:2:{s:3:"cvv";i:737;}',
        'a:2:{s:3:"cvv";d:737;}',
        "<card cvv2:val='737'/>",
    ],
)
def test_a_note_keeps_no_code_behind_what_stands_between(text: str) -> None:
    assert left({"notes": text}) == json.dumps({"notes": text.replace(CODE, MARK)})


@pytest.mark.parametrize(
    "body",
    [
        '{"cvv"/*x*/:"737"',
        '{"cvv": /* three digits */ "737"',
        '{"cvv" // x\n: "737"',
        "--x\r\nContent-Disposition: form-data; name=cvv\r\nContent-Type: text/plain\r\n\r\n737\r\n--x--",
        '--x\r\nContent-Disposition: form-data; name="cvv"\r\nContent-Type: text/plain\r\n\r\n737\r\n--x--',
        'a:1:{s:3:"cvv";s:3:"737";}',
        'a:1:{s:3:"cvv";i:737;}',
        '<ns:cvv xsi:type="xsd:string">737</ns:cvv>',
        "<card cvv2:val='737'/>",
        '"number","name","cvv"\n"4111111111111111","Ann","737"',
        "name\tcvv\tnumber\nAnn\t737\t4111111111111111",
    ],
)
def test_a_letter_keeps_no_code_in_these_forms(body: str) -> None:
    assert CODE not in scrub_text(body.encode())[0].decode()


ENCODINGS = {
    "base64": b64encode,
    "base64url": urlsafe_b64encode,
    "base64 of mail": lambda data: encodebytes(data * 2),
    "hexadecimal": lambda data: data.hex().encode(),
}


@pytest.mark.parametrize("encode", [*ENCODINGS.values()], ids=[*ENCODINGS])
def test_what_is_encoded_as_a_whole_is_searched(encode: object) -> None:
    assert callable(encode)
    word = encode(RECORD)
    assert scrub_text(b"!" + word)[0].strip() == b"!" + MARK.encode()
    assert json.loads(left({"data_base64": word.decode()}))["data_base64"].strip() == MARK
    harmless = encode(HARMLESS)
    assert scrub_text(b"!" + harmless) == (b"!" + harmless, 0)
    assert json.loads(left({"data_base64": harmless.decode()})) == {"data_base64": harmless.decode()}


@pytest.mark.parametrize(
    "text", ["cvv (matched) 404", "cvv (for the room) 404", "cvv (seen). Flat 404", "pins: 12"]
)
def test_what_stands_in_brackets_may_announce_another_number(text: str) -> None:
    assert left({"notes": text}) == json.dumps({"notes": text})


NOT_FOUND = {
    "Cyrillic letters that look like those of a label (`\u0421VV 737`)": {"notes": "\u0421VV 737"},
}  # fmt: skip


@pytest.mark.parametrize(("claim", "record"), [*NOT_FOUND.items()])
def test_the_page_names_what_is_not_found(claim: str, record: Any) -> None:
    assert claim in " ".join(PAGE.split())
    assert CODE in left(record)


def test_the_page_names_a_broken_card() -> None:
    assert 'the code of an unknown key in a card that does not parse (`{"card":{"kode":"737"`)' in " ".join(
        PAGE.split()
    )
    assert CODE in scrub_text(b'{"card":{"kode":"737"')[0].decode()


# As plugins of shop systems put their gateways' names before the fields of a card.
PLUGINS = (
    "authorize_net-",
    "elavon-",
    "wc-authorize-net-cim-credit-",
    "_wc_first_data_",
    "braintree.",
    "shop:",
)


def placed(key: str, value: JsonValue) -> dict[str, JsonValue]:
    """Returns a field of a plugin in each place where one may stand."""
    pairs: dict[str, JsonValue] = {
        "of objects": {"meta_data": [{"id": 7, "key": key, "value": value}]},
        "of lists": {"meta_data": [[key, value]]},
    }
    return {"itself": {key: value}, "in a payment": {"payment": {key: value}}, **pairs}


@for_all("plugin", PLUGINS)
@for_all(
    "name", [*(f"card_{name}" for name in (*CODES, *WORDS)), *(f"{name}_encrypted" for name in UNMISTAKABLE)]
)
def test_a_plugins_name_before_a_code_hides_nothing(plugin: str, name: str) -> None:
    for key in (f"{plugin}{name.replace('_', '-')}", f"{plugin}{name}"):
        assert [at for at, record in placed(key, CODE).items() if CODE in left(record)] == []


@for_all("plugin", ["the-", *PLUGINS])
@for_all("name", [*OF_A_CARD, "Kartenprüfnummer", "Kartenpruefziffer"])
def test_a_key_that_names_the_card_holds_a_code_wherever_it_stands(plugin: str, name: str) -> None:
    assert [at for at, record in placed(f"{plugin}{name}", CODE).items() if CODE in left(record)] == []
    if is_authentication_key(f"{plugin}{name}"):
        return  # whatever its value
    for harmless in ("passed", True, None, 12, "2026-11-30"):
        for record in placed(f"{plugin}{name}", harmless).values():
            assert strip_authentication_data(record) == (record, 0)


@pytest.mark.parametrize(
    "key",
    [
        "csc_ref",
        "customer_cid",
        "ga_cid",
        "stripe_cid",
        "card_verification_status",
    ],
)
def test_what_is_no_code_stays_behind_a_plugins_name(key: str) -> None:
    record: JsonValue = {key: CODE}
    assert strip_authentication_data(record) == (record, 0)
