"""Counts what an invocation asked of AWS, for the metrics that its handler writes at the end."""

from collections import Counter

RETRIED = "retried"

_counts: Counter[str] = Counter()


def count(name: str, times: int = 1) -> None:
    """Count calls of a service, or entries that were sent again."""
    _counts[name] += times


def take() -> dict[str, int]:
    """What was counted since the last time, by service name or `RETRIED`."""
    taken = dict(_counts)
    _counts.clear()
    return taken
