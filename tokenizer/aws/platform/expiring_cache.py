"""What is made of the token keys: kept between invocations, dropped when its time is over, and made of keys opened anew.

So a plaintext key has a bound, a revoked permission stops working, and a new version of a key is known everywhere long before it
begins (`token_keys.LEAD`).
"""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from tokenizer.aws.platform import key_expiry

KEPT = 300.0  # seconds that opened keys are used
T = TypeVar("T")


class ExpiringCache(Generic[T]):
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
        key_expiry.watch(self)

    def current(self) -> T:
        """The present one.

        Raises:
            PipelineError: it could not be made; the one before is dropped all the same.
        """
        now = self._now()
        self.drop_expired()
        made = self._made
        if made is None:
            made = self._made = self._make()
            self._at = now
        return made

    def drop_expired(self) -> None:
        """Let go of what was made if its time is over, and of the keys in it."""
        if not 0 <= self._now() - self._at < self._seconds:
            self._made = None
