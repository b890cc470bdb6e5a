"""Shows a producer what becomes of the fields of a file. Values are shown only in events that were asked for."""

import json
from collections import Counter
from typing import Any

import simplejson

from ops import console
from ops.files import known_events
from ops.preview.coverage import Coverage, Pair
from tokenizer import json_text


def document(coverage: Coverage) -> dict[str, Any]:
    """Returns the result in the form for programs. Events are JSON texts, in which numbers keep their digits."""
    shown = [
        {"place": place, "raw": raw.decode("utf-8-sig"), "sanitized": sanitized.decode()}
        for place, raw, sanitized in coverage.pairs
    ]
    return {
        "events": coverage.events,
        "refused": [{"place": place, "code": code, "message": why} for place, code, why in coverage.refused],
        "fields": [
            {"path": each.path, "becomes": each.outcome, "category": each.category, "seen": seen}
            for each, seen in sorted(coverage.fields.items())
        ],
        "coverage": coverage.outcomes(),
        "summary": coverage.summary(),
        "warnings": [
            {"path": each.path, "did_you_mean": each.meant, "seen": seen}
            for each, seen in sorted(coverage.misspelt.items())
        ],
        **({"sanitized": shown} if shown else {}),
    }


def tables(coverage: Coverage) -> None:
    """Prints every path with what becomes of it, the share of each outcome, what looks misspelt, and what is refused.

    Of a file whose events would all be refused there is no table of fields.
    """
    for pair in coverage.pairs:
        _event(pair)
    if coverage.fields:
        _published(coverage)
    if coverage.misspelt:
        rows = [
            [each.path, each.meant, console.number(seen)] for each, seen in sorted(coverage.misspelt.items())
        ]
        console.table("unknown fields that look misspelt", ["path", "did you mean", "seen"], rows)
    if coverage.refused:
        console.table("would be dead letters", ["place", "code", "message"], coverage.refused)
        for known in known_events(code for _, code, _ in coverage.refused):
            console.line(known)
    letters = console.counted(len(coverage.refused), "dead letter")
    console.line(f"{console.counted(coverage.events, 'event')} would make {letters}")


def _published(coverage: Coverage) -> None:
    rows = [
        [each.path, each.outcome, each.category, console.number(seen)]
        for each, seen in sorted(coverage.fields.items())
    ]
    console.table("fields", ["path", "becomes", "category", "seen"], rows)
    outcomes = coverage.outcomes()
    total = sum(outcomes.values())
    paths = Counter(each.outcome for each in coverage.fields)
    shares = [
        [outcome, console.number(paths[outcome]), console.number(seen), f"{100 * seen / total:.1f} %"]
        for outcome, seen in outcomes.items()
    ]
    console.table("coverage", ["becomes", "paths", "seen", "share"], shares)
    counts = (f"{console.number(seen)} {share}" for share, seen in coverage.summary().items())
    console.line(f"fields: {', '.join(counts)}")


def _event(pair: Pair) -> None:
    """Prints an event as it would be sent, and below it as it would be published."""
    where = f"{pair.place}, " if pair.place else ""
    for name, data in (("raw", pair.raw), ("sanitized", pair.sanitized)):
        console.line(f"{where}{name}:")
        text = simplejson.dumps(json_text.parse(data), use_decimal=True, ensure_ascii=False, indent=2)
        console.line("\n".join(map(_printable, text.split("\n"))))


def _printable(line: str) -> str:
    """Returns a line of JSON with an escape for each character that a terminal might obey, or not show."""
    if line.isprintable():
        return line
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in line)
