"""Tests authentication data that no key of its own announces: in text, in cards, in payments; and what is none."""

import json
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.members import for_all
from tests.support.samples import passing_luhn
from tokenizer.guard.authentication_data import (
    may_hold_authentication_data,
    scrub_text,
    strip_authentication_data,
)

VISA, AMEX = "4111111111111111", "378282246310005"
CODE = "937"
LABELS = (
    *(
        "cvv",
        "CVV2",
        "cvc",
        "CVC2",
        "cvn",
        "cvd",
        "cv2",
        "cav",
        "cav2",
        "ccv",
        "cvx",
        "C.V.V.",
        "c v c",
        "card_cvv",
        "myCVV",
    ),
    *(
        "card security code",
        "Card Verification Value",
        "card validation number",
        "Kartenprüfnummer",
        "cryptogramme",
    ),
    *("cryptogramme visuel", "kartenprufziffer"),
)
SOFT_LABELS = (
    *("security code", "Sec Code", "verification code", "csc", "CID", "3 digit code", "digits on the back"),
    *("code on the back", "number on the back", "security number", "verification value"),
    *("Sicherheitscode", "Sicherheitsnummer", "Prüfziffer", "Pru\u0308fziffer", "Prüfnummer"),
    *("code de sécurité", "code de vérification", "código de seguridad", "codigo de verificacion"),
    *("código de segurança", "código de verificação", "codice di sicurezza", "beveiligingscode"),
    *("kod bezpieczeństwa", "код безопасности", "セキュリティコード", "安全码", "安全碼", "验证码"),
)
AFTER = (
    "{}: {}",
    "{} {}",
    "{}={}",
    "{} is {}",
    "{} number: {}",
    "({}) {}",
    "my {} on the card is {}.",
    "{}\n{}",
    "{} - {},",
)
BEFORE = ("{1} is my {0}", "{1} ({0})", "{1} {0}")
SPELLED = ("937", "248", "9 3 7", "\uff19\uff13\uff17", "9\u200b3\u200b7", "9371")


def stripped(value: Any) -> Any:
    """Returns a value without authentication data, after checking that the cheap look lets it be searched."""
    result, removed = strip_authentication_data(value)
    again, more = strip_authentication_data(result)
    assert (again, more) == (result, 0), "removing twice is removing once"
    if removed:
        assert may_hold_authentication_data(json.dumps(value, ensure_ascii=False).encode())
    return result


@for_all("form", AFTER)
@for_all("label", LABELS)
def test_digits_behind_a_label_are_removed(label: str, form: str) -> None:
    for digits in SPELLED:
        text = form.format(label, digits)
        assert stripped({"notes": text}) == {"notes": text.replace(digits, "***")}


# Some labels end with a figure, as `CVV2` does, so a code that begins with it could be taken for a part of the label.
WRITTEN = ("{}48", "{}481", "{} 4 8", "{} 4 8 1", "{}-4-8", "{}-4-8-1", "{}4 8", "{}4 81", "{}48 1")


@for_all("form", ["{}: {}", "{} {}", "{}-{}", "({}) {}"])
@for_all("label", [*LABELS, *SOFT_LABELS])
def test_a_code_may_begin_with_any_digit(label: str, form: str) -> None:
    for written, first in product(WRITTEN, "0123456789" if label in LABELS else "029"):
        text = form.format(f"the {label}", written.format(first))
        shown = stripped({"payment": {"notes": text}})["payment"]["notes"]
        left = shown.removeprefix(f"the {label}" if form[0] != "(" else f"(the {label}")
        assert not any(map(str.isdecimal, left)), (text, shown)


