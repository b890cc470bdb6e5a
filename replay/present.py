"""Shows letters and the results of a run to an operator, in tables."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ops.console import counted, line, number, table
from replay.letters import Letter
from replay.runner import SPLIT
from replay.selection import short_length

_AGES = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_REASONS = 20
UNAVAILABLE = "unavailable"
DONE = frozenset({"published", "skipped", SPLIT})


def groups(numbers: Counter[tuple[str, str, str]]) -> None:
    """Prints the number of letters by code, source and age."""
    rows = [[code, source, age, number(letters)] for (code, source, age), letters in sorted(numbers.items())]
    table("dead letters", ["code", "source", "age", "letters"], rows)


def letters(found: Sequence[Letter], length: int) -> None:
    """Prints a line for each letter, with as many characters of its id as tell it from the others."""
    rows = [
        [
            each.letter_id[:length],
            each.code,
            each.source,
            age(each.arrived_at),
            str(each.records),
            each.message,
        ]
        for each in found
    ]
    table("letters", ["id", "code", "source", "age", "records", "message"], rows, whole=1)


def held(letters_held: int) -> None:
    """Says how many letters are in flight, if any are: nobody else sees them."""
    if letters_held:
        verb, back = (
            ("is", "it comes back if it is") if letters_held == 1 else ("are", "they come back if they are")
        )
        line(f"{number(letters_held)} more {verb} held by somebody else; {back} not replayed")


def results(statuses: Mapping[str, int], each_result: Sequence[Mapping[str, Any]]) -> None:
    """Prints how many letters had each result, and the failures by reason with the id of one."""
    rows = [[name, number(letters_of)] for name, letters_of in sorted(statuses.items())]
    table("replayed", ["result", "letters"], rows)
    if apart := [each for each in each_result if each["status"] == SPLIT]:
        bad = sum(each["letters"] for each in apart)
        line(f"{counted(bad, 'record')} of split letters failed; each has a letter of its own on the queue")
    by_reason: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in each_result:
        if each["status"] not in DONE:
            reason = (each["status"], each.get("code", ""), each.get("message", ""))
            by_reason[reason].append(str(each.get("id") or each.get("message_id")))
    if not by_reason:
        return
    length = short_length([letter_id for ids in by_reason.values() for letter_id in ids])
    most_first = sorted(by_reason.items(), key=lambda reason: (-len(reason[1]), reason[0]))
    rows = [
        [ids[0][:length], number(len(ids)), status, code, message]
        for (status, code, message), ids in most_first
    ]
    heads = ["such as", "letters", "result", "code", "message"]
    table("stay on the queue, by reason", heads, rows[:_REASONS], whole=1)
    if len(rows) > _REASONS:
        line(f"... and {counted(len(rows) - _REASONS, 'more reason')}; --json has every letter")
    line(_next_step(most_first, {str(each["id"]) for each in each_result if each.get("id")}, length))


def _next_step(
    reasons: Sequence[tuple[tuple[str, str, str], list[str]]], letter_ids: Collection[str], length: int
) -> str:
    """Returns what to type next. Neither an outage nor a message that never was a letter can be shown."""
    wrong = [ids[0] for (status, _, _), ids in reasons if status != UNAVAILABLE]
    if not wrong:
        return "nothing is wrong with these: `order-tokenizer status` shows what doesn't answer"
    shown = next((each for each in wrong if each in letter_ids), None)
    if shown is None:
        return "`replay list` shows the letters that these became"
    return f"`replay show {shown[:length]}` shows what is wrong with one"


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
