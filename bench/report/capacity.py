"""Makes the tables of capacity and cost, of the simulation, and of the local stack."""

from bench.capacity.article import article_dollars
from bench.capacity.facts import demand
from bench.capacity.limits import broken, cells
from bench.capacity.limits import limits as in_order
from bench.capacity.model import planned
from bench.engine.measure import MIXES
from bench.report.table import Results, ResultTable, number

_RATES = (100, 10_000, 1_000_000)  # orders per second
_BYTES = 1_200  # of a raw order


def simulation(results: Results) -> ResultTable:
    """Returns the table that compares the simulation with the model."""
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
    return ResultTable("simulation", "The model beside a simulation of eight shards", head, rows)


def capacity(results: Results) -> ResultTable:
    """Returns the table of what three rates of orders need."""
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
                number(plan.writes["all, with indexes"]),
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
    return ResultTable("capacity", "Capacity: two of five consistent, orders of 1,200 bytes", head, rows)


def limits(results: Results) -> ResultTable:
    """Returns the table of default quotas, in the order in which they are reached."""
    asked = demand([*MIXES][1], _BYTES, results)
    rows = [(each.name, number(each.orders), each.then) for each in in_order(asked)]
    head = ("default quota", "orders per second that meet it", "what to do then")
    return ResultTable("limits", "What breaks, in order", head, rows)


def end_to_end(results: Results) -> ResultTable:
    """Returns the table of the local stack's figures."""
    found = results["end_to_end"]
    rows: list[tuple[str, ...]] = [
        ("orders per second, all at once", number(found["orders_per_second"]), "", "")
    ]
    rows += [(f"CPU seconds of {who}", number(s), "", "") for who, s in found["cpu_seconds"].items()]
    for title, latency in (
        (f"at {found['trickle']['per_second']} orders a second", found["trickle"]["latency"]),
        ("all at once", found["flood_latency"]),
    ):
        for name, each in latency.items():
            rows.append((f"{title}: {name}, s", *(number(each[p]) for p in ("p50", "p95", "p99"))))
    title = f"End to end on the local stack: {found['orders']:,} orders"
    return ResultTable("end_to_end", title, ("", "p50, or the figure", "p95", "p99"), rows)