@for_all("label", ["cvv", "cvv ", "CVV", "CVC", "cvn", "cvd", "cav", "ccv"])
def test_a_code_may_begin_with_any_digit_directly_behind_a_label(label: str) -> None:
    rests = ["48", "481", "4 8", "-4-8", " 4 8"]
    if label.strip() == "cvv":
        forms = ("{}8", "4{}", "{}81", "48{}", "{0} {0}", "-{}-8", "-8-{}")
        rests += [form.format(digit) for form in forms for digit in "0123456789"]
    for rest, first in product(rests, "0123456789"):
        shown = stripped({"notes": f"{label}{first}{rest}"})["notes"]
        assert not any(map(str.isdecimal, shown)), shown


def test_a_labels_figure_may_stand_directly_before_a_code_of_four_digits() -> None:
    for code in ("9371", "2481", "0000"):
        assert stripped({"notes": f"CVV2{code}"}) == {"notes": "CVV2***"}


def test_digits_one_by_one_are_three_or_four_in_a_line_with_three_separators_between_at_most() -> None:
    for text in ("cvv 9-3", "cvv 9 - 3", "cvv 9-3-7-1-2", "cvv 9\n3\n7", "cvv 9 -- 3 -- 7"):
        assert stripped({"notes": text}) == {"notes": text}
    for digits in ("9 - 3 - 7", "9 - 3 - 7 - 1", "9, 3, 7"):
        assert stripped({"notes": f"cvv {digits}"}) == {"notes": "cvv ***"}


@for_all("code", ["937", "248", "9371", "2481", "1371"])
@for_all(
    "label",
    [
        "CVV1",
        "cvc1",
        "CVV2",
        "cvn2",
        "CAV2",
        "cvv3",
        "CVC3",
        "iCVV",
        "icvv",
        "dCVV",
        "dCVV2",
        "cvv_2",
        "CVV 2",
        "CVV-2",
    ],
)
def test_a_labels_figure_and_its_first_letter_are_no_part_of_the_code(label: str, code: str) -> None:
    assert stripped({"notes": f"{label}: {code}"}) == {"notes": f"{label}: ***"}
    assert code not in json.dumps(stripped({"name": label, "value": code}))


@for_all("code", ["937", "248", "9371", "2481"])
@for_all(
    "label",
    [
        "card verification value 2",
        "Card Validation Code 2",
        "card_verification_value_2",
        "cardVerificationValue2",
    ],
)
def test_the_long_name_of_a_label_may_have_its_figure_too(label: str, code: str) -> None:
    for form in ("{}: {}", "{}={}&x=1", "{} ({})"):
        text = form.format(label, code)
        assert stripped({"notes": text}) == {"notes": text.replace(code, "***")}


@pytest.mark.parametrize("form", BEFORE)
@pytest.mark.parametrize("label", LABELS)
def test_digits_before_a_label_are_removed(label: str, form: str) -> None:
    text = form.format(label, CODE)
    assert stripped({"notes": text}) == {"notes": text.replace(CODE, "***")}


MARKED = (
    *("{} <b>{}</b>", "{}: <span class='x'>{}</span>", "<td>{}</td><td>{}</td>", "<b>{}</b>: <i><b>{}</b></i>"),
    *("{}<br/>{}", "{}*{}", "{}: *{}*", "**{}**: **{}**", "{} ***{}***", "{} __{}__", "*{}* is **_{}_**", "{}: `{}`"),
)  # fmt: skip


@for_all("form", MARKED)
@for_all("label", LABELS)
def test_markup_between_label_and_digits_shows_nothing(label: str, form: str) -> None:
    for digits in (*SPELLED, "9-3-7"):
        text = form.format(label, digits)
        assert stripped({"notes": text}) == {"notes": text.replace(digits, "***")}


@pytest.mark.parametrize("form", ["<b>{1}</b> is my {0}", "*{1}* is the {0}", "**{1}** (**{0}**)"])
@pytest.mark.parametrize("label", LABELS)
def test_markup_between_digits_and_a_label_behind_them_shows_nothing(label: str, form: str) -> None:
    for digits in (CODE, "9-3-7"):
        text = form.format(label, digits)
        assert stripped({"notes": text}) == {"notes": text.replace(digits, "***")}


