"""Tests codes that stand in one line with a card's expiry, with another code, or far behind their label."""

import json

from tests.support.members import for_all
from tokenizer.guard.authentication_data import may_hold_authentication_data, strip_authentication_data
from tokenizer.guard.authentication_data.prose import MARK

VISA = "4111111111111111"
CODES = ("937", "248", "9371", "2481")


def shown(text: str) -> str:
    """Returns a note without codes, after checking that removing twice is removing once, and that it would be searched."""
    once, removed = strip_authentication_data({"notes": text})
    assert strip_authentication_data(once) == (once, 0), text
    assert isinstance(once, dict)
    assert (once == {"notes": text}) is (removed == 0)
    if removed:
        for ascii_alone in (True, False):
            record = json.dumps({"notes": text}, ensure_ascii=ascii_alone)
            assert may_hold_authentication_data(record.encode()), record
    return str(once["notes"])


@for_all("code", CODES)
@for_all(
    "form",
    [
        *("exp/cvv 12/29 {}", "exp/cvv: 12/29 / {}", "exp and cvv: 12/29, {}", "CVV: (12/29) {}", "cvv 1-2031: {}"),
        *("CVV {}/12/29", "CVV: {},12/29", "cvc {}-12/29", "cvc: {}.12/2029", "cvv={},01.29"),
        *("CVV {} 12/29", "CVV {} exp 12/29", "CVV: {}, 12/29"),
    ],
)  # fmt: skip
def test_an_expiry_between_a_label_and_its_code_or_behind_the_code_hides_none(form: str, code: str) -> None:
    assert shown(form.format(code)) == form.format(MARK)


@for_all("month", ["1", "9", "01", "02", "09", "10", "11", "12"])
@for_all("year", ["20", "29", "40", "49", "2020", "2031", "2049"])
@for_all("sign", "/.-")
def test_an_expiry_is_any_month_of_thirty_years(month: str, year: str, sign: str) -> None:
    expiry = f"{month}{sign}{year}"
    assert shown(f"cvv {expiry} 937") == f"cvv {expiry} {MARK}"
    assert shown(f"cvv 937,{expiry}") == f"cvv {MARK},{expiry}"


@for_all(
    "other", ["0/29", "00/29", "13/29", "1/19", "12/50", "12/2050", "12/2119", "12/290", "12/299", "12:29"]
)
def test_what_is_no_expiry_is_none(other: str) -> None:
    for text in (f"cvv {other} 937", f"cvv 937,{other}"):
        assert shown(text) == text


@for_all(
    "text",
    ["CVV 2024-12-25", "cvv 2031/12/29", "cvv 1999.12.31", "CVV 937,50", "cvv 93.71", "CVV 12/29 12345"],
)
def test_a_date_or_an_amount_behind_a_label_stays(text: str) -> None:
    assert shown(text) == text


@for_all("code", CODES)
@for_all(
    "form",
    [
        "cvvs: {} and 842",
        "cvv {} or 842",
        "CVV: {}/842",
        "CVV: {} & 842",
        "cvc {} und 842",
        "cvc {} y 842",
        "cvc 842 et {}",
    ],
)
def test_further_codes_behind_the_first_are_removed(form: str, code: str) -> None:
    assert shown(form.format(code)) == form.format(MARK).replace("842", MARK)


def test_three_codes_are_removed_and_what_is_counted_or_is_longer_stays() -> None:
    assert shown("cvvs 937 and 842 and 185") == f"cvvs {MARK} and {MARK} and {MARK}"
    assert shown("cvv 937 and 100 pieces") == f"cvv {MARK} and 100 pieces"
    assert shown("cvv 937/000") == shown("cvv 937/9999") == f"cvv {MARK}/{MARK}"
    for text in ("cvv 937/84215", "cvv 937/842/1", "cvv 937/84", "cvv 937/8420/29", "cvv 937/84/1"):
        assert shown(text) == text
    assert shown("cvv 937 and 100g") == f"cvv {MARK} and 100g"
    assert shown("cvv 937 and 842 great") == f"cvv {MARK} and {MARK} great"
    assert shown("cvv 937 and 84215") == f"cvv {MARK} and 84215"
    assert shown(f"cvv {MARK} and 842") == f"cvv {MARK} and {MARK}"


@for_all("code", CODES)
@for_all("line", [" " * 7, " " * 64, "." * 20, " ........ ", "_" * 12, "\t" * 8, ": ______ "])
def test_a_line_of_blanks_or_dots_leads_from_a_label_to_its_code(line: str, code: str) -> None:
    assert shown(f"CVV{line}{code}") == f"CVV{line}{MARK}"


def test_the_line_ends() -> None:
    assert shown("CVV" + " " * 65 + "937") == "CVV" + " " * 65 + "937"
    assert shown("CVV" + " " * 7 + "\n937") == "CVV" + " " * 7 + "\n937"


@for_all("text", ["my PIN's {}", "the card pin\u2019s {}", "PINs {}", "pin's: {}"])
def test_a_pin_may_have_an_s(text: str) -> None:
    assert shown(text.format("2481")) == text.format(MARK)


@for_all("code", CODES)
@for_all(
    "expiry",
    [
        *("Dec 2029", "December 2029,", "may 29", "exp Dec 29", "29-12", "29/12", "2029 Dec"),
        *("12/29", "5/2029", "2029-5"),
    ],
)  # fmt: skip
def test_a_code_behind_an_expiry_beside_a_card_number_is_removed(expiry: str, code: str) -> None:
    assert shown(f"{VISA} {expiry} {code}").endswith(f" {MARK}")


@for_all("code", CODES)
@for_all("expiry", ["2912", "202912", "1229", "122029"])
def test_a_code_in_one_with_the_expiry_is_removed_with_it(expiry: str, code: str) -> None:
    assert shown(f"{VISA} {expiry}{code}") == f"{VISA} {MARK}"


@for_all("behind", ["5551234", "31 Dec 2029", "20291231", "2029-12-31", "1329937", "2913937", "12299371234"])
def test_other_digits_behind_a_card_number_stay(behind: str) -> None:
    assert shown(f"{VISA} {behind}") == f"{VISA} {behind}"
