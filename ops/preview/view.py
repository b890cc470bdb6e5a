"""Shows a producer what becomes of the fields of a file. Paths and kinds are shown, never a value."""

from collections import Counter
from typing import Any

from ops import console
from ops.files import known_events
from ops.preview.coverage import Coverage


def document(coverage: Coverage) -> dict[str, Any]:
    """Returns the result in the form for programs."""
    return {
        "events": coverage.events,
        "refused": [{"place": place, "code": code, "message": why} for place, code, why in coverage.refused],
        "fields": [
            {"path": each.path, "becomes": each.outcome, "seen": seen}
            for each, seen in sorted(coverage.fields.items())
        ],
        "coverage": coverage.outcomes(),
        "warnings": [
            {"path": each.path, "did_you_mean": each.meant, "seen": seen}
            for each, seen in sorted(coverage.misspelt.items())
        ],
    }


def tables(coverage: Coverage) -> None:
    """Prints every path with what becomes of it, the share of each outcome, what looks misspelt, and what is refused.

    Of a file whose events would all be refused there is no table of fields.
    """
    if coverage.fields:
        _published(coverage)
    if coverage.misspelt:
        rows = [
            [each.path, each.meant, console.number(seen)] for each, seen in sorted(coverage.misspelt.items())
        ]
        console.table("unknown fields that look misspelt", ["path", "did you mean", "seen"], rows)
    if coverage.refused:
        console.table("would be dead letters", ["place", "code", "message"], coverage.refused)
        if known := known_events(code for _, code, _ in coverage.refused):
            console.line(known)
    console.line(
        f"{console.number(coverage.events)} events, {console.number(len(coverage.refused))} would be dead letters"
    )


def _published(coverage: Coverage) -> None:
    rows = [[each.path, each.outcome, console.number(seen)] for each, seen in sorted(coverage.fields.items())]
    console.table("fields", ["path", "becomes", "seen"], rows)
    outcomes = coverage.outcomes()
    total = sum(outcomes.values())
    paths = Counter(each.outcome for each in coverage.fields)
    shares = [
        [outcome, console.number(paths[outcome]), console.number(seen), f"{100 * seen / total:.1f} %"]
        for outcome, seen in outcomes.items()
    ]
    console.table("coverage", ["becomes", "paths", "seen", "share"], shares)