@for_all("between", ["-", ".", "/", "_", "*", ",", " - ", ", "])
@for_all("digits", ["937", "9371"])
@for_all("form", ["{}: {}", "{}= {}", "{} {}"])
@for_all("label", LABELS)
def test_digits_one_by_one_behind_a_label_are_removed(
    label: str, form: str, digits: str, between: str
) -> None:
    written = between.join(digits)
    text = form.format(label, written)
    assert stripped({"notes": text}) == {"notes": text.replace(written, "***")}


@for_all("end", ["\n", "\r\n"])
@for_all("quote_mark", ["", '"'])
@for_all("between", [",", ";", "\t", "|"])
@for_all("number", [VISA, "4111 1111 1111 1111", "4111-1111-1111-1111", AMEX])
@for_all(
    "columns",
    [
        ("number", "cvv"),
        ("number", "expiry", "cvv"),
        ("number", "cvv", "expiry"),
        ("name", "number", "cvv"),
        ("cvv", "number"),
    ],
)
def test_of_a_table_the_codes_are_removed(
    columns: tuple[str, ...], number: str, between: str, quote_mark: str, end: str
) -> None:
    cells = {"number": number, "cvv": CODE, "expiry": "12/29", "name": "Ann"}
    row = between.join(f"{quote_mark}{cells[column]}{quote_mark}" for column in columns)
    text = end.join((between.join(columns), row, row, ""))
    assert CODE not in scrub_text(text.encode())[0].decode()
    assert CODE not in stripped({"notes": text, "more": "\\"})["notes"]


@pytest.mark.parametrize("label", SOFT_LABELS)
def test_a_label_with_other_meanings_needs_a_card_or_three_digits(label: str) -> None:
    for text in (f"{label}: 937", f"card, {label} 9371", f"{VISA} {label} 9371"):
        assert stripped({"notes": text}) == {"notes": text.replace("9371", "***").replace("937", "***")}
    assert stripped({"payment": {"method": f"{label} 9371"}}) == {"payment": {"method": f"{label} ***"}}
    for text in (f"{label}: 9371", f"front door {label} 937", f"{label} 937 at the gate", f"{label} 93712"):
        assert stripped({"notes": text}) == {"notes": text}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("PIN 4711", "PIN ***"),
        ("my pin is 4711", "my pin is ***"),
        ("Geheimzahl: 4711", "Geheimzahl: ***"),
        ("pin code 4711", "pin code ***"),
        ("card pin: 471147", "card pin: ***"),
        ("cardpin=4711", "cardpin=***"),
        ("PIN 4-7-1-1", "PIN ***"),
        ("PIN <b>4711</b>", "PIN <b>***</b>"),
        ("PIN: *4711*", "PIN: *****"),
        ("PIN block 0412AC89ABCDEF67", "PIN block ***"),
        ("PIN 560001", None),
        ("pin code 560 001", None),
        ("door PIN 4711", None),
        ("PIN 4711 for the locker", None),
        ("pinned 4711", None),
        ("spin 4711", None),
        ("Hairpin 4711", None),
    ],
)
def test_a_pin_has_four_digits_and_opens_no_door(text: str, left: str | None) -> None:
    assert stripped({"notes": text}) == {"notes": left or text}


@pytest.mark.parametrize("form", ["{0} {1}", "{0}, {1}", "{0}/{1}", "{0}|12|2029|{1}", "{0} 12/29 {1}", "{0} exp 12/29 code {1}", "{0}\n{1}", "{0} valid thru 12/2029, cvv {1}", "{1} {0}", "{1}/{0}"])  # fmt: skip
@pytest.mark.parametrize(
    "number", [VISA, "4111 1111 1111 1111", "4111-1111-1111-1111", AMEX, "3782 822463 10005"]
)
def test_digits_beside_a_card_number_are_removed(number: str, form: str) -> None:
    for code in (CODE, "9371"):
        text = form.format(number, code)
        assert stripped({"notes": text}) == {"notes": text.replace(code, "***")}


