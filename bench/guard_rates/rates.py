"""Counts how often a detector is wrong, with the interval that the true rate is in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import sqrt
from typing import Any

from bench.guard_rates.corpus import CLASSES, Class
from bench.guard_rates.sample import Sample
from tokenizer.guard import NO_VALUES, find_leak

_Z = 1.959964  # 95 %
AIM_MISSED, AIM_HIT = 0.02, 0.01


@dataclass(frozen=True, slots=True)
class Rate:
    """Holds how often a detector was wrong in one class."""

    samples: int
    wrong: int

    @property
    def interval(self) -> tuple[float, float]:
        """Returns Wilson's 95 % interval (Wilson, 1927), which holds for rates near zero as well."""
        n, p = self.samples, self.wrong / self.samples
        centre = (p + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z * sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
        return max(0.0, centre - half), min(1.0, centre + half)


def found_by_guard(sample: Sample) -> bool:
    """Returns True if the guard finds something in a sample, without knowing any of the record's own values."""
    return find_leak(sample.text, NO_VALUES, sample.reading, lambda: sample.countries) is not None


def rate(of: Class, samples: Iterable[Sample], found: Callable[[Sample], bool]) -> Rate:
    """Returns how often a detector misses a sensitive class, or hits a harmless one."""
    outcomes = [found(sample) is not of.sensitive for sample in samples]
    return Rate(len(outcomes), sum(outcomes))


def measured(*, reported: bool, peer: Callable[[list[Sample]], list[bool]] | None) -> list[dict[str, Any]]:
    """Returns the rates of every class in one half of the corpus, of the guard and of the peer if there is one."""
    rows = []
    for each in CLASSES:
        samples = list(each.half(reported=reported))
        row: dict[str, Any] = {
            "class": each.name,
            "sensitive": each.sensitive,
            "claimed": each.claimed,
            "samples": len(samples),
        }
        row["guard"] = _shown(rate(each, samples, found_by_guard))
        if peer is not None:
            found = dict(zip(map(id, samples), peer(samples), strict=True))
            row["presidio"] = _shown(rate(each, samples, lambda sample, found=found: found[id(sample)]))  # type: ignore[misc] # bound now
        rows.append(row)
    return rows


def _shown(rate: Rate) -> dict[str, Any]:
    low, high = rate.interval
    return {"wrong": rate.wrong, "low": round(low, 5), "high": round(high, 5)}
