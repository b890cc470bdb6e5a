"""The results as tables: the same rows on a terminal and in `docs/performance.md`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.capacity.article import article_dollars
from bench.capacity.facts import demand
from bench.capacity.limits import broken, cells, limits
from bench.capacity.model import planned
from bench.engine.measure import BATCHES, MIXES
from bench.targets import TARGETS

Results = dict[str, Any]

_RATES = (100, 10_000, 1_000_000)  # orders per second
_BYTES = 1_200  # of a raw order


@dataclass(frozen=True)
class Sheet:
    """A table.

    Args:
        name: by which the docs find its place.
        title: above it.
        head: of the columns; the first is text, the others figures.
    """

    name: str
    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]

    def markdown(self) -> str:
        """As it stands in the docs."""
        lines = [self.head, ("---", *("---:" for _ in self.head[1:])), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def sheets(results: Results) -> list[Sheet]:
    """Every table whose sections were measured."""
    return [make(results) for needed, make in _MAKERS.items() if all(each in results for each in needed)]


def number(value: float) -> str:
    """A figure with three digits that count."""
    if value == 0:
        return "0"
    if abs(value) >= 100:  # noqa: PLR2004 -- three digits before the point
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _targets(results: Results) -> Sheet:
    rows = []
    for each in TARGETS:
        sign = "at least" if each.least else "at most"
        measured = f"{number(each.measured(results))} {each.unit}".strip()
        wanted = f"{sign} {number(each.wanted)} {each.unit}".strip()
        rows.append((each.name, measured, wanted, "met" if each.met(results) else "**missed**"))
    return Sheet("targets", "Targets", ("figure", "measured", "must be", ""), rows)


def _engine(results: Results) -> Sheet:
    rows = []
    for size in BATCHES:
        found = results["engine"]["batches"][str(size)]
        for name in (*MIXES, "floor"):
            cpu, wall = found[name]["cpu"], found[name]["wall"]
            rows.append(
                (
                    f"{name}, batches of {size}",
                    number(cpu["median"]),
                    f"{number(cpu['low'])} to {number(cpu['high'])}",
                    number(wall["median"]),
                    number(found[name]["orders_per_second_and_core"]),
                    number(found.get(f"{name} to floor", 1.0)),
                )
            )
    head = ("", "CPU us", "low to high", "wall us", "orders/s and core", "times the floor")
    return Sheet("engine", "Engine: time per order, network stubbed", head, rows)


def _stages(results: Results) -> Sheet:
    found = {name: results["stages"][name] for name in MIXES}
    names = next(iter(found.values()))["microseconds_per_order"]
    names = [*names, *(each for each in found[[*MIXES][1]]["microseconds_per_order"] if each not in names)]
    rows = [
        (stage, *(number(each["microseconds_per_order"].get(stage, 0)) for each in found.values()))
        for stage in names
    ]
    rows.append(("sum", *(number(each["sum"]) for each in found.values())))
    rows.append(
        (
            "the same batches without stopwatches",
            *(number(each["without stopwatches"]) for each in found.values()),
        )
    )
    return Sheet("stages", "CPU us per order by stage, batches of 100", ("stage", *MIXES), rows)


def _counts(results: Results) -> Sheet:
    found = [results["counts"][name] for name in MIXES]
    named = {
        "vault items": "vault_items_per_order",
        "DynamoDB calls": "dynamodb_per_order",
        "write units": "write_units_per_order",
        "read units": "read_units_per_order",
        "PutEvents calls": "put_events_per_order",
        "KMS calls per 10,000 orders": "kms_per_10000_orders",
    }
    rows = [(shown, *(number(each[name]) for each in found)) for shown, name in named.items()]
    return Sheet("counts", "Asked of AWS per order, batches of 100", ("", *MIXES), rows)


def _peers(results: Results) -> Sheet:
    rows = []
    for name, each in results["peers"]["ways"].items():
        asked = each["asked of AWS per order"]
        calls = sum(count for call, count in asked.items() if "." in call)
        rows.append(
            (
                name,
                number(each["cpu"]["median"]),
                f"{number(each['cpu']['low'])} to {number(each['cpu']['high'])}",
                number(each["times ours"]),
                number(calls),
                number(asked["write units"]),
            )
        )
    head = ("", "CPU us per order", "low to high", "times ours", "AWS calls per order", "write units")
    return Sheet("peers", "Beside what people use: five fields, batches of 100", head, rows)


def _cold_start(results: Results) -> Sheet:
    rows = []
    for name in ("compiled", "not compiled"):
        for what in ("import_seconds", "import_and_first_batch_seconds"):
            each = results["cold_start"][name][what]
            shown = what.removesuffix("_seconds").replace("_", " ")
            rows.append(
                (
                    f"{shown}, {name}",
                    number(each["median"]),
                    f"{number(each['low'])} to {number(each['high'])}",
                )
            )
    title = f"Cold start, CPU seconds, Python {results['cold_start']['python']}"
    return Sheet("cold_start", title, ("", "median", "low to high"), rows)


def _growth(results: Results) -> Sheet:
    rows = [
        (
            name,
            ", ".join(str(at) for at in each["at"]),
            ", ".join(number(cost) for cost in each["costs"]),
            f"{each['exponent']:.2f}",
            "yes" if each["linear"] else "**no**",
        )
        for name, each in results["growth"].items()
        if name != "run"
    ]
    head = ("what grows", "at", "CPU us", "steepest exponent", "no worse than linear")
    return Sheet("growth", "How it grows", head, rows)


def _simulation(results: Results) -> Sheet:
    rows = [
        (
            name,
            number(each["backlog"]["simulated"]),
            number(each["backlog"]["model"]),
            number(each["drain_seconds"]["simulated"]),
            number(each["drain_seconds"]["model"]),
            "yes" if each["agree"] else "**no**",
        )
        for name, each in results["simulation"]["scenarios"].items()
    ]
    head = ("", "backlog, simulated", "model", "seconds to drain, simulated", "model", "agree")
    return Sheet("simulation", "The model beside a simulation of eight shards", head, rows)


def _capacity(results: Results) -> Sheet:
    asked = demand([*MIXES][1], _BYTES, results)
    theirs = sum(article_dollars(results).values())
    rows = []
    for rate in _RATES:
        plan = planned(asked, rate)
        met = broken(asked, plan)
        rows.append(
            (
                f"{rate:,}",
                f"{plan.shards:,}",
                number(plan.environments),
                number(plan.calls["KMS"]),
                number(sum(plan.writes.values())),
                number(plan.calls["EventBridge"]),
                f"{plan.dollars_per_million:.2f}",
                f"{theirs:.2f}",
                met[-1].name if met else "nothing",
                f"{cells(asked, rate):,}",
            )
        )
    head = (
        "orders per second",
        "shards",
        "environments",
        "KMS/s",
        "write units/s",
        "PutEvents/s",
        "dollars per million",
        "the article's",
        "highest limit met",
        "cells",
    )
    return Sheet("capacity", "Capacity: two of five consistent, orders of 1,200 bytes", head, rows)


def _limits(results: Results) -> Sheet:
    asked = demand([*MIXES][1], _BYTES, results)
    rows = [(each.name, number(each.orders), each.then) for each in limits(asked)]
    head = ("default quota", "orders per second that meet it", "what to do then")
    return Sheet("limits", "What breaks, in order", head, rows)


def _end_to_end(results: Results) -> Sheet:
    found = results["end_to_end"]
    rows = [("orders per second, all at once", number(found["orders_per_second"]), "", "")]
    rows += [(f"CPU seconds of {who}", number(s), "", "") for who, s in found["cpu_seconds"].items()]
    for title, latency in (
        (f"at {found['trickle']['per_second']} orders a second", found["trickle"]["latency"]),
        ("all at once", found["flood_latency"]),
    ):
        for name, each in latency.items():
            rows.append((f"{title}: {name}, s", *(number(each[p]) for p in ("p50", "p95", "p99"))))
    title = f"End to end on the local stack: {found['orders']:,} orders"
    return Sheet("end_to_end", title, ("", "p50, or the figure", "p95", "p99"), rows)


_MAKERS: dict[tuple[str, ...], Callable[[Results], Sheet]] = {
    ("engine", "counts", "peers", "cold_start", "memory"): _targets,
    ("engine",): _engine,
    ("stages",): _stages,
    ("counts",): _counts,
    ("peers",): _peers,
    ("cold_start",): _cold_start,
    ("growth",): _growth,
    ("engine", "counts", "peers", "simulation"): _capacity,
    ("engine", "counts"): _limits,
    ("simulation",): _simulation,
    ("end_to_end",): _end_to_end,
}
