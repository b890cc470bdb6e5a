"""The rates in docs/guard.md are those of the stored results, and these are what the command measures."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from bench.guard_rates.__main__ import RESULTS
from bench.guard_rates.corpus import CLASSES, Class
from bench.guard_rates.page import tables
from bench.guard_rates.rates import Rate, found_by_guard, rate
from tokenizer.cards import passes_luhn

PAGE = Path("docs/guard.md").read_text(encoding="utf-8")
ROWS = json.loads(RESULTS.read_text(encoding="utf-8"))
_FEWEST = 350  # of either half; a class has 700 or more


def test_the_page_shows_the_stored_results_and_no_other_rates() -> None:
    assert tables(ROWS) in PAGE
    assert "%" not in PAGE.replace(tables(ROWS), "").partition("## How often it is wrong")[2].replace(
        "95 %", ""
    )


def test_the_results_are_of_every_class() -> None:
    assert [row["class"] for row in ROWS] == [each.name for each in CLASSES]
    assert all("presidio" in row for row in ROWS)


@pytest.mark.parametrize("of", CLASSES, ids=lambda each: each.name)
def test_the_stored_rates_of_the_guard_are_measured(of: Class) -> None:
    samples = list(of.half(reported=True))
    (row,) = [row for row in ROWS if row["class"] == of.name]
    assert row["samples"] == len(samples) >= _FEWEST
    assert row["guard"]["wrong"] == rate(of, samples, found_by_guard).wrong


@pytest.mark.parametrize("of", CLASSES, ids=lambda each: each.name)
def test_no_value_is_in_both_halves(of: Class) -> None:
    reported, tuning = (list(of.half(reported=each)) for each in (True, False))
    assert not {sample.value for sample in reported} & {sample.value for sample in tuning}
    assert min(len(reported), len(tuning)) >= _FEWEST - 10
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
        "samples": 400,
        "guard": {"wrong": 8, "low": 0.01, "high": 0.0389},
    }
    fine = {
        "class": "y",
        "sensitive": False,
        "samples": 400,
        "guard": {"wrong": 0, "low": 0.0, "high": 0.0095},
    }
    shown = tables([row, fine])
    assert "| x | 400 | 2.0% | 1.0% to 3.9% | no |" in shown
    assert "| y | 400 | 0.0% | 0.0% to 0.9% | yes |" in shown


def test_every_card_number_of_the_list_has_a_check_digit_and_a_source() -> None:
    lines = Path("bench/guard_rates/data/card_numbers.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        number, _, source = line.partition("\t")
        assert passes_luhn(number)
        assert source
