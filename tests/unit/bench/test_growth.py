"""The check on growth fails where it should."""

import pytest

from bench.growth.linear import Curve


def curve(costs: list[float], at: list[int] | None = None) -> Curve:
    return Curve("orders", "CPU", at or [1, 10, 100], costs)


@pytest.mark.parametrize("costs", [[1.0, 10.0, 100.0], [50.0, 60.0, 150.0], [7.0, 7.0, 7.0]])
def test_a_line_passes_with_or_without_a_fixed_cost(costs: list[float]) -> None:
    assert curve(costs).linear


@pytest.mark.parametrize("costs", [[1.0, 100.0, 10_000.0], [50.0, 60.0, 6_000.0]])
def test_what_grows_with_the_square_fails_even_if_only_in_the_end(costs: list[float]) -> None:
    assert not curve(costs).linear


def test_points_close_together_do_not_count_since_noise_is_all_they_differ_by() -> None:
    assert curve([10.0, 14.0, 40.0], [1, 1, 4]).linear
