"""The forms in which a value beside a label is a code, a PIN block or a track, with each digit and length; and the nearest that stay."""

from decimal import Decimal
from typing import Any

from tests.support.members import for_all
from tests.support.spellings import card
from tokenizer.guard.authentication_data.described import code_in, may_hold_code
from tokenizer.guard.authentication_data.shapes import has_shape, holds_code

DIGITS = ("000", "999", "0909", "9090")
NUMBERS = [card(prefix, length) for length in range(12, 20) for prefix in ("4", "50")]


@for_all("digits", DIGITS)
@for_all("between", ["", *" ._-"])
def test_a_code_may_be_written_one_by_one(digits: str, between: str) -> None:
    code = between.join(digits)
    for before in (
        "",
        " ",
        "(",
        '"#: ',
        "code",
        "CODE: ",
        "cvv",
        "cvv2",
        "Cvv - ",
        "cvc",
        "cvc2_",
        " (cvc2) ",
    ):
        for behind in ("", ".", ")", ' .!"', *((".0", ".0 .)!") if not between else ())):
            text = f"{before}{code}{behind}"
            found = code_in(text)
            assert found is not None, text
            assert found["code"] == code, text
            assert holds_code(text, frozenset({len(digits)})), text


@for_all(
    "text",
    [
        "99",
        "99999",
        "9  9 9",
        "9/9/9",
        "9,99",
        "999.00",
        "999 9 9",
        "cvx 999",
        "code     999",
        "-----999",
        "999!!!!!",
        "a999",
        "999a",
        "codes 999",
    ],
)
def test_other_text_is_no_code(text: str) -> None:
    assert code_in(text) is None
    assert not holds_code(text)


@for_all("value", [0, 99, 99999, True, None, Decimal("9.9"), Decimal("9999.5"), {}, []])
def test_other_values_are_no_codes(value: Any) -> None:
    assert not holds_code(value)


@for_all(
    "value", [100, 9999, Decimal(999), Decimal("999.0"), "\u0669" * 3, "\uff19" * 4, "\u2460\u2461\u2462"]
)
def test_numbers_and_the_digits_of_any_script_are_codes(value: Any) -> None:
    assert holds_code(value)
    assert holds_code({"x": value}) is False


@for_all(
    "text", ["000", "9999", "code000", "CODE9999", "code: 090", "Code _ 909", "999.0", "9999.0", " 999 "]
)
def test_an_unknown_field_may_say_that_it_is_a_code(text: str) -> None:
    assert has_shape(text)
    assert has_shape(["x", text])


@for_all(
    "text", ["99", "99999", "code    999", "code 99", "999.00", "999.1", "codes 999", "x999", "999x", "9 99"]
)
def test_other_fields_have_no_shape(text: str) -> None:
    assert not has_shape(text)
    assert not has_shape([text])


@for_all("digit", "0123456789abcdefABCDEF")
def test_a_pin_block_has_sixteen_hexadecimal_digits_and_a_letter(digit: str) -> None:
    for letter in "aAfF":
        for text in (
            digit * 15 + letter,
            letter + digit * 15,
            digit * 8 + letter + digit * 7,
            "0" * 7 + letter + digit * 8,
        ):
            assert has_shape(text), text
            assert holds_code(text) or text.isalpha(), text
            assert not has_shape(text[1:] if text[-1] == letter else text[:-1])
            assert not has_shape(f"{text}{digit}")
    for other in "gGxzZ/:@`":
        assert not has_shape("A" * 15 + other)
        assert not has_shape(other + "A" * 15)
    assert has_shape(digit * 16) == digit.isalpha()


@for_all("number", NUMBERS)
def test_a_track_begins_with_a_number_of_twelve_to_nineteen_digits(number: str) -> None:
    for before in ("", "%", ";", "B", "b", "%B", ";B", "%a", "%Z"):
        for sign in "^=Dd":
            for behind in ("", "EXAMPLE/ANN^2912101\n737", "2912101737"):
                assert has_shape(f"{before}{number}{sign}{behind}"), (before, sign)
                wrong = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
                assert not has_shape(f"{before}{wrong}{sign}{behind or '!'}")
    assert not has_shape(number)
    for text in (f"%%{number}=", f"BB{number}=", f"#{number}=", f"{number}*"):
        assert not has_shape(text)


@for_all("length", [10, 11, 20, 21])
def test_a_shorter_or_longer_number_is_of_no_track(length: int) -> None:
    assert not has_shape(f"{card('4', length)}=2912101")


@for_all("key", ["id", "orderid", "position", "price", "createdat", "expyear"])
def test_a_key_of_other_numbers_holds_no_code(key: str) -> None:
    assert not may_hold_code(key)
    assert may_hold_code("answer")
