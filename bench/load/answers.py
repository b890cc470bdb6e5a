"""Checks an answer: its status must be expected, and it may hold no card number or other raw value."""

from collections.abc import Collection, Iterable

from local.data.customers import TEST_CARDS
from local.demo.leaks import LeakSearch

LEAK = "a raw value is in the answer"


class Leaks:
    """Finds the raw values of an order; card numbers of every order, as all are test cards."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._search = LeakSearch({*values, *TEST_CARDS})

    def in_text(self, text: str) -> bool:
        """Returns True if a text holds one of the values."""
        return bool(self._search.find(text.encode()))


ANY_CARD = Leaks()


def fault(status: int, text: str, expected: Collection[int], leaks: Leaks = ANY_CARD) -> str | None:
    """Returns what is wrong with an answer, None if nothing is. It never repeats a value.

    Args:
        status: HTTP's, 0 if there was no answer.
        text: the body.
        expected: the statuses that are right.
        leaks: what must not be in it.
    """
    if leaks.in_text(text):
        return LEAK
    return None if status in expected else f"status {status}"