@pytest.mark.parametrize(
    "track",
    [
        "%B4111111111111111^CANARY/ANN^29121010000000000000?",
        "B4111111111111111^CANARY/ANN^29121010000000000000",
        ";4111111111111111=29121010000012345678?",
        "4111111111111111=29121010000012345678",
        "4111111111111111D29121010000012345678F",
        "4111111111111111d29121010000012345678",
        ";011234567890123445=724724100000000000030300XXXX040400099010=************************==1=000000?"[
            :52
        ],
    ],
)
@pytest.mark.parametrize("around", ["{}", "swiped {} today", "a\n{}\nb", "({})"])
def test_tracks_are_removed_as_a_whole(track: str, around: str) -> None:
    for value in ({"notes": around.format(track)}, {"order": {"items": [{"name": around.format(track)}]}}):
        text = json.dumps(stripped(value))
        assert "***" in text
        assert not any(part in text for part in ("411111", "2912", "CANARY", "01123456"))


@pytest.mark.parametrize("written", ["cvv: {}", "cvv%3A%20{}", "cvv&#58; {}", "https://a.example/?cvv={}&x=1", "c%76v={}", "&lt;cvv&gt;{}&lt;/cvv&gt;", "<cvv>{}</cvv>", "{{'cvv': '{}'}}", "x, cvv={}; y"])  # fmt: skip
def test_encoded_text_is_read_as_it_would_be_shown(written: str) -> None:
    assert CODE not in stripped({"notes": written.format(CODE)})["notes"]
    encoded = "".join(f"%{ord(each):02x}" for each in CODE)
    assert encoded not in stripped({"notes": f"cvv {encoded}", "c": "\\"})["notes"]


@pytest.mark.parametrize("place", ["key", "list", "deep", "json"])
def test_text_is_searched_wherever_it_stands(place: str) -> None:
    text = f"cvv: {CODE}"
    value: Any = {"key": {text: 1}, "list": [[text]], "deep": {"a": [{"b": text}]}, "json": {"a": json.dumps({"b": text})}}[
        place
    ]  # fmt: skip
    assert CODE not in json.dumps(stripped(value))


def test_a_key_that_is_then_written_like_another_is_left_out() -> None:
    assert stripped({f"{VISA} ***": 1, f"{VISA} 937": 2}) == {f"{VISA} ***": 1}


def test_a_key_that_is_a_label_with_its_code_is_removed_with_its_value() -> None:
    assert stripped({"cvv: 937": 2, "kept": 1}) == {"kept": 1}
    assert stripped({"name": "cvv: 937", "value": "x"}) == {"name": "cvv: ***"}


@pytest.mark.parametrize(
    "text",
    [
        *("cvv matched", "cvv: 1-2-2029", "cvv <b>matched</b> 200", "cvv: 12.50", "cvv 12/29", "cvv result M", "order 937", "937", "AVS and CVV passed, 200 pieces"),
        *("verification code 482913", "4111111111111111 total 129.90", "1234 1234 1234 1234 937", "1 2 3 4 5 6 7 8"),
        *(passing_luhn("57645873928471001") + " 937", "9400 1000 0000 0000 0000 00 937", "tel 030 1234567, door 4", "size 12 / 13 / 14"),
        # pragma: allowlist nextline secret
        *("2026-11-23 10:15:00.123456", "DE89 3704 0044 0532 0130 00", "cidr 10.0.0.0/8 1000", "acid 1234", "0123456789D12129"),
    ],
)  # fmt: skip
def test_harmless_text_is_left_alone(text: str) -> None:
    value: Any = {"notes": text, "more": "\\"}
    assert strip_authentication_data(value)[0] is value


