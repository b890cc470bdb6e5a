"""Shows what a rate of orders needs, costs and breaks, ours beside the article's: `python -m bench.capacity`."""

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.capacity.article import article_dollars, article_limits
from bench.capacity.facts import Demand, demand, measured
from bench.capacity.limits import broken, cells, limits
from bench.capacity.model import Plan, planned
from bench.engine.measure import MIXES
from bench.report.table import number


def main(arguments: list[str] | None = None) -> int:
    """Plans a rate."""
    parser = argparse.ArgumentParser(prog="python -m bench.capacity", description=__doc__)
    parser.add_argument("--orders-per-second", type=float, required=True, metavar="N")
    parser.add_argument("--mix", choices=MIXES, default=[*MIXES][1], help="which orders")
    parser.add_argument("--bytes", type=float, default=1_200, help="of a raw order; 1200")
    parser.add_argument("--memory", type=int, default=1024, help="MB of the function; 1024")
    parser.add_argument(
        "--parallel", type=int, choices=range(1, 11), default=1, help="ParallelizationFactor; 1"
    )
    parser.add_argument("--json", action="store_true", help="for a program")
    options = parser.parse_args(arguments)
    if options.orders_per_second <= 0:
        parser.error("--orders-per-second must be more than 0")
    results = measured()
    asked = demand(options.mix, options.bytes, results)
    plan = planned(asked, options.orders_per_second, options.memory, options.parallel)
    if options.json:
        print(json.dumps({**asdict(plan), "dollars_per_million": plan.dollars_per_million}, indent=1))
    else:
        _show(asked, plan, results)
    return 0


def _show(asked: Demand, plan: Plan, results: dict[str, Any]) -> None:
    console = Console(width=None if sys.stdout.isatty() else 130)
    table = Table(title=f"{plan.orders:,.0f} orders per second", title_justify="left", show_header=False)
    for name, value in (
        ("shards", f"{plan.shards:,}"),
        ("environments at work", number(plan.environments)),
        ("memory of each", f"{plan.memory_mb} MB"),
        ("orders of a batch, and its time", f"{plan.batch:.0f}, {plan.batch_seconds * 1000:.0f} ms"),
        *((f"{name} calls per second", number(each)) for name, each in plan.calls.items()),
        *((f"{name}: write units per second", number(each)) for name, each in plan.writes.items()),
        ("cells with default quotas and warm tables", f"{cells(asked, plan.orders):,}"),
    ):
        table.add_row(name, value)
    console.print(table)
    console.print(_dollars(plan, article_dollars(results)))
    met = Table(
        "default quota", "orders per second that meet it", "what to do then", title="What breaks, in order"
    )
    hit = broken(asked, plan)
    for each in limits(asked, plan.memory_mb):
        mark = "* " if each in hit else "  "
        met.add_row(f"{mark}{each.name}", number(each.orders), each.then)
    console.print(met, "* met at this rate")
    console.print(
        "the article's way meets: "
        + ", ".join(f"{k} at {number(v)}" for k, v in article_limits(results).items())
    )


def _dollars(plan: Plan, theirs: dict[str, float]) -> Table:
    table = Table("service", "ours", "the article's way", title="Dollars per million orders")
    for name in (*plan.dollars, *(each for each in theirs if each not in plan.dollars)):
        table.add_row(name, f"{plan.dollars.get(name, 0):.2f}", f"{theirs.get(name, 0):.2f}")
    table.add_row("sum", f"{plan.dollars_per_million:.2f}", f"{sum(theirs.values()):.2f}")
    return table


if __name__ == "__main__":
    sys.exit(main())
