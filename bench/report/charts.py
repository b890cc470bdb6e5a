"""Draws charts as SVG by hand: a few lines and labels need no plotting library."""

import math
from collections.abc import Iterable
from html import escape
from typing import Any

from bench.engine.measure import MIXES

_WIDTH, _HEIGHT, _LEFT, _TOP = 300, 200, 58, 30
_COLOURS = ("#2563a8", "#c2571a")
_STYLE = "text{font:11px sans-serif;fill:#333}.t{font-weight:bold}.a{stroke:#999;fill:none}.g{stroke:#ccc;stroke-dasharray:3}"


def charts(results: dict[str, Any]) -> dict[str, str]:
    """Returns the charts whose suites were measured, by name."""
    drawn = {}
    if "growth" in results:
        drawn["growth"] = _growth(results["growth"])
    if "stages" in results:
        drawn["stages"] = _stages(results["stages"])
    return drawn


def _svg(width: float, height: float, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}">\n'
        f'<style>{_STYLE}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _text(x: float, y: float, text: str, *, anchor: str = "start", kind: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{kind}">{escape(text)}</text>'


def _growth(curves: dict[str, Any]) -> str:
    """Returns a panel for each curve, both axes logarithmic; the dashed line shows linear growth."""
    drawn = [(name, curve) for name, curve in curves.items() if name != "run"]
    parts: list[str] = []
    for at, (name, curve) in enumerate(drawn):
        left, top = at % 3 * (_WIDTH + _LEFT + 10) + _LEFT, at // 3 * (_HEIGHT + 80) + _TOP
        parts += _panel(left, top, name, curve)
    return _svg(3 * (_WIDTH + _LEFT + 10), -(-len(drawn) // 3) * (_HEIGHT + 80), parts)


def _panel(left: float, top: float, name: str, curve: dict[str, Any]) -> Iterable[str]:
    points = [(x, y) for x, y in zip(curve["at"], curve["costs"], strict=True) if x > 0]
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    least, most = min(*ys, max(ys) - 1), max(ys) + 0.1
    across = _WIDTH / (xs[-1] - xs[0])
    up = _HEIGHT / (most - least)

    def place(x: float, y: float) -> tuple[float, float]:
        return left + (x - xs[0]) * across, top + (most - max(y, least)) * up

    yield f'<rect x="{left}" y="{top}" width="{_WIDTH}" height="{_HEIGHT}" class="a"/>'
    yield _text(left, top - 8, f"{curve['cost']} by {name}", kind="t")
    steps = max(0.0, min(xs[-1] - xs[0], ys[-1] - least))
    (x1, y1), (x2, y2) = place(xs[-1] - steps, ys[-1] - steps), place(xs[-1], ys[-1])
    yield f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="g"/>'
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(x, y) for x, y in zip(xs, ys, strict=True)))
    yield f'<polyline points="{line}" fill="none" stroke="{_COLOURS[0]}" stroke-width="2"/>'
    for (x, y), (value, cost) in zip((place(x, y) for x, y in zip(xs, ys, strict=True)), points, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_COLOURS[0]}"/>'
        yield _text(x, top + _HEIGHT + 14, f"{value:,}", anchor="middle")
        if (value, cost) in (points[0], points[-1]):
            yield _text(left - 4, y + 4, _time(cost), anchor="end")
    yield _text(left, top + _HEIGHT + 32, f"steepest exponent {curve['exponent']:.2f}; dashed: linear")


def _time(microseconds: float) -> str:
    return f"{microseconds / 1000:.3g} ms" if microseconds >= 1000 else f"{microseconds:.0f} us"  # noqa: PLR2004


def _stages(found: dict[str, Any]) -> str:
    """Returns a bar for each stage and mix."""
    names = list(found[[*MIXES][1]]["microseconds_per_order"])
    longest = max(max(found[mix]["microseconds_per_order"].values()) for mix in MIXES)
    parts = [_text(10, 18, "CPU us per order by stage, batches of 100", kind="t")]
    for row, name in enumerate(names):
        top = 30 + row * 34
        parts.append(_text(180, top + 17, name, anchor="end"))
        for at, mix in enumerate(MIXES):
            value = found[mix]["microseconds_per_order"].get(name, 0.0)
            wide = value / longest * 420
            parts.append(
                f'<rect x="188" y="{top + at * 13}" width="{wide:.1f}" height="12" fill="{_COLOURS[at]}"/>'
            )
            parts.append(_text(192 + wide, top + 10 + at * 13, f"{value:.0f}"))
    for at, mix in enumerate(MIXES):
        top = 34 + len(names) * 34 + at * 16
        parts.append(f'<rect x="188" y="{top}" width="12" height="12" fill="{_COLOURS[at]}"/>')
        parts.append(_text(204, top + 10, mix))
    return _svg(660, 80 + len(names) * 34, parts)
