"""Tests which digits are a card number, and what is shown of it."""

from collections.abc import Iterator
from random import Random

import pytest

from schemas.kinds import Fact
from tests.support.members import for_all
from tests.support.samples import passing_luhn
from tokenizer.cards import luhn_sums, number_alone, parse_card, passes_luhn, passes_luhn_between
from tokenizer.masking import mask
from tokenizer.pipeline.values import fact


def facts(value: str) -> list[str | None]:
    return [fact(each, value) for each in (Fact.LAST4, Fact.BRAND, Fact.BIN)]


@pytest.mark.parametrize(
    ("prefix", "lengths", "brand"),
    [
        ("4", {13, 16, 19}, "visa"),
        ("51", {16}, "mastercard"),
        ("2221", {16}, "mastercard"),
        ("34", {15}, "amex"),
        ("36", {14, 16}, "diners"),
        ("6011", {16, 17, 18, 19}, "discover"),
        ("3528", {16, 17, 18, 19}, "jcb"),
        ("62", {16, 17, 18, 19}, "unionpay"),
        ("50", {12, 13, 14, 15, 16, 17, 18, 19}, "maestro"),
        ("2200", {16, 17, 18, 19}, "unknown"),
        ("9792", {16}, "unknown"),
    ],
)
def test_network_length_and_check_digit_decide(prefix: str, lengths: set[int], brand: str) -> None:
    random = Random(7)
    for length in range(10, 22):
        for _ in range(50):
            number = passing_luhn(prefix + "".join(random.choices("0123456789", k=length - 1 - len(prefix))))
            card = parse_card(number)
            if length in lengths and (card is None or card.digits == number):
                assert card is not None
                assert card.brand == brand
                if card.alone:
                    assert facts(number)[:2] == [number[-4:], brand]
            else:
                assert card is None or not card.alone
                assert facts(number)[0] is None
            wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
            assert facts(wrong)[0] is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "none",
        "4111",
        "4111111111111112",
        "x4111111111111111",
        "41111111111111111",
        "411111111111111122",
        "ES9121000418450200051332",
    ],
)
def test_what_is_no_card_number_shows_nothing(value: str) -> None:
    assert parse_card(value) is None
    assert facts(value) == [None, "unknown", None]
    assert number_alone(value) == value


@pytest.mark.parametrize(
    "spelled",
    [
        *(
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            " 4111.1111.1111.1111 ",
            "4111 11111111 1111",
        ),
        *(
            "Visa: 4111 1111 1111 1111",
            "\uff14111111111111111",
            "(4111) 1111 1111 1111",
            "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        ),
    ],
)
def test_a_number_alone_shows_its_facts_however_it_is_written(spelled: str) -> None:
    assert facts(spelled) == ["1111", "visa", "411111"]
    assert number_alone(spelled) == spelled


@pytest.mark.parametrize("spelled", ["4111111111111111", "4111 1111 1111 1111"])
@pytest.mark.parametrize("beside", ["{} 737", "{}737", "737 {}", "{} 12/29", "{} 12/29 737", "{} / 1229 / 7371", "{}, 5555555555554444", "{} ***"])  # fmt: skip
def test_a_number_with_anything_beside_it_shows_nothing(spelled: str, beside: str) -> None:
    value = beside.format(spelled)
    assert facts(value) == [None, None, None]
    assert number_alone(value) == spelled
    assert mask(value, 0, 4) is None
    assert mask(value, 6, 4) is None


def test_a_number_of_a_network_with_one_length_is_not_cut_to_another() -> None:
    value = "180000000000002 737"
    assert passes_luhn(value[:15])
    assert number_alone(value) == value[:15]


def test_a_code_that_makes_a_longer_number_is_still_a_code() -> None:
    passing = [code for code in range(1000) if passes_luhn(f"4111111111111111{code:03}")]
    assert len(passing) == 100
    for code in passing:
        for value in (f"4111111111111111{code:03}", f"4111 1111 1111 1111 {code:03}"):
            assert facts(value) == [None, None, None]
            assert str(number_alone(value)).replace(" ", "") == "4111111111111111"


USUAL = {  # by network, the beginnings of its numbers and the lengths of almost all of its cards
    "Visa": ("4", 16),
    "Mastercard": ("51 55 2221 2720", 16),
    "American Express": ("34 37", 15),
    "Diners Club, 14": ("300 305 36 38 39", 14),
    "Diners Club, 16": ("300 305 36 38 39", 16),
    "Discover": ("6011 644 649 65", 16),
    "JCB": ("3528 3589", 16),
    "JCB, old": ("1800 2131", 15),
    "UnionPay, 16": ("62", 16),
    "UnionPay, 19": ("62", 19),
    "Maestro": ("50 56 57 58 63 67", 16),
    "Mir, Borica, GPN": ("2200 2204 2205 1946", 16),
    "RuPay, Troy, Uzcard, Humo": ("60 81 82 9792 8600 9860", 16),
    "Hipercard, Napas": ("3841 9704", 16),
}


@for_all("network", USUAL)
def test_a_code_behind_a_number_of_the_usual_length_is_cut_off_and_no_digit_of_the_number(
    network: str,
) -> None:
    prefixes, length = USUAL[network]
    for prefix in prefixes.split():
        for number, code in _with_codes(prefix, length):
            for between in (" ", " / ", ""):
                assert number_alone(f"{number}{between}{code}") == number


def _with_codes(prefix: str, length: int) -> Iterator[tuple[str, str]]:
    """Numbers and codes of which no other beginning passes the check, so that there is nothing to guess."""
    random = Random(13)
    found = 0
    while found < 20:
        tail = "".join(random.choices("0123456789", k=length - 1 - len(prefix)))
        number, code = (
            passing_luhn(prefix + tail),
            "".join(random.choices("0123456789", k=random.choice((3, 4)))),
        )
        digits = number + code
        if not any(passes_luhn(digits[:end]) for end in range(12, len(digits) + 1) if end != length):
            found += 1
            yield number, code


@for_all("prefix", ["62", "50", "56", "57", "58", "63", "67"])
def test_long_numbers_of_networks_that_have_them_stay_whole_and_show_nothing_where_it_is_doubtful(
    prefix: str,
) -> None:
    doubtful = 0
    for tail in range(0, 1000, 5):
        number = passing_luhn(f"{prefix}000000000000{tail:03}0")
        assert len(number) == 19
        card = parse_card(number)
        assert card is not None
        assert card.digits == number
        assert number_alone(number) == number
        doubtful += not card.alone
    assert 10 < doubtful < 30


def test_the_check_digit_of_a_part_is_that_of_the_part_alone() -> None:
    random = Random(11)
    digits = "".join(random.choices("0123456789", k=200))
    sums = luhn_sums(digits)
    for start in range(180):
        for end in range(start + 1, start + 20):
            assert passes_luhn_between(sums, start, end) == passes_luhn(digits[start:end])


def test_a_card_is_not_printed() -> None:
    assert "4111" not in repr(parse_card("4111111111111111"))
