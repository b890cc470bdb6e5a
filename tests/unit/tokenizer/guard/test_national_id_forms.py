"""Every form of a national number: each letter, digit and separator that it may have, with right check digits."""

from collections.abc import Iterator
from importlib import import_module
from itertools import product
from string import ascii_uppercase, digits, punctuation

from tests.support.members import for_all
from tests.support.spellings import NOBODY
from tokenizer.guard import Finding, Reading, find_leak


def is_found(country: str, text: str) -> bool:
    reading = Reading(national_ids=(country,))
    return find_leak(f"no. {text}!", NOBODY, reading) is Finding.NATIONAL_ID


def parted(number: str, sizes: tuple[int, ...], separators: tuple[str, ...]) -> str:
    """The number with a separator behind each group but the last."""
    pieces, at = [], 0
    for size, separator in zip(sizes, (*separators, ""), strict=True):
        pieces.append(number[at : at + size] + separator)
        at += size
    return "".join(pieces)


# By country and kind of number: the module that checks it, its form by digit (`0`), the sizes of its groups, and what may
# stand behind each group but the last.
FORMS = {
    "BR of people": ("br.cpf", "000000000??", (3, 3, 3, 2), (".", ".", "-./ ")),
    "BR of companies": ("br.cnpj", "000000000000??", (2, 3, 3, 4, 2), (".", ".", "/", "-. ")),
    "CA": ("ca.sin", "00000000?", (3, 3, 3), (" -", " -")),
    "IN aadhaar": ("in_.aadhaar", "00000000000?", (4, 4, 4), (" -", " -")),
    "PT": ("pt.nif", "00000000?", (3, 3, 3), (" .", " .")),
}


def numbers(module: str, form: str) -> Iterator[str]:
    """Numbers that have every digit at every place, as far as the library takes them."""
    size = form.index("?")
    checks = import_module(f"stdnum.{module}")
    for shift in range(10):
        body = "".join(digits[(shift + 3 * at) % 10] for at in range(size))
        for tail in product(digits, repeat=len(form) - size):
            number = body + "".join(tail)
            if checks.is_valid(number):
                yield number


@for_all("kind", FORMS)
def test_a_national_number_has_any_digits_and_certain_separators(kind: str) -> None:
    module, form, sizes, separators = FORMS[kind]
    country = kind[:2]
    tried = list(numbers(module, form))
    assert tried
    for number in tried:
        assert is_found(country, number), number
        for at, allowed in enumerate(separators):
            for mark in (*punctuation.replace("\\", ""), " "):
                between = tuple(mark if at == place else "" for place in range(len(separators)))
                text = parted(number, sizes, between)
                assert is_found(country, text) is (mark in allowed), text
        every = tuple(allowed[0] for allowed in separators)
        assert is_found(country, parted(number, sizes, every)), number
        assert not is_found(country, parted(number, sizes, tuple(each * 2 for each in every)))
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        assert not is_found(country, wrong), wrong


def test_the_first_digit_of_some_is_not_every_digit() -> None:
    for each in digits:
        assert (each >= "2") is any(
            is_found("IN", f"{each}{number[1:-1]}{last}")
            for number in numbers("in_.aadhaar", "00000000000?")
            for last in digits
        )


def test_an_indian_tax_number_has_five_letters_four_digits_and_a_letter() -> None:
    for letter in ascii_uppercase:
        assert is_found("IN", f"{letter * 3}P{letter}1234{letter}"), letter
        assert is_found("IN", f"{letter * 3}p{letter}1234{letter}".lower()), letter
    for digit in digits:
        assert is_found("IN", f"ABCPE{digit * 3}7F"), digit
    for text in (
        "ABCP1234F",
        "ABCPEE1234F",
        "ABCPE123F",
        "ABCPE12345F",
        "ABCPE1234",
        "ABCPE 1234F",
        "ABCPE12345",
    ):
        assert not is_found("IN", text), text


def test_a_spanish_tax_number_has_dots_by_thousands_and_a_letter_at_either_end() -> None:
    letters = [
        "T",
        "R",
        "W",
        "A",
        "G",
        "M",
        "Y",
        "F",
        "P",
        "D",
        "X",
        "B",
        "N",
        "J",
        "Z",
        "S",
        "Q",
        "V",
        "H",
        "L",
        "C",
        "K",
        "E",
    ]
    for digit in digits:
        for body in (f"{digit}2345678", f"1{digit * 7}"):
            number = f"{body}{letters[int(body) % 23]}"
            for mark in ("", " ", ".", "-"):
                assert is_found("ES", f"{body}{mark}{number[-1]}"), number
                assert is_found("ES", f"{body[:2]}.{body[2:5]}.{body[5:]}{mark}{number[-1]}"), number
            assert is_found("ES", number.lower()), number
            assert not is_found("ES", f"{body}_{number[-1]}"), number
    for letter, value in (("X", 0), ("Y", 1), ("Z", 2)):
        last = letters[int(f"{value}1234567") % 23]
        for mark in ("", " ", ".", "-"):
            assert is_found("ES", f"{letter}{mark}1234567{mark}{last}"), letter
            assert is_found("ES", f"{letter}{mark}1.234.567{mark}{last}"), letter
    for company in (
        "A58818501",
        "J99216582",
        "A-58.818.501",
        "J 99.216.582",
        "A.58818501",
        "P2807900B",
        "p-2807900-b",
    ):
        assert is_found("ES", company), company
    for text in (
        "1234567",
        "X_1234567L",
        "12345678/Z",
        "123456789Z",
        "12,345,678Z",
        "1.2345678Z",
        "A58818502",
    ):
        assert not is_found("ES", text), text


def test_a_british_insurance_number_has_two_letters_six_digits_and_a_letter() -> None:
    six = "123456"
    no_first, no_second = "DFIQUV", "DFIOQUV"
    for letter in ascii_uppercase:
        assert is_found("GB", f"{letter}A123456A") is (letter not in no_first), letter
        assert is_found("GB", f"A{letter}123456A") is (letter not in no_second), letter
        assert is_found("GB", f"AB123456{letter}") is (letter in "ABCD"), letter
    for pair in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ"):
        assert not is_found("GB", f"{pair}123456A"), pair
    for pair in (
        "BA",
        "GA",
        "KA",
        "NA",
        "TA",
        "ZA",
        "BB",
        "GG",
        "KK",
        "NN",
        "TT",
        "AG",
        "AN",
        "AK",
        "AT",
        "AZ",
    ):
        assert is_found("GB", f"{pair}123456A"), pair
    for digit in digits:
        assert is_found("GB", f"AB{digit * 6}C"), digit
    for text in (
        "AB 12 34 56 C",
        f"AB {six}C",
        f"AB{six[:2]} {six[2:]}C",
        f"AB{six[:4]} {six[4:]}C",
        f"AB{six} C",
        f"ab{six}d",
    ):
        assert is_found("GB", text), text
    for text in (
        f"AB  {six}C",
        f"AB{six[:2]}  {six[2:]}C",
        f"AB{six[1:]}C",
        "AB12-34-56C",
        f"A{six}C",
        f"AB{six}7C",
        f"AB{six}",
    ):
        assert not is_found("GB", text), text
