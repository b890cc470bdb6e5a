"""Writes the rates as the tables of docs/guard.md."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.guard_rates.rates import AIM_HIT, AIM_MISSED


def tables(rows: Sequence[Mapping[str, Any]]) -> str:
    """Returns three tables: how often sensitive classes are missed, how often harmless ones are hit, and what isn't claimed."""
    return "\n\n".join(
        _table([row for row in rows if (row["sensitive"], row["claimed"]) == kind], wrong, aim)
        for kind, wrong, aim in (
            ((True, True), "missed", AIM_MISSED),
            ((False, True), "hit", AIM_HIT),
            ((True, False), "missed, not claimed", None),
        )
    )


def _table(rows: Sequence[Mapping[str, Any]], wrong: str, aim: float | None) -> str:
    with_peer = all("presidio" in row for row in rows)
    header = [
        *("class", "texts", wrong, "95 % interval"),
        *([] if aim is None else [f"at most {aim:.0%}"]),
        *(["Presidio"] if with_peer else []),
    ]
    lines = [header, ["---"] * len(header)]
    for row in rows:
        guard = row["guard"]
        lines.append(
            [
                row["class"],
                f"{row['samples']:,}",
                _percent(guard["wrong"] / row["samples"]),
                f"{_percent(guard['low'])} to {_percent(guard['high'])}",
                *([] if aim is None else ["yes" if guard["high"] <= aim else "no"]),
                *([_percent(row["presidio"]["wrong"] / row["samples"])] if with_peer else []),
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _percent(share: float) -> str:
    return f"{share:.1%}"
