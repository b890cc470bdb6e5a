"""Whatever holds a plaintext key, so that one whose bounds are over is dropped without waiting for its next use.

Nothing runs in a function between its invocations, so `handlers.runtime` has them dropped first and last in each. A key may lie
longer in the memory of a function that stands still, until it runs again or Lambda throws it away. To drop is to let go of: CPython
gives the memory back when it likes and overwrites none of it, since bytes can't be changed.
"""

from typing import Protocol
from weakref import WeakSet


class Holder(Protocol):
    """Holds plaintext keys for as long as their bounds allow."""

    def drop_expired(self) -> None:
        """Let go of the keys that may not be used any more."""


_holders: WeakSet[Holder] = WeakSet()


def watch(holder: Holder) -> None:
    """Have a holder's keys dropped in time, for as long as somebody else holds on to it."""
    _holders.add(holder)


def drop_expired() -> None:
    """Have every holder let go of the keys that may not be used any more."""
    for holder in tuple(_holders):
        holder.drop_expired()
