"""Shows letters to an operator in tables."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from ops.console import table
from replay.letters import Letter

_AGES = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def groups(counted: Counter[tuple[str, str, str]]) -> None:
    """Prints the number of letters by code, source and age."""
    rows = [[code, source, age, f"{number:,}"] for (code, source, age), number in sorted(counted.items())]
    table("dead letters", ["code", "source", "age", "letters"], rows)


def letters(found: Sequence[Letter]) -> None:
    """Prints a line for each letter."""
    rows = [
        [each.letter_id, each.code, each.source, age(each.arrived_at), str(each.records), each.message]
        for each in found
    ]
    table("letters", ["id", "code", "source", "age", "records", "message"], rows)


def age(moment: datetime | None) -> str:
    """Returns the time since a moment in the largest unit that fits."""
    if moment is None:
        return "unknown"
    seconds = max(0, int((datetime.now(UTC) - moment).total_seconds()))
    return next((f"{seconds // size}{unit}" for size, unit in _AGES if seconds >= size), "0s")


def age_class(moment: datetime | None) -> str:
    """Returns an age to group by: under an hour, a day, a week, or over a week."""
    if moment is None:
        return "unknown"
    seconds = (datetime.now(UTC) - moment).total_seconds()
    bounds = ((3600, "under 1h"), (86_400, "under 1d"), (7 * 86_400, "under 7d"))
    return next((name for bound, name in bounds if seconds < bound), "over 7d")
