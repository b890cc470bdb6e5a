"""Tries a property: with a few examples that are the same in every run, and with others that are new in each."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

FIXED_SEED = 20_261_124
FIXED_EXAMPLES = 15
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "40"))
# Without `explain`, which tries many more examples only to comment a failure.
_PHASES = (Phase.explicit, Phase.generate, Phase.shrink)


def run(check: Callable[..., None], *strategies: SearchStrategy[Any], number: int, examples: int) -> None:
    """Tries a check with examples from a seed; fails, as hypothesis does, with the smallest example that it finds."""
    tried = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=_PHASES,
        suppress_health_check=list(HealthCheck),
    )
    seed(number)(tried(given(*strategies)(check)))()


def tried(*strategies: SearchStrategy[Any], times: int = 1) -> Callable[[Callable[..., None]], Any]:
    """Makes a test of a check over drawn values.

    Args:
        strategies: what its arguments are drawn from.
        times: how many times the usual number of examples, for a check that takes next to no time.
    """

    def decorate(check: Callable[..., None]) -> Any:
        @pytest.mark.parametrize("origin", ["fixed seed", "PROPERTY_SEED"])
        def test(origin: str) -> None:
            fixed = origin == "fixed seed"
            number = FIXED_SEED if fixed else int(os.environ["PROPERTY_SEED"])
            run(check, *strategies, number=number, examples=times * (FIXED_EXAMPLES if fixed else EXAMPLES))

        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        return test

    return decorate
