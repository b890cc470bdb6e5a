"""Writes the rates as the tables of docs/guard.md."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.guard_rates.rates import AIM_HIT, AIM_MISSED


def tables(rows: Sequence[Mapping[str, Any]]) -> str:
    """Returns two tables: how often sensitive classes are missed, and how often harmless ones are hit."""
    return "\n\n".join(
        _table([row for row in rows if row["sensitive"] is sensitive], wrong, aim)
        for sensitive, wrong, aim in ((True, "missed", AIM_MISSED), (False, "hit", AIM_HIT))
    )


def _table(rows: Sequence[Mapping[str, Any]], wrong: str, aim: float) -> str:
    with_peer = all("presidio" in row for row in rows)
    header = ["class", "texts", wrong, "95 % interval", f"at most {aim:.0%}"] + (
        ["Presidio"] if with_peer else []
    )
    lines = [header, ["---"] * len(header)]
    for row in rows:
        guard = row["guard"]
        lines.append(
            [
                row["class"],
                f"{row['samples']:,}",
                _percent(guard["wrong"] / row["samples"]),
                f"{_percent(guard['low'])} to {_percent(guard['high'])}",
                "yes" if guard["high"] <= aim else "no",
                *([_percent(row["presidio"]["wrong"] / row["samples"])] if with_peer else []),
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _percent(share: float) -> str:
    return f"{share:.1%}"
