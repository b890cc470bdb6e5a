"""Decides how long an invocation may still work, and when it tries again within that time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

_FIRST_WAIT = 0.05
_LONGEST_WAIT = 2.0


@dataclass(frozen=True, slots=True)
class Budget:
    """Measures the time that is left for work.

    Args:
        remaining: returns the seconds in which work may still be started. That is the time until the invocation must
            answer, less the longest that one call can take.
        sleep: waits for a number of seconds.
        random: the source of jitter.
    """

    remaining: Callable[[], float]
    sleep: Callable[[float], None] = field(repr=False)
    random: Random = field(repr=False, default_factory=Random)

    @property
    def spent(self) -> bool:
        """Returns True if no more work may be started."""
        return self.remaining() <= 0

    def keeping(self, seconds: float) -> "Budget":
        """Returns a budget that ends some seconds earlier, to leave them for a later step."""
        return replace(self, remaining=lambda: self.remaining() - seconds)

    def attempts(self, most: int = 12) -> Iterator[int]:
        """Yields attempt numbers and waits before each but the first. Yields none if the budget is spent.

        The waits follow exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter").
        The attempts end if the next wait would outlast the budget. botocore's own retries are off wherever this is
        used.
        """
        if self.spent:
            return
        yield 0
        for attempt in range(1, most):
            wait = self.random.uniform(0, min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt))
            if wait >= self.remaining():
                return
            self.sleep(wait)
            yield attempt
