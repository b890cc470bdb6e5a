"""Runs the load test in locust: `make load`, or `locust -f bench/load/locustfile.py --help`.

Each kind of people has some users who share the kind's rate. Where answers take so long that they can't keep it up, the
table shows the rate they got beside the one that was asked for: raise `--users-per-kind`.
"""

import json
import logging
import secrets
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import gevent
from locust import events
from locust.env import Environment
from rich.console import Console

from bench.load import target
from bench.load.errors import LoadError
from bench.load.order_pool import Supply
from bench.load.summary import Row, Summary
from bench.load.users import KINDS, PAY, POST, REVEAL, Cashier, OrderTaker, Person, Revealer, Watcher

__all__ = ["Cashier", "OrderTaker", "Revealer", "Watcher"]  # what locust starts

_LOOKS_PER_ORDER = 2.0  # most orders are looked at once before they are there
_WIDTH = 110


def _flags(parser: Any) -> None:
    target.add_arguments(parser)
    group = parser.add_argument_group("rates and bounds")
    group.add_argument("--orders-per-second", type=float, default=2.0)
    group.add_argument("--payments-per-order", type=float, default=0.5, help="of the orders' rate")
    group.add_argument("--reveals-per-order", type=float, default=0.25, help="of the orders' rate")
    group.add_argument("--users-per-kind", type=int, default=4)
    group.add_argument("--seed", type=int, default=secrets.randbits(32), help="of the generated orders")
    group.add_argument("--most-failures", type=float, default=0.01, help="share of failures that is borne")
    group.add_argument(
        "--results", default="bench/load/results/load.json", help="where the figures go as JSON"
    )
    group.add_argument(
        "--enough", type=int, default=0, help="end when each kind of request was made that often; 0: never"
    )


def _rates(options: Any) -> dict[type[Person], float]:
    orders = options.orders_per_second
    return {
        OrderTaker: orders,
        Watcher: orders * _LOOKS_PER_ORDER,
        Cashier: orders * options.payments_per_order,
        Revealer: orders * options.reveals_per_order,
    }


def _prepare(environment: Environment, **_: Any) -> None:
    options: Any = environment.parsed_options
    try:
        Person.target = target.find(options)
    except LoadError as error:
        print(f"error: {error}\nhint: {error.hint}", file=sys.stderr)
        sys.exit(2)
    Person.supply = Supply(options.seed)
    rates = _rates(options)
    for kind, rate in rates.items():
        kind.host, kind.rate, kind.fixed_count = Person.target.api_url, rate, options.users_per_kind
    options.num_users = options.spawn_rate = len(rates) * options.users_per_kind
    if options.enough:
        _end_when_enough(environment, options.enough)


def _end_when_enough(environment: Environment, enough: int) -> None:
    made: Counter[str] = Counter()

    def count(name: str, **_: Any) -> None:
        made[name] += 1
        if environment.runner and all(made[kind] >= enough for kind in KINDS):
            gevent.spawn(environment.runner.quit)

    environment.events.request.add_listener(count)


def _tell(environment: Environment, **_: Any) -> None:
    options: Any = environment.parsed_options
    summary = _summary(environment, options)
    logging.getLogger("locust.stats_logger").disabled = True  # locust's own tables say the same, at length
    console = Console() if sys.stdout.isatty() else Console(width=_WIDTH)
    console.print(summary.table(), f"{summary.leaked} answers leaked, {summary.failure_ratio:.2%} failed")
    for problem in (*summary.complaints(), *(f"{count} x {name}" for name, count in summary.errors.items())):
        print(f"error: {problem}", file=sys.stderr)
    path = Path(options.results)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(summary.as_json(), indent=1) + "\n")
    environment.process_exit_code = 1 if summary.complaints() else 0


def _summary(environment: Environment, options: Any) -> Summary:
    rates = _rates(options)
    asked = {POST: rates[OrderTaker], PAY: rates[Cashier], REVEAL: rates[Revealer]}
    rows = [
        Row(
            name=entry.name,
            requests=entry.num_requests,
            failures=entry.num_failures,
            asked_rate=asked.get(entry.name),
            rate=entry.total_rps,
            p50=float(entry.get_response_time_percentile(0.5) or 0),
            p95=float(entry.get_response_time_percentile(0.95) or 0),
            p99=float(entry.get_response_time_percentile(0.99) or 0),
            longest=float(entry.max_response_time or 0),
        )
        for entry in environment.stats.entries.values()
    ]
    errors = {f"{each.name}: {each.error}": each.occurrences for each in environment.stats.errors.values()}
    return Summary(rows, errors, KINDS, options.most_failures)


events.init_command_line_parser.add_listener(_flags)
events.init.add_listener(_prepare)
events.quitting.add_listener(_tell)
