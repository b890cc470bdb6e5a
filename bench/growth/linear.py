"""Decides if a curve grows faster than a line. Pure, so that a test can show that the check fails where it should."""

import math
from dataclasses import dataclass

TOLERANCE = 1.2  # what a noisy machine makes of an exponent of 1


@dataclass(frozen=True)
class Curve:
    """Holds how a cost grows with something.

    Args:
        name: of what grows.
        cost: what is measured.
        at: ascending.
        costs: microseconds, for each.
    """

    name: str
    cost: str
    at: list[int]
    costs: list[float]

    @property
    def exponent(self) -> float:
        """Returns the steepest slope, on log-log axes, between a point and one at least four times further out.

        A fixed cost in front of a line only makes it flatter, so a line has an exponent of at most 1.
        """
        points = [(x, y) for x, y in zip(self.at, self.costs, strict=True) if x > 0]
        slopes = [
            math.log(far_y / near_y) / math.log(far_x / near_x)
            for near_x, near_y in points
            for far_x, far_y in points
            if far_x >= 4 * near_x
        ]
        return max(slopes)

    @property
    def linear(self) -> bool:
        """Returns True if the curve grows no faster than a line."""
        return self.exponent <= TOLERANCE