# Networks, issuers and wallets come as short numbers, too; so do parts of dates and of the number itself.
OF_A_CARD: Any = {
    "number": VISA,
    "expiry": "1229",
    "exp_month": 12,
    "exp_year": 2029,
    "last4": "1111",
    "network": "001",
    "brand": "002",
    "type": "003",
    "issuer": "0123",
    "issuer_id": "0124",
    "wallet": "103",
    "bin": "4111",
    "country": "840",
    "zip": "0150",
    "issue_number": "001",
    "holder": "ANN",
    "amount": 1290,
    "number_last4": "1111",
    "cvv_result_code": "100",
    "brand_network": "001",
}


@pytest.mark.parametrize("name", ["card", "credit_card", "paymentCard", "CC", "cards"])
def test_a_card_keeps_what_is_no_secret(name: str) -> None:
    value: Any = {"payment": {name: [OF_A_CARD] if name == "cards" else OF_A_CARD}}
    assert strip_authentication_data(value)[0] is value


SECRETS = (
    # pragma: allowlist nextline secret
    *("937", "9371", 937, 9371, " 937 ", "0412AC89ABCDEF67", "0412ac89abcdef67", ["937"]),
    *(
        "4111111111111111=29121010000012345678",
        "%B4111111111111111^A/B^2912101?",
        "4111111111111111D2912101F",
    ),
)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "path", [("card",), ("payment", "credit_card"), ("payment", "card", "extra"), ("x", "number+expiry")]
)
def test_an_unknown_field_of_a_card_is_removed_if_it_looks_like_a_secret(
    path: tuple[str, ...], secret: Any
) -> None:
    holder: dict[str, Any] = {"unheard_of": secret, "kept": "some words"}
    if path[-1] == "number+expiry":
        holder |= {"number": VISA, "expiry": "12/29"}
    value: Any = holder
    for step in reversed(path):
        value = {step: value}
    assert "unheard_of" not in json.dumps(stripped(value))
    assert "some words" in json.dumps(stripped(value))


@pytest.mark.parametrize(
    "harmless",
    # pragma: allowlist nextline secret
    ["93", "93712", "abc", "0412AC89ABCDEF6", "12.50", True, None, {"a": "x"}],
)
def test_an_unknown_field_of_a_card_stays_if_it_looks_like_nothing(harmless: Any) -> None:
    value: Any = {"card": {"unheard_of": harmless}}
    assert strip_authentication_data(value)[0] is value


def test_outside_of_a_card_short_numbers_stay() -> None:
    value: Any = {"order": {"items": [{"size": "937", "unheard_of": 937}], "gift_card": {"balance": "500"}}}
    assert strip_authentication_data(value)[0] is value


IN_PAYMENTS = (
    *(
        "verification",
        "verification_code",
        "verification_number",
        "security_number",
        "security_value",
        "validation_code",
    ),
    *(
        "validation_value",
        "secret_code",
        "back_code",
        "check_digits",
        "three_digits",
        "sec_code",
        "cryptogram_code",
    ),
)


@pytest.mark.parametrize("name", IN_PAYMENTS)
def test_some_names_mean_a_code_in_a_payment(name: str) -> None:
    assert stripped({"payment": {name: CODE, "kept": 1}}) == {"payment": {"kept": 1}}
    value: Any
    for value in ({"signup": {name: CODE}}, {"payment": {name: "confirmed"}}):
        assert strip_authentication_data(value)[0] is value


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
ADDRESSES: tuple[dict[str, Any], ...] = (
    *({name: {"x": 1}} for name in ("shipping_address", "billingAddress", "address", "ship_to", "addr", "deliveryAddress")),
    {"buyer": {"city": "Bengaluru", "country": "IN"}},
    {"buyer": {"street": "MG Road", "postcode": "560001"}},
    {"buyer": {"state": "KA", "landmark": "temple"}},
)  # fmt: skip


