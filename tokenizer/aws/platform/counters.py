"""Counts an invocation's calls to AWS, for the metrics that its handler writes at the end."""

from collections import Counter
from threading import Lock

RETRIED = "retried"

_counts: Counter[str] = Counter()
_one_at_a_time = Lock()  # some calls run side by side


def count(name: str, times: int = 1) -> None:
    """Counts calls of a service, or entries that were sent again."""
    with _one_at_a_time:
        _counts[name] += times


def take(*names: str) -> dict[str, int]:
    """Returns and resets the counts since the last call, all of them or those with the given names."""
    return {name: _counts.pop(name) for name in names or tuple(_counts) if name in _counts}
