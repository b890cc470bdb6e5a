"""Makes the corpus: what counts as a sample, and which half it belongs to.

A sample's half is decided by the value that it shows, so that no value is in both halves in different spellings. One
half was for tuning the guard. Only the other half is reported.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random

from bench.guard_rates import harmless, sensitive
from bench.guard_rates.sample import Sample

SEED = 20261130
Draw = Callable[[Random], Iterable[Sample]]


@dataclass(frozen=True, slots=True)
class Class:
    """Describes a class of strings.

    Args:
        name: how the page names it.
        sensitive: True if it should not be published.
        draw: makes its samples.
        claimed: True if the guard claims to find it, or to leave it alone if it is harmless.
    """

    name: str
    sensitive: bool
    draw: Draw
    claimed: bool = True

    def half(self, *, reported: bool) -> Iterator[Sample]:
        """Yields the samples of one half, without repetitions."""
        seen: set[tuple[str, ...]] = set()
        for sample in self.draw(Random(SEED)):  # noqa: S311 -- a corpus, the same every time
            key = (sample.text, *sample.countries)
            if _is_reported(sample.value) is reported and key not in seen:
                seen.add(key)
                yield sample


CLASSES = (
    *(Class(name, True, draw) for name, draw in sensitive.CLASSES.items()),
    *(Class(name, True, draw, claimed=False) for name, draw in sensitive.UNCLAIMED.items()),
    *(Class(name, False, draw) for name, draw in harmless.CLASSES.items()),
)


def _is_reported(value: str) -> bool:
    return hashlib.sha256(value.encode()).digest()[0] % 2 == 1
