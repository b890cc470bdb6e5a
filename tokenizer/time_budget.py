"""How long an invocation may still work, and when to try again within that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

_FIRST_WAIT = 0.05
_LONGEST_WAIT = 2.0


@dataclass(frozen=True, slots=True)
class Budget:
    """The time that is left.

    Args:
        remaining: seconds in which work may still be started: until the invocation must have answered, less what one
            call can take at the worst.
        sleep: waits for some seconds.
        random: source of the jitter.
    """

    remaining: Callable[[], float]
    sleep: Callable[[float], None] = field(repr=False)
    random: Random = field(repr=False, default_factory=Random)

    @property
    def spent(self) -> bool:
        """Whether nothing more may be started."""
        return self.remaining() <= 0

    def keeping(self, seconds: float) -> "Budget":
        """A budget that ends earlier, so that as much is left for what comes after."""
        return replace(self, remaining=lambda: self.remaining() - seconds)

    def attempts(self, most: int = 12) -> Iterator[int]:
        """Count attempts, waiting before each but the first; none at all once the budget is spent.

        Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"); ends
        when the next wait would outlast the budget. botocore's own retries are off where this is used.
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
