"""How long an invocation may still work, and when to try again within that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

_FIRST_WAIT = 0.05
_LONGEST_WAIT = 2.0


@dataclass(frozen=True, slots=True)
class Budget:
    """The time that is left.

    Args:
        remaining: seconds until the invocation must have answered, its own safety margin taken off.
        sleep: waits for some seconds.
        random: source of the jitter.
    """

    remaining: Callable[[], float]
    sleep: Callable[[float], None] = field(repr=False)
    random: Random = field(repr=False, default_factory=Random)

    def attempts(self, most: int = 8) -> Iterator[int]:
        """Count attempts, waiting before each but the first.

        Exponential backoff with full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter"); ends
        when the next wait would outlast the budget. botocore retries whole calls; this is for what a call
        left undone.
        """
        yield 0
        for attempt in range(1, most):
            wait = self.random.uniform(0, min(_LONGEST_WAIT, _FIRST_WAIT * 2**attempt))
            if wait >= self.remaining():
                return
            self.sleep(wait)
            yield attempt
