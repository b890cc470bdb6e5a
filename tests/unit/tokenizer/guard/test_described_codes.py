"""Codes in objects that say themselves what they hold: a label under any key, and the code under any other, in JSON and in text.

A shop on Snipcart found it: a custom field has `displayValue` beside `value`.
"""

import json
from itertools import permutations, product
from pathlib import Path
from typing import Any

import pytest

from tests.support.members import for_all
from tokenizer.guard.authentication_data import (
    may_hold_authentication_data,
    scrub_text,
    strip_authentication_data,
)
from tokenizer.guard.authentication_data.names import NO_CODES

CODE = "737"
PAGE = Path("docs/guard.md").read_text(encoding="utf-8")
LABELLED = (
    "name",
    "label",
    "title",
    "question",
    "displayName",
    "caption",
    "prompt",
    "field_label",
    "id",
    "k",
    "x",
)
HOLDING = (
    *("value", "displayValue", "display_value", "text", "answer", "val", "content", "formatted", "raw", "selected"),
    *("label2", "number", "code", "input", "v", "data", "entry", "response", "default", "x-y", "token"),
)  # fmt: skip
# Without a payment around. What means other things too is a code if it has three digits, as it is in text.
SAYING = (
    *("CVV", "cvc2", "Card security code", "track_data", "CVV code", "CVV (3 digits)", "What is your CVV?"),
    *("CVV on the back of your card", "Security code", "código de seguridad", "Kartenprüfnummer", "cvv_number"),
)  # fmt: skip
HARMLESS_LABELS = (
    "Gift note",
    "CVV matched",
    "CVV holder, blue",
    "Door security code",
    "cid",
    "Engraving",
)
STAYING = (
    *("id", "orderId", "position", "sort", "sort_order", "order", "price", "unit_price", "quantity", "count", "type"),
    *("amount", "weight", "maxLength", "version", "year", "status", "createdAt", "last4", "exp_year", "sku", "total"),
)  # fmt: skip


def left(record: Any) -> str:
    """Returns the record without authentication data, which the cheap look must not let by."""
    stripped, removed = strip_authentication_data(record)
    assert not removed or may_hold_authentication_data(json.dumps(record, ensure_ascii=False).encode())
    assert strip_authentication_data(stripped)[1] == 0, "removing twice is removing once"
    return json.dumps(stripped, ensure_ascii=False)


@for_all(("labelled", "holding"), [pair for pair in product(LABELLED, HOLDING) if pair[0] != pair[1]])
@for_all("label", SAYING)
def test_the_code_goes_under_whatever_key_the_label_and_the_code_stand(
    labelled: str, holding: str, label: str
) -> None:
    more = (737, f" {CODE} ", "7-3-7", [CODE], {"text": CODE}) if label == "CVV" else ()
    for value in (CODE, *more):
        first = {labelled: label, "operation": None, holding: value, "type": "textbox"}
        for fields in (first, dict(reversed(first.items()))):
            assert CODE not in left({"a": [fields]}).replace("7-3-7", CODE), (fields, value)
            assert left({"a": [fields]}).count(label) == 1


@for_all(("label", "holding"), product(SAYING, ("text", "value", "displayValue", "v")))
def test_the_code_goes_also_beside_an_object_that_holds_the_label(label: str, holding: str) -> None:
    told = {"ref": label, "id": "f-1", "type": "textbox"}
    for value in (CODE, 737):
        first = {"field": told, "quantity": 1, holding: value}
        for fields in (first, dict(reversed(first.items()))):
            assert CODE not in left({"answers": [fields]}), fields
            assert left({"answers": [fields]}).count(label) == 1


@for_all(
    "record",
    [
        {"check": {"kind": "cvv", "result": "matched"}, "count": 737},
        {"check": {"kind": "cvv", "result": "matched"}, "risk": {"points": 737}},
        {"check": {"kind": "cvv", "result": "matched"}, "points": [737]},
        {"field": {"ref": "colour"}, "text": "737"},
        {"field": {"within": {"ref": "cvv"}}, "text": "737"},
    ],
)
def test_what_is_no_answer_to_a_label_within_an_object_stays(record: dict[str, Any]) -> None:
    assert left(record) == json.dumps(record)


