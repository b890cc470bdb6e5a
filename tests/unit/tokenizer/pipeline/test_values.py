"""Tests what is computed from single values, at every edge of every rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.kinds import Fact, Rule
from tests.support.samples import passing_luhn
from tokenizer.cards import brand_of
from tokenizer.masking import mask
from tokenizer.pipeline.values import fact, generalize

# First and last prefix of every range, as the networks publish them; written out, so that a dropped one is missed.
BRANDS = [
    ("4", "4", "visa"),
    ("34", "34", "amex"),
    ("37", "37", "amex"),
    ("36", "36", "diners"),
    ("38", "39", "diners"),
    ("300", "305", "diners"),
    ("51", "55", "mastercard"),
    ("2221", "2720", "mastercard"),
    ("62", "62", "unionpay"),
    ("6011", "6011", "discover"),
    ("644", "649", "discover"),
    ("65", "65", "discover"),
    ("50", "50", "maestro"),
    ("56", "58", "maestro"),
    ("63", "63", "maestro"),
    ("67", "67", "maestro"),
    ("3528", "3589", "jcb"),
]


def test_every_prefix_of_four_digits_has_the_brand_of_its_range() -> None:
    expected = {
        f"{prefix}{rest:0{4 - len(low)}}"[:4]: brand
        for low, high, brand in BRANDS
        for prefix in range(int(low), int(high) + 1)
        for rest in range(10 ** (4 - len(low)))
    }
    found = {f"{prefix:04}": brand_of(f"{prefix:04}000000000000") for prefix in range(10_000)}
    assert {prefix: brand for prefix, brand in found.items() if brand != "unknown"} == expected


@pytest.mark.parametrize(
    ("number", "bin6"),
    [
        (passing_luhn("50000000000"), None),
        (passing_luhn("400000000000"), None),
        (passing_luhn("3000000000000"), "300000"),
    ],
)
def test_the_first_six_digits_are_shown_only_where_enough_is_hidden(number: str, bin6: str | None) -> None:
    for spelled in (number, " ".join(number)):
        assert fact(Fact.LAST4, spelled) == number[-4:]
        assert fact(Fact.BIN, spelled) == bin6


@pytest.mark.parametrize(
    ("value", "domain"),
    [
        ("ann@example.com", "example.com"),
        ("Ann@Example.COM ", "example.com"),
        ("ann@a@b.example", "b.example"),
        ("ann@a.bc", "a.bc"),
        ("ann@a.b", None),
        ("ann@localhost", None),
        ("ann", None),
        (f"ann@{'a' * 63}.example", f"{'a' * 63}.example"),
        (f"ann@{'a' * 64}.example", None),
        ("ann@" + "a." * 125 + "com", "a." * 125 + "com"),
        ("ann@" + "a." * 125 + "comm", None),
        ("ann@-a.example", None),
        ("ann@b\u00fccher.example", None),
    ],
)
def test_a_domain_is_told_where_it_is_one(value: str, domain: str | None) -> None:
    assert fact(Fact.DOMAIN, value) == domain


@pytest.mark.parametrize(
    ("value", "shown"),
    [("12", None), ("123", None), (" 123 ", None), ("1234", "12"), ("1070", "10"), ("SW1A 1AA", "SW1")]
    + [
        ("62701", "627"),
        ("1070 ", "10"),
        ("107-0", "10"),
        ("1012 AB", "101"),
        ("M5V 2T6", "M5V"),
        ("A-12", "A-"),
    ]
    + [
        (other, None)
        for other in (
            "ann@example.com",
            "Ann Example",
            "Ann Example 1, Street",
            "Main Street 12a",
            "ann1@example",
        )
    ],
)
def test_a_postal_code_is_cut_or_not_shown(value: str, shown: str | None) -> None:
    assert generalize(Rule.POSTAL_PREFIX, value) == shown


@given(st.from_regex(r"[0-9A-Za-z][0-9A-Za-z -]{3,11}", fullmatch=True))
def test_two_letters_or_digits_of_a_postal_code_are_never_shown(code: str) -> None:
    shown = generalize(Rule.POSTAL_PREFIX, code)
    plain = code.strip()
    if shown is not None:
        assert plain.startswith(shown)
        assert len(shown) <= 3
        assert sum(map(str.isalnum, plain)) - sum(map(str.isalnum, shown)) >= 2


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("1990-04-01", "1990"),
        (" 1990-04-01T10:00:00Z", "1990"),
        ("1990", None),
        ("1990-4-1", None),
        ("199-04-01", None),
    ],
)
def test_a_date_is_cut_to_its_year(value: str, shown: str | None) -> None:
    assert generalize(Rule.YEAR, value) == fact(Fact.YEAR, value) == shown


@pytest.mark.parametrize(
    ("amount", "band"),
    [
        ("0", "0..1"),
        ("0.99", "0..1"),
        ("-0.99", "-1..0"),
        ("1", "1..2"),
        ("1.99", "1..2"),
        ("2", "2..5"),
        ("4.99", "2..5"),
        ("5", "5..10"),
        ("9.99", "5..10"),
        ("10", "10..20"),
        ("20", "20..50"),
        ("50", "50..100"),
        ("99.99", "50..100"),
        ("100", "100..200"),
        ("-1", "-2..-1"),
        ("-2", "-5..-2"),
        ("-10", "-20..-10"),
        ("999999999999999999", "500000000000000000..1000000000000000000"),
        ("1000000000000000000", None),
        ("-1000000000000000000", None),
    ],
)
def test_an_amount_falls_into_the_band_that_begins_at_it(amount: str, band: str | None) -> None:
    assert generalize(Rule.AMOUNT_BAND, amount) == band


@pytest.mark.parametrize(
    ("value", "keep_first", "keep_last", "shown"),
    [
        ("abc", 0, 0, None),
        ("abcd", 0, 0, "****"),
        ("abcd", 1, 0, None),
        ("abcde", 1, 0, "a****"),
        ("abcdefghij", 3, 3, None),
        ("abcdefghijk", 3, 3, None),
        ("abcdefghijkl", 3, 3, "abc******jkl"),
        ("ab-cd ef", 0, 2, "**-** ef"),
        ("e\u0301abcd", 0, 0, "*****"),
    ],
)
def test_a_mask_hides_four_at_least_and_no_less_than_it_shows(
    value: str, keep_first: int, keep_last: int, shown: str | None
) -> None:
    assert mask(value, keep_first, keep_last) == shown
