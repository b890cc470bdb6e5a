"""The rates in docs/guard.md are those of the stored results, and these are what the command measures."""

import json
from functools import cache
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from bench.guard_rates.__main__ import RESULTS
from bench.guard_rates.corpus import CLASSES, SEED, Class
from bench.guard_rates.page import tables
from bench.guard_rates.rates import AIM_HIT, AIM_MISSED, Rate, found_by_guard, rate
from bench.guard_rates.sample import Sample, lines_of
from bench.guard_rates.sensitive import CLASSES as CLAIMED
from bench.guard_rates.sensitive import (
    PHONES_A_LOCALE,
    UNCLAIMED,
    Dialled,
    is_range_in_use,
    sorted_by_phonenumbers,
)
from tokenizer.cards import passes_luhn

pytestmark = pytest.mark.slow

PAGE = Path("docs/guard.md").read_text(encoding="utf-8")
ROWS = json.loads(RESULTS.read_text(encoding="utf-8"))
_FEWEST = 350  # of either half; a class has 700 or more
_FEWEST_UNCLAIMED = 20
ALL_SENSITIVE = {**CLAIMED, **UNCLAIMED}


def test_the_page_shows_the_stored_results_and_no_other_rates() -> None:
    assert tables(ROWS) in PAGE
    assert "%" not in PAGE.replace(tables(ROWS), "").partition("## How often it is wrong")[2].replace(
        "95 %", ""
    )


def test_the_results_are_of_every_class() -> None:
    assert [row["class"] for row in ROWS] == [each.name for each in CLASSES]
    assert all("presidio" in row for row in ROWS)


@cache
def half(of: Class, *, reported: bool) -> list[Sample]:
    """Returns the samples of one half; they are drawn once for all tests."""
    return list(of.half(reported=reported))


@pytest.mark.big
@pytest.mark.parametrize("of", CLASSES, ids=lambda each: each.name)
def test_the_stored_rates_of_the_guard_are_measured(of: Class) -> None:
    samples = half(of, reported=True)
    (row,) = [row for row in ROWS if row["class"] == of.name]
    assert row["samples"] == len(samples) >= (_FEWEST if of.claimed else _FEWEST_UNCLAIMED)
    assert row["claimed"] is of.claimed
    assert row["guard"]["wrong"] == rate(of, samples, found_by_guard).wrong


@pytest.mark.parametrize("of", CLASSES, ids=lambda each: each.name)
def test_no_value_is_in_both_halves(of: Class) -> None:
    reported, tuning = (half(of, reported=each) for each in (True, False))
    assert not {sample.value for sample in reported} & {sample.value for sample in tuning}
    assert min(len(reported), len(tuning)) >= (_FEWEST - 10 if of.claimed else _FEWEST_UNCLAIMED)
    assert len({(sample.text, sample.countries) for sample in reported}) == len(reported)


def test_the_intervals_are_wilsons() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 0 of 20, 1 of 29, 15 of 148, 81 of 263.
    known = {
        (20, 0): (0, 0.1611),
        (29, 1): (0.0061, 0.1718),
        (148, 15): (0.0624, 0.1605),
        (263, 81): (0.2553, 0.3662),
    }
    for (samples, wrong), interval in known.items():
        assert Rate(samples, wrong).interval == pytest.approx(interval, abs=1e-4)
    uppers = [Rate(400, wrong).interval[1] for wrong in range(20)]
    assert all(low < high for low, high in pairwise(uppers))


def test_a_class_that_is_wrong_too_often_is_shown_so() -> None:
    row = {
        "class": "x",
        "sensitive": True,
        "claimed": True,
        "samples": 400,
        "guard": {"wrong": 8, "low": 0.01, "high": 0.0389},
    }
    fine = {
        "class": "y",
        "sensitive": False,
        "claimed": True,
        "samples": 400,
        "guard": {"wrong": 0, "low": 0.0, "high": 0.0095},
    }
    unclaimed = {**row, "class": "z", "claimed": False}
    shown = tables([row, fine, unclaimed])
    assert "| z | 400 | 2.0% | 1.0% to 3.9% |\n" in shown + "\n"
    assert "| x | 400 | 2.0% | 1.0% to 3.9% | no |" in shown
    assert "| y | 400 | 0.0% | 0.0% to 0.9% | yes |" in shown


def test_every_card_number_of_the_list_has_a_check_digit_and_a_source() -> None:
    lines = Path("bench/guard_rates/data/card_numbers.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        number, _, source = line.partition("\t")
        assert passes_luhn(number)
        assert source


def test_every_class_that_is_claimed_meets_the_aim() -> None:
    assert [
        row["class"]
        for row in ROWS
        if row["guard"]["high"] > (AIM_MISSED if row["sensitive"] else AIM_HIT) and row["claimed"]
    ] == []


@pytest.mark.parametrize(
    ("written", "country", "sort"),
    [
        ("+49 30 12345678", "FR", Dialled.MARKED), ("0049 30 12345678", "DE", Dialled.MARKED), ("030 12345678", "DE", Dialled.MARKED),
        ("(351) 922978760", "PT", Dialled.MARKED), ("0961868501", "IT", Dialled.MARKED), ("212-736-5000", "US", Dialled.MARKED),
        ("212 736 5000", "US", Dialled.BARE), ("32 12 34 56", "DK", Dialled.BARE), ("2109046685", "GR", Dialled.BARE),
        ("829 41 86", "CO", Dialled.NOBODYS), ("+999 1234567", "DE", Dialled.NOBODYS), ("0049 30 12345678", "US", Dialled.NOBODYS),
        ("112", "DE", Dialled.NOBODYS), ("call me", "DE", Dialled.NOBODYS),
    ],
)  # fmt: skip
def test_phonenumbers_decides_which_numbers_are_claimed(written: str, country: str, sort: Dialled) -> None:
    assert sorted_by_phonenumbers(written, country) is sort


@pytest.mark.parametrize(
    ("number", "in_use"),
    [("4111111111111111", True), ("4222222222222", False), ("378282246310005", True), ("3088000000000000", False), ("2720990000000000", True), ("2721000000000000", False), ("9792030000000001", True)],
)  # fmt: skip
def test_the_networks_decide_which_card_numbers_are_claimed(number: str, in_use: bool) -> None:
    assert is_range_in_use(number) is in_use


def test_each_published_card_number_and_each_of_fakers_phones_is_in_one_class() -> None:
    numbers = {line.partition("\t")[0] for line in lines_of("card_numbers.tsv")}
    cards = [values(name) for name in ALL_SENSITIVE if name.startswith("card numbers")]
    assert set.union(*cards) == numbers
    assert sum(map(len, cards)) == len(numbers)
    phones = sum(len(list(draw(Random(SEED)))) for name, draw in ALL_SENSITIVE.items() if "by Faker" in name)
    assert phones % PHONES_A_LOCALE == 0


def values(name: str) -> set[str]:
    return {sample.value for sample in ALL_SENSITIVE[name](Random(SEED))}
