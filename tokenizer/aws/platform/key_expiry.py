"""Drops plaintext keys whose time is over without waiting for their next use.

Nothing runs in a function between its invocations, so `handlers.runtime` drops them at the beginning and the end of
each. A key may stay longer in the memory of a function that is idle. Dropping removes the last reference; CPython frees
the memory when it likes and doesn't overwrite it, because bytes can't be changed.
"""

from typing import Protocol
from weakref import WeakSet


class Holder(Protocol):
    """Holds plaintext keys for a limited time."""

    def drop_expired(self) -> None:
        """Drops the keys whose time is over."""


_holders: WeakSet[Holder] = WeakSet()


def watch(holder: Holder) -> None:
    """Registers a holder, so that its keys are dropped in time. It doesn't keep the holder alive."""
    _holders.add(holder)


def drop_expired() -> None:
    """Makes every holder drop the keys whose time is over."""
    for holder in tuple(_holders):
        holder.drop_expired()
