"""Counts what an invocation asked of AWS, for the metrics that its handler writes at the end."""

from collections import Counter

RETRIED = "retried"

_counts: Counter[str] = Counter()


def count(name: str, times: int = 1) -> None:
    """Count calls of a service, or entries that were sent again."""
    _counts[name] += times


def take(*names: str) -> dict[str, int]:
    """What was counted since the last time, by service name, `RETRIED` or signal; of some names alone where they are given."""
    return {name: _counts.pop(name) for name in names or tuple(_counts) if name in _counts}