@for_all(("name", "address"), list(product(LOOKALIKES, ADDRESSES)))
def test_in_an_address_a_lookalike_is_kept_and_a_code_is_not(name: str, address: dict[str, Any]) -> None:
    ((key, fields),) = address.items()
    value: Any = {"order": {key: {**fields, name.upper(): "560001"}}}
    assert strip_authentication_data(value)[0] is value
    assert stripped({"order": {key: {**fields, name: "560001", "cvv": "1"}}}) == {
        "order": {key: {**fields, name: "560001"}}
    }


@pytest.mark.parametrize("name", LOOKALIKES)
def test_in_a_payment_a_lookalike_is_removed_from_an_address_too(name: str) -> None:
    assert stripped({"payment": {"billing_address": {"city": "x", name: "1"}}}) == {
        "payment": {"billing_address": {"city": "x"}}
    }
    assert stripped({"buyer": {"city": "x", "country": "IN", "card_number": VISA, name: "1"}}) == {
        "buyer": {"city": "x", "country": "IN", "card_number": VISA}
    }


@pytest.mark.parametrize("name", LOOKALIKES)
def test_in_a_pair_a_lookalike_is_kept_unless_the_pairs_are_a_payments(name: str) -> None:
    value: Any = {"note_attributes": [{"name": name, "value": "560001"}, {"name": "color", "value": "red"}]}
    assert strip_authentication_data(value)[0] is value
    for beside in ("card number", "cvv", "PAN"):
        shown = stripped({"fields": [{"name": beside, "value": "x"}, {"name": name, "value": "937"}]})
        assert shown["fields"][1] == {"name": name}


@pytest.mark.parametrize(
    ("number", "left"),
    [
        ("4111 1111 1111 1111 737", "4111 1111 1111 1111 ***"),
        ("4111111111111111737", "4111111111111111 ***"),
        ("737 4111111111111111", "*** 4111111111111111"),
        ("4111111111111111 12/29", "4111111111111111 ***"),
        ("4111111111111111 5555555555554444", "4111111111111111 ***"),
        ("4111111111111111 CVV 737", "4111111111111111 CVV ***"),
        ("cvv&#58;%204012 8888 8888 1881", "cvv&#58;%20*** 8888 8888 ***"),
        ("4111 1111 1111 1112 737", "4111 1111 1111 1112 ***"),
        (VISA, None),
        ("4111-1111-1111-1111", None),
        ("Visa 4111 1111 1111 1111", None),
        ("4111111111111112", None),
        ("ES9121000418450200051332", None),
        ("6291 0412 3456 7890 126", None),
    ],
)
@pytest.mark.parametrize(
    "path",
    [("card", "number"), ("payment", "card_number"), ("pan",), ("x", "Credit-Card-Number"), ("card", "PAN")],
)
def test_a_card_numbers_field_keeps_the_number_alone(
    path: tuple[str, ...], number: str, left: str | None
) -> None:
    value: Any = number
    expected: Any = left or number
    for step in reversed(path):
        value, expected = {step: value}, {step: expected}
    assert stripped(value) == expected


def test_a_card_number_that_came_as_a_number_keeps_the_number_alone() -> None:
    assert stripped({"card": {"number": 4111111111111111737}}) == {"card": {"number": "4111111111111111 ***"}}
    value: Any = {"card": {"number": int(VISA)}}
    assert strip_authentication_data(value)[0] is value


@pytest.mark.parametrize(
    "text", [f"cvv: {CODE}", f"{VISA} {CODE}", f"{VISA} 12/29 {CODE}", f"security code {CODE}"]
)
@pytest.mark.parametrize("around", ['{{"notes": "{}", ', "notes={}&x", "<notes>{}</notes>", "{}"])
def test_what_does_not_parse_is_scrubbed_of_it_as_well(text: str, around: str) -> None:
    scrubbed, removed = scrub_text(around.format(quote(text) if "=" in around else text).encode())
    assert removed == 1
    assert CODE.encode() not in scrubbed
    assert scrub_text(scrubbed) == (scrubbed, 0)
