"""What is made of the token keys: kept between invocations, dropped when its time is over, and made of keys opened anew.

So a plaintext key has a bound, a revoked permission stops working, and a new version of a key is known everywhere long before it
begins (`token_keys.LEAD`).
"""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from tokenizer.aws.token_keys import KEPT

T = TypeVar("T")


class Renewed(Generic[T]):
    """Something that is made again and again."""

    def __init__(
        self, make: Callable[[], T], seconds: float = KEPT, now: Callable[[], float] = time.time
    ) -> None:
        """What `make` makes, for so many seconds; the wall clock counts, since another may stand still while Lambda freezes."""
        self._make = make
        self._seconds = seconds
        self._now = now
        self._made: T | None = None
        self._at = 0.0

    def current(self) -> T:
        """The present one.

        Raises:
            PipelineError: it could not be made; the one before is dropped all the same.
        """
        now = self._now()
        made = self._made if 0 <= now - self._at < self._seconds else None
        if made is None:
            self._made = None
            made = self._made = self._make()
            self._at = now
        return made