@for_all("holding", permutations(("displayValue", "value", "raw", "formatted"), 2))
@for_all("label", SAYING)
def test_each_of_several_values_goes(holding: tuple[str, ...], label: str) -> None:
    fields = {holding[0]: CODE, "name": label, "type": "textbox", holding[1]: int(CODE)}
    assert json.loads(left([fields])) == [{"name": label, "type": "textbox"}]


@for_all("label", HARMLESS_LABELS)
@for_all("holding", [each for each in HOLDING if each not in {"value", "val", "content", "v"}])
def test_what_another_label_announces_stays(label: str, holding: str) -> None:
    record: Any = {"a": [{"name": label, holding: CODE}]}
    assert strip_authentication_data(record)[0] is record


@for_all("key", STAYING)
@for_all("label", SAYING)
def test_what_clearly_is_no_value_of_the_label_stays(key: str, label: str) -> None:
    for value in (737, CODE):
        record: Any = {"a": [{"name": label, "operation": None, key: value}]}
        assert strip_authentication_data(record)[0] is record


@for_all("name", NO_CODES)
def test_the_page_names_each_key_that_stays(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("label", ["security code", "pin", "cid", "verification_value"])
def test_an_addresss_lookalikes_stay(label: str) -> None:
    record: Any = {"shipping_address": {"fields": [{"name": label, "text": CODE}]}}
    assert strip_authentication_data(record)[0] is record


@pytest.mark.parametrize("label", ["CVV", "What is your CVV?", "card-cvc"])
def test_what_means_nothing_else_goes_from_an_address_too(label: str) -> None:
    assert CODE not in left({"shipping_address": {"fields": [{"label": label, "text": CODE}]}})


@for_all("label", SAYING)
def test_a_list_of_a_label_and_a_code_is_a_pair(label: str) -> None:
    assert left({"a": [[label, CODE]]}) == json.dumps({"a": [[label]]}, ensure_ascii=False)


@pytest.mark.parametrize("label", ["PIN", "security code", "cid", "verification code"])
def test_in_a_payment_four_digits_of_a_lookalike_go(label: str) -> None:
    assert "4711" not in left({"payment": [{"name": label, "displayValue": "4711"}]})


def test_rows_deep_below_a_label_are_their_own_objects() -> None:
    record: Any = {"name": "cvv", "a": {"b": {"c": {"d": 737}}}}
    assert strip_authentication_data(record)[0] is record


FIELD = {"name": "CVV", "displayValue": CODE, "operation": None, "type": "textbox", "value": CODE}
TURNED = {"value": 737, "type": "textbox", "displayValue": CODE, "name": "CVV"}
TEXTS = {
    "JSON": json.dumps([FIELD]),
    "JSON, code first": json.dumps([TURNED]),
    "compact JSON": json.dumps(FIELD, separators=(",", ":")),
    "JSON over lines": json.dumps([FIELD], indent=2),
    "JSON in JSON": json.dumps({"fields": json.dumps([FIELD])}),
    "JSON in JSON in JSON": json.dumps([json.dumps({"fields": json.dumps([FIELD])})]),
    "JSON with a list below": json.dumps([{"name": "CVV", "answers": [{"text": CODE}]}]),
    "broken JSON": json.dumps([FIELD])[:-1],
    "JSON in a sentence": f"custom fields: {json.dumps([FIELD])}, thanks",
    "escaped JSON in a sentence": f"fields: {json.dumps(json.dumps([FIELD]))}",
    "Python": str([FIELD]),
    "Python, code first": str([TURNED]),
    "Ruby": '{:name=>"CVV", :displayValue=>"737", :type=>"t"}',
    "JavaScript": "{name: 'CVV', displayValue: '737', type: 't', value: 737}",
    "query": "name=CVV&displayValue=737&type=textbox&value=737",
    "query, code first": "value=737&type=textbox&name=CVV&sort=12",
    "query of a list": "f[0][name]=Security%20code&f[0][type]=t&f[0][displayValue]=737",
    "encoded query": "name%3DCVV%26displayValue%3D737%26type%3Dtextbox%26value%3D737",
    "link": "see https://shop.example/?name=CVV&displayValue=737 please",
    "attributes": '<field name="CVV" display="737" type="t" value="737"/>',
    "attributes, code first": "<field display='737' type='t' name='CVV'/>",
    "attributes in a sentence": 'sent <field label="Security code" type="t" display="737"/> there',
    "escaped attributes": "&lt;field name=&quot;CVV&quot; type=&quot;t&quot; display=&quot;737&quot;/&gt;",
    "elements": "<f><name>CVV</name><type>t</type><displayValue>737</displayValue></f>",
    "elements, code first": "<f><value>737</value>\n <type>t</type>\n <name>CVV</name></f>",
    "percent-encoded JSON": "%7B%22name%22%3A%22CVV%22%2C%22type%22%3A%22t%22%2C%22displayValue%22%3A%22737%22%7D",
}  # fmt: skip


@for_all("form", TEXTS)
@for_all("place", ["notes", "customFieldsJson", "description"])
def test_the_code_goes_from_text_that_holds_such_an_object(form: str, place: str) -> None:
    cleaned = left({"items": [{place: TEXTS[form]}]})
    assert CODE not in cleaned
    assert "CVV" in cleaned or "ecurity" in cleaned


# What `docs/guard.md` says is not found: text is decoded twice, and an object in text has no others within it.
NOT_IN_LETTERS = {"JSON in JSON in JSON", "JSON with a list below"}


@pytest.mark.parametrize("form", sorted(NOT_IN_LETTERS))
def test_the_page_names_what_is_not_found_in_letters(form: str) -> None:
    assert "behind a label that stands outside of the object or the list that holds the code" in PAGE.replace(
        "\n  ", " "
    )
    assert scrub_text(f'{{"notes": {json.dumps(TEXTS[form])}, x'.encode())[1] == 0


@for_all("form", [form for form in TEXTS if form not in NOT_IN_LETTERS])
@for_all("around", ["%s", '{"items": [{"notes": %s}], "x', "log: %s"])
def test_the_code_goes_from_a_letter_that_does_not_parse(form: str, around: str) -> None:
    text = json.dumps(TEXTS[form]) if "{" in around else TEXTS[form]
    scrubbed, removed = scrub_text((around % text).encode())
    assert removed
    assert CODE.encode() not in scrubbed
    assert scrub_text(scrubbed)[0] is scrubbed, "removing twice is removing once"


@for_all(
    "text",
    [
        '{"name": "Engraving", "displayValue": "737"}',
        '{"name": "CVV", "id": 737, "sort": 737, "price": "737", "quantity": 737}',
        '{"name": "CVV"}, {"name": "Gift", "text": "737"}',
        '<field id="737" position="737" type="t" name="CVV"/>',
        "<a name='CVV'/><b price='737' text='737'/>",
        "id=737&quantity=737&type=t&name=CVV",
        "name=Gift&value=737",
        "we check: cvv, and take room: 737",
        "<f><name>Gift</name><text>737</text></f>",
    ],
)
def test_other_numbers_in_text_stay(text: str) -> None:
    assert strip_authentication_data({"notes": text})[1] == 0
    assert scrub_text(text.encode())[1] == 0


def test_embedded_json_without_a_code_stays_as_it_was_written() -> None:
    record: Any = {
        "customFieldsJson": '[ {"name":"Gift",  "type":"textbox", "value":"737"} ]',
        "cvv_status": "M",
    }
    assert strip_authentication_data(record)[0] is record
