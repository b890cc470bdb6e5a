"""Every form of an expiry, of what parts it from a code, and of what parts a name from one; and the nearest that stay."""

import json
from typing import Any

from tests.support.members import for_all
from tests.support.spellings import card
from tokenizer.guard.authentication_data import may_hold_authentication_data, strip_authentication_data
from tokenizer.guard.authentication_data.prose import MARK

NUMBER = card("4", 16)
SEPARATORS = " /.,;|_-"


def left(text: str, key: str = "expiry") -> str:
    """The field of a card without its code, which the cheap look must not let by."""
    record: dict[str, Any] = {"payment": {"card": {"number": NUMBER, key: text}}}
    stripped, removed = strip_authentication_data(record)
    assert not removed or may_hold_authentication_data(json.dumps(record, ensure_ascii=False).encode()), text
    left: Any = stripped
    return str(left["payment"]["card"][key])


@for_all("between", ["", *SEPARATORS, " / ", "\t", "\n"])
def test_month_and_year_may_have_any_separator_between(between: str) -> None:
    for month, year in (*((month, 20) for month in range(1, 13)), (1, 39), (12, 49)):
        dates = [f"{month:02}{between}{year}", f"{month:02}{between}20{year}", f"20{year}{between}{month:02}"]
        dates += [f"{month}{between}{year}", f"20{year}{between}{month}"] if between else []
        for date in dates:
            assert left(f"{date} 737") == f"{date} {MARK}"


@for_all(
    "between",
    [*SEPARATORS, *":=+&(#", " (", " - ", " \N{EN DASH} ", ", [#", "    ", " \N{EM DASH} ", "\N{BULLET}"],
)
def test_a_code_may_stand_behind_any_separator(between: str) -> None:
    for expiry in ("12/29", "12/2029", "1229", "2029-12", "gültig bis 12/29", "срок действия 12/29"):
        for code, behind in (
            ("000", ""),
            ("999", ")"),
            ("0737", " \n"),
            ("2010", ""),
            ("2058", "!"),
            ("2199", ""),
        ):
            assert left(f"{expiry}{between}{code}{behind}") == f"{expiry}{between}{MARK}{behind}"


@for_all("code", ["000", "999", "0123", "9999"])
def test_a_code_may_stand_directly_behind_an_expiry_that_begins_with_the_month(code: str) -> None:
    for expiry in ("12/29", "1229", "122029", "9/29"):
        assert left(f"{expiry}{code}") == f"{expiry}{MARK}"


def test_before_an_expiry_stand_16_characters_at_most() -> None:
    assert left("x" * 16 + "12/29 737") == "x" * 16 + f"12/29 {MARK}"
    assert left("x" * 17 + "12/29 737") == "x" * 17 + "12/29 737"


@for_all(
    "text",
    [
        *(f"12/29/{year}" for year in (2020, 2029, 2030, 2049)),
        *("13/29 737", "00/29 737", "12/19 737", "12/50 737", "2029-13 737", "2019-12 737", "2050-12 737"),
        *("12/29 73", "12/29 73711", "12/29     737", "12    29 737", "2029-1273", "20291231", "2029-12-31"),
        *("2029-12-31T23:59:59Z", "12/29 737 5", "12/29 (31)"),
    ],
)  # fmt: skip
def test_another_date_or_number_stays(text: str) -> None:
    assert left(text) == text


@for_all("between", [*" /.,;|-:#(", " - ", " - #", "\N{EM DASH}", " \N{EM DASH} "])
def test_a_code_may_stand_at_either_end_of_a_name(between: str) -> None:
    for name in ("Ann Example", "Ärger", "Ян"):
        for code in ("000", "999", "0737"):
            for around in ("", " ", " ()"):
                for key in ("holder", "name_on_card"):
                    assert left(f"{name}{between}{code}{around}", key) == f"{name}{between}{MARK}{around}"
                    assert left(f"{around}{code}{between}{name}", key) == f"{around}{MARK}{between}{name}"


@for_all(
    "text",
    [
        "Ann Example73",
        "Ann Example 73",
        "Ann 73711",
        "73 Ann",
        "73711 Ann",
        "Ann     737",
        "737     Ann",
        "Ann1 737",
    ],
)
def test_other_digits_of_a_name_stay(text: str) -> None:
    assert left(text, "holder") == text


@for_all("blank", ["", " ", "\n \t"])
def test_blanks_of_json_and_characters_of_many_bytes_hide_no_field(blank: str) -> None:
    many = "\N{GRINNING FACE}" * 16
    for key, text in (
        ("expiry", "12/29 737"),
        ("expiry", f"{many}12/29 737"),
        ("expiration_date", "2029-12 737"),
        ("holder", "Ann\u00c0 737"),
        ("holder", "737 Ann"),
        ("cardholder_name", "737 \u042f"),
    ):
        assert left(text, key) == text.replace("737", MARK)
        raw = f'{{"payment":{{"card":{{"number":"{NUMBER}","{key}"{blank}:{blank}"{text}"}}}}}}'
        assert may_hold_authentication_data(raw.encode()), raw
