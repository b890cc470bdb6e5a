"""Keeps objects that are made from the token keys between invocations, for a limited time.

The limit bounds the life of a plaintext key. It also makes a revoked permission take effect, and makes a new version of
a key known everywhere long before it begins (`token_keys.LEAD`).
"""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

from tokenizer.aws.platform import key_expiry

KEPT = 300.0  # seconds that opened keys are used
T = TypeVar("T")


class ExpiringCache(Generic[T]):
    """Holds an object that is made again when its time is over."""

    def __init__(
        self, make: Callable[[], T], seconds: float = KEPT, now: Callable[[], float] = time.time
    ) -> None:
        """Keeps what `make` returns for some seconds of wall clock; other clocks may stop while Lambda is frozen."""
        self._make = make
        self._seconds = seconds
        self._now = now
        self._made: T | None = None
        self._at = 0.0
        key_expiry.watch(self)

    def current(self) -> T:
        """Returns the object, after making it again if necessary.

        Raises:
            PipelineError: it could not be made. The previous one is dropped anyway.
        """
        now = self._now()
        self.drop_expired()
        made = self._made
        if made is None:
            made = self._made = self._make()
            self._at = now
        return made

    def drop_expired(self) -> None:
        """Drops the object and the keys in it if its time is over."""
        if not 0 <= self._now() - self._at < self._seconds:
            self._made = None
