"""The rates in docs/guard.md are those that the guard has."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bench import guard_rates
from bench.guard_rates import Rate

PAGE = Path("docs/guard.md").read_text()


@pytest.mark.parametrize(
    "classes", [guard_rates.SENSITIVE, guard_rates.BLIND_SPOTS], ids=["sought", "not sought"]
)
def test_the_stated_miss_rates_are_measured(classes: Mapping[str, Callable[..., str]]) -> None:
    assert guard_rates.table(guard_rates.misses(classes), "missed") in PAGE


def test_the_stated_false_positive_rates_are_measured() -> None:
    assert guard_rates.table(guard_rates.false_positives(), "found something") in PAGE


@pytest.mark.parametrize("draw", [*guard_rates.SENSITIVE.values(), *guard_rates.HARMLESS.values()])
def test_the_texts_differ(draw: guard_rates.Draw) -> None:
    assert len(set(guard_rates.texts(draw))) > guard_rates.SAMPLES // 10


def test_a_rate_is_shown_with_its_class() -> None:
    assert guard_rates.table([Rate("x", 200, 1)], "missed").endswith("| x | 200 | 0.50% |")
