"""Runs calls to AWS side by side, or one after the other."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R")

AT_ONCE = 10  # as many connections as botocore keeps for a client


class Workers(Protocol):
    """Makes several calls."""

    def each(self, call: Callable[[T], R], given: Sequence[T]) -> list[R]:
        """Returns what a call returns for each argument, in the order of the arguments."""
        ...


class InTurn:
    """Makes one call after the other."""

    def each(self, call: Callable[[T], R], given: Sequence[T]) -> list[R]:
        """Returns what a call returns for each argument, in the order of the arguments."""
        return [call(each) for each in given]


class Threads:
    """Makes calls side by side, in a limited number of threads, which are kept for later calls."""

    def __init__(self, most: int = AT_ONCE) -> None:
        """Starts no thread yet. `most` calls run at once."""
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="call")

    def each(self, call: Callable[[T], R], given: Sequence[T]) -> list[R]:
        """Returns what a call returns for each argument, in the order of the arguments."""
        return list(self._pool.map(call, given)) if len(given) > 1 else [call(each) for each in given]
