"""Which keys hold authentication data, and that what stands under them is kept in no form; the lists are those of docs/guard.md."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.members import for_all
from tokenizer.guard.authentication_data import (
    JsonValue,
    is_authentication_key,
    may_hold_authentication_data,
    scrub_text,
    strip_authentication_data,
)
from tokenizer.guard.authentication_data.names import GATEWAYS

PAGE = Path("docs/guard.md").read_text(encoding="utf-8")
# Written out, since a name that is dropped from the product's tables has to be missed here.
CODES = (
    "cvv",
    "cvv2",
    "cvc",
    "cvc2",
    "cvn",
    "cvn2",
    "cav",
    "cav2",
    "cvd",
    "cvd2",
    "cv2",
    "cvx",
    "ccv",
    "ccv2",
)
TRACKS = (
    *("track1", "track2", "track3", "track_data", "track1_data", "track2_data", "track3_data"),
    *("magstripe", "magstripe_data", "magnetic_stripe", "magnetic_stripe_data", "swipe_data"),
)
PHRASES = (
    *(
        "card_security_code",
        "card_verification_value",
        "card_verification_code",
        "pin_block",
        "security_code",
    ),
    *(
        "card_verification_number",
        "card_validation_code",
        "card_validation_value",
        "card_security_value",
        "pin_data",
    ),
)
WORDS = ("pin", "cid", "csc")
OF_GATEWAYS = (
    *("card_code", "x_card_code", "cv_number", "card_cv_number", "card_validation_num", "card_sec_val"),
    *("ssl_cvv2cvc2", "ssl_track_data", "trn_card_cvd", "cc_verification_str2", "card_csc_value", "card_cvx"),
    *("vads_cvv", "ds_merchant_cvv2", "eway_card_cvn", "cc_cvc", "ccvv", "encrypted_security_code"),
    *(
        "encrypted_card_security_code",
        "encrypted_cvv",
        "verification_value",
        "credit_card_verification_number",
    ),
    *(
        "cc_cid",
        "cc_csc",
        "card_csc",
        "card_cid",
        "encrypted_csc",
        "card_pin",
        "encrypted_pin",
        "encrypted_pin_block",
    ),
    *("track_1", "track_2", "track_3", "magnesafe_track_1", "magnesafe_track_2", "magnesafe_track_3"),
    *("encrypted_track_data", "encrypted_track_1", "encrypted_track_2", "track_2_equivalent_data"),
    *("track_1_discretionary_data", "track_2_discretionary_data", "emv_tag_57"),
)
LOOKALIKES = (
    "pin",
    "cid",
    "csc",
    "security_code",
    "verification_value",
    "cav",
    "ccv",
    "cv2",
    "cvd",
    "cvx",
    "swipe_data",
)
PREFIXES = (
    *("order", "payment", "billing", "credit", "debit", "card", "cc", "method", "source", "details", "data"),
    "payment.card",
)
SUFFIXES = ("code", "number", "value", "no")
NAMES = (*CODES, *TRACKS, *PHRASES, *WORDS, *OF_GATEWAYS)
COMPOUNDS = [
    *(f"{prefix}_{name}" for prefix, name in product(PREFIXES, (*CODES, *TRACKS, *PHRASES))),
    *(f"{name}_{suffix}" for name, suffix in product((*CODES, *TRACKS, *PHRASES), SUFFIXES)),
    *(f"card_{name}_{suffix}" for name, suffix in product(CODES, SUFFIXES)),
]
PAIR_NAMES, PAIR_VALUES = ("name", "key", "field", "type", "id", "label"), ("value", "val", "content")
PAIRS = list(product(PAIR_NAMES, PAIR_VALUES))
CANARY = "987canary"


def spellings(name: str) -> list[str]:
    bare = name.replace("_", "")
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in bare)
    return [name, name.upper(), bare, "-".join(bare), name.replace("_", " "), name.replace("_", "."), wide]


@for_all("key", [spelling for name in NAMES for spelling in spellings(name)])
def test_a_key_is_known_in_any_case_and_with_any_separators(key: str) -> None:
    assert is_authentication_key(key)


@for_all("key", COMPOUNDS)
def test_a_key_is_known_as_a_flattened_form_has_it(key: str) -> None:
    assert is_authentication_key(key)
    assert is_authentication_key(key.title().replace("_", ""))


def test_the_names_of_gateways_are_those_of_the_table_and_each_has_a_source() -> None:
    assert [name for name, _ in GATEWAYS] == list(OF_GATEWAYS)
    assert all(len(source.split()) > 1 for _, source in GATEWAYS)


@pytest.mark.parametrize(("name", "source"), GATEWAYS)
def test_the_page_has_each_gateways_name_with_its_source(name: str, source: str) -> None:
    assert f"| `{name}` | {source} |" in PAGE


@for_all("key", [*NAMES, *COMPOUNDS])
def test_the_cheap_look_overlooks_no_key(key: str) -> None:
    for spelling in spellings(key):
        assert may_hold_authentication_data(json.dumps({spelling: "1"}, ensure_ascii=False).encode())


def test_the_cheap_look_lets_an_ordinary_record_by() -> None:
    assert not may_hold_authentication_data(
        b'{"customer": {"name": "Ann", "pinned": true, "cvr": 1}}'.replace(b"cvr", b"dvr")
    )


@for_all("name", [*NAMES, *PREFIXES[:-1], *SUFFIXES, *PAIR_NAMES, *PAIR_VALUES])
def test_the_page_names_each(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize(
    "key",
    [
        *(
            "pinterest",
            "shipping",
            "acid",
            "cidr",
            "opinion",
            "track",
            "number",
            "cvv_result_code",
            "avs_code",
        ),
        *(
            f"{prefix}_{word}"
            for prefix, word in product(("customer", "order", "payment"), ("pin", "cid", "csc"))
        ),
    ],
)
def test_a_key_that_only_looks_alike_is_left_alone(key: str) -> None:
    assert not is_authentication_key(key)


@for_all("name", NAMES)
def test_it_is_removed_at_any_depth_and_everything_else_stays(name: str) -> None:
    raw: JsonValue = {"a": [{name: CANARY, "b": 1}, [{name.upper(): {"x": CANARY}}]], "kept": "pin"}
    assert strip_authentication_data(raw) == ({"a": [{"b": 1}, [{}]], "kept": "pin"}, 2)


@for_all(("named", "valued"), PAIRS)
@for_all("first", [True, False])
@for_all("name", NAMES)
def test_the_value_of_a_payments_pair_is_removed_in_whichever_order(
    named: str, valued: str, first: bool, name: str
) -> None:
    pair: dict[str, JsonValue] = {named: name, valued: CANARY} if first else {valued: CANARY, named: name}
    assert strip_authentication_data({"payment": [pair, {named: "note", valued: 1}]}) == (
        {"payment": [{named: name}, {named: "note", valued: 1}]},
        1,
    )


@for_all("name", [name for name in NAMES if name not in LOOKALIKES])
@for_all(("named", "valued"), PAIRS)
def test_the_value_of_any_other_pair_is_removed_unless_its_name_means_other_things_too(
    named: str, valued: str, name: str
) -> None:
    assert strip_authentication_data({"a": {named: name, valued: CANARY}}) == ({"a": {named: name}}, 1)


CASES = (str.lower, str.title, str.upper, lambda key: f"_{key}", "-".join)


@pytest.mark.parametrize("place", ["payment", "order", "beside"])
@pytest.mark.parametrize(("named", "valued"), PAIRS)
def test_a_pair_is_known_in_any_case_and_with_any_separators(named: str, valued: str, place: str) -> None:
    for of_name, of_value, name in product(CASES, CASES, ("cvv", "CVV", "Card-Security-Code", "track_data")):
        pair: dict[str, JsonValue] = {of_name(named): name, of_value(valued): CANARY}
        record: JsonValue = {"fields": [pair]} if place == "beside" else {place: {"fields": [pair]}}
        assert may_hold_authentication_data(json.dumps(record).encode())
        stripped, removed = strip_authentication_data(record)
        assert (CANARY in json.dumps(stripped), removed) == (False, 1)


@pytest.mark.parametrize(("named", "valued"), PAIRS)
def test_a_pair_in_a_letter_is_known_in_any_case(named: str, valued: str) -> None:
    for of_name, of_value in product((str.lower, str.title, str.upper), repeat=2):
        text = f'{{"payment": [{{"{of_name(named)}": "cvv", "{of_value(valued)}": "{CANARY}"}}, '
        assert CANARY.encode() not in scrub_text(text.encode())[0]


@pytest.mark.parametrize("named", [case(name) for case in CASES for name in PAIR_NAMES])
def test_a_pair_in_any_case_makes_its_list_a_payments(named: str) -> None:
    pairs: JsonValue = [{named: "PAN", "Value": "x"}, {named: "pin", "Value": "4711"}]
    assert strip_authentication_data({"a": pairs}) == (
        {"a": [{named: "PAN", "Value": "x"}, {named: "pin"}]},
        1,
    )


@for_all("value", ["739", 739, CANARY])
@for_all("name", [name for name in NAMES if name not in LOOKALIKES])
def test_the_value_of_a_list_that_is_a_pair_is_removed(name: str, value: JsonValue) -> None:
    assert strip_authentication_data({"a": [[name.upper(), value], ["b", 1]]}) == (
        {"a": [[name.upper()], ["b", 1]]},
        1,
    )


@pytest.mark.parametrize("name", LOOKALIKES)
def test_a_lookalike_in_a_list_that_is_a_pair_is_removed_beside_a_card_number_alone(name: str) -> None:
    alone: JsonValue = {"a": [[name, "560001"]]}
    assert strip_authentication_data(alone)[0] is alone
    beside: JsonValue = {"a": [["card_number", "x1"], [name, "560001"]]}
    assert strip_authentication_data(beside) == ({"a": [["card_number", "x1"], [name]]}, 1)


@pytest.mark.parametrize("names", [["cvv", "cvv2"], ["cvv", "matched"], ["cvv"], ["a", "b", "cvv"]])
def test_a_list_of_words_is_no_pair(names: JsonValue) -> None:
    value: JsonValue = {"columns": names}
    assert strip_authentication_data(value)[0] is value


def test_nothing_is_copied_where_nothing_is_removed() -> None:
    raw: JsonValue = {"a": [1, {"b": 2}]}
    assert strip_authentication_data(raw)[0] is raw


def test_a_key_written_with_escapes_is_not_missed_by_the_cheap_look() -> None:
    assert may_hold_authentication_data(b'{"\\u0063vv": "1"}')


@for_all("name", NAMES)
@for_all("start", ["{", " \n[{"])
def test_it_is_removed_from_json_inside_a_string(name: str, start: str) -> None:
    text = f'{start}"kept": 1, "{name}": "{CANARY}"'
    (stripped, removed) = strip_authentication_data({"payload": text})
    assert removed == 1
    assert stripped == {"payload": text.replace(CANARY, "")}


# How text that does not parse may write a key and its value.
FORMS = {
    "JSON": '{"KEY": "987canary", "x',
    "JSON without quotes": '{"KEY":987123canary, broken',
    "single quotes": "{'KEY': '987canary'",
    "JSON in a string": r'{\"KEY\":\"987canary\"',
    "an object": '"KEY": {"a": ["987canary", {}]} x',
    "a list never closed": '{"KEY": ["987canary", ',
    "form data": "a=1&KEY=987canary&x=1",
    "form data with brackets": "card[KEY]=987canary&x",
    "URL-encoded": "a%3D1%26KEY%3D987canary&x=1",
    "URL-encoded JSON": "%22KEY%22%3A%22987canary%22",
    "URL-encoded single quotes": "%27KEY%27%3a%27987canary%27",
    "HTML-escaped JSON": "&quot;KEY&quot;:&quot;987canary&quot;",
    "HTML-escaped by number": "&#34;KEY&#34;:&#34;987canary&#34;",
    "XML": "<a><KEY>987canary</KEY></a>",
    "XML with a namespace and attributes": '<ns:KEY a="1">987canary</ns:KEY>',
    "XML with spaces, commas and quotes": '<KEY>x, 987 "987" canary</KEY>',
    "XML over lines": "<KEY>\n  987\n  canary 987\n</KEY>",
    "XML in CDATA": "<KEY><![CDATA[987 canary, 987]]></KEY>",
    "XML never closed": "<KEY>987 canary, 987",
    "XML in a string": "&lt;KEY&gt;987canary&lt;/KEY&gt;",
    "a multipart form": 'Content-Disposition: form-data; name="KEY"\r\n\r\n987canary\r\n--x',
    "key=value": "KEY=987canary",
    "key = 'value'": "KEY = '987canary'",
    "an arrow": "KEY => 987canary",
    "an assignment": "KEY := 987canary",
    "a log line": "2026-11-23 KEY: 987canary, card: x",
    "a pair": '"name":"KEY","value":"987canary"',
    "a pair by other names": '"key": "KEY", "val": "987canary"',
}  # fmt: skip


@for_all("form", FORMS)
@for_all("name", NAMES)
def test_what_does_not_parse_is_scrubbed(form: str, name: str) -> None:
    for key in (name, name.upper(), name.replace("_", "-")):
        scrubbed, removed = scrub_text(FORMS[form].replace("KEY", key).encode())
        assert removed == 1
        assert b"987" not in scrubbed
        assert key.encode() in scrubbed


@pytest.mark.parametrize(("code", "suffix"), list(product(CODES, SUFFIXES)))
def test_what_does_not_parse_is_scrubbed_of_compounds(code: str, suffix: str) -> None:
    for key in (f"card_{code}_{suffix}", f"card{code}{suffix}", f"cc-{code}-{suffix}"):
        assert CANARY.encode() not in scrub_text(f'{{"{key}": "{CANARY}", '.encode())[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32", "utf-32-le"])
def test_what_does_not_parse_is_scrubbed_in_any_encoding_of_json(encoding: str) -> None:
    scrubbed, removed = scrub_text(f'{{"cvv": "{CANARY}", '.encode(encoding))
    assert (scrubbed, removed) == ('{"cvv": "", '.encode(encoding), 1)


@pytest.mark.parametrize("key", [r"c\u0076v", r"\u0063\u0056v", "\uff43\uff56\uff56"])
def test_what_does_not_parse_is_scrubbed_however_its_letters_are_written(key: str) -> None:
    assert scrub_text(f'"{key}":"{CANARY}"'.encode()) == (f'"{key}":""'.encode(), 1)


@pytest.mark.parametrize("track", ["%B4111111111111111^CANARY/ANN^2912101?", ";4111111111111111=2912101?"])
@pytest.mark.parametrize("name", TRACKS)
def test_a_track_is_scrubbed_to_its_end(track: str, name: str) -> None:
    assert scrub_text(f"{name}={track} rest".encode()) == (f"{name}=*** rest".encode(), 1)


@pytest.mark.parametrize(
    "text", ["cvv: null, x", '"cvv": "", x', "shipping=1", "pins: 12", "opinion: 12", "</cvv>"]
)
def test_text_without_a_value_is_left_as_it_is(text: str) -> None:
    raw = text.encode()
    assert scrub_text(raw)[0] is raw


@settings(deadline=None)
@given(st.binary())
def test_no_bytes_make_the_scrubber_fail(raw: bytes) -> None:
    assert isinstance(scrub_text(raw)[0], bytes)


@pytest.mark.parametrize("name", ["refund", "refunds", "payout", "payouts", "bank_account"])
def test_what_is_paid_back_is_a_payment_wherever_it_goes(name: str) -> None:
    paid: Any = {name: {"destination": {"c_i_d": CANARY, "pin": CANARY}}}
    assert strip_authentication_data(paid) == ({name: {"destination": {}}}, 2)
