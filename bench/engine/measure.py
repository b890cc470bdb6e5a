"""Measures the engine: batches of 1 to 500 beside their baseline, the stages, and what a thousand orders ask of AWS."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from typing import Any

from bench.clock import Subject, Timing, measure
from bench.engine.baseline import Baseline
from bench.engine.path import Path
from bench.engine.stages import Stopwatch, watched
from bench.network import Network
from bench.workload import CONSISTENT, PLAIN, Mix, orders
from tokenizer.aws.platform.settings import DataKeySettings

BATCHES = (1, 10, 100, 500)
MIXES = {"five fields": PLAIN, "two of five consistent": CONSISTENT}
NEW = (0, 10, 30, 100)  # percent of the orders that come from customers who were never seen
_COUNTED = 4_000


def engine(rounds: int) -> dict[str, Any]:
    """Returns the time per order of both mixes and the baseline in all batch sizes; they take turns in one run."""
    network = Network()
    with network.installed():
        path, baseline = Path(network), Baseline()
        path.know(CONSISTENT)
        subjects: dict[str, Subject] = {}
        for size in BATCHES:
            repeated = max(1, 20 // size)
            for name, mix in MIXES.items():
                subjects[f"{name}, {size}"] = batches(path, mix, size, repeated)
            subjects[f"baseline, {size}"] = Subject(
                size * repeated, lambda sets: _each(baseline.run, sets), _data(size, repeated)
            )
        timings = measure(subjects, network, rounds)
    return {
        "batches": {
            str(size): {name: timings[f"{name}, {size}"].json() for name in (*MIXES, "baseline")}
            | {f"{name} to baseline": _ratio(timings, name, size) for name in MIXES}
            for size in BATCHES
        },
    }


def batches(path: Path, mix: Mix, size: int, repeated: int = 1) -> Subject:
    """Returns batches of a mix as a subject."""

    def prepare(_: int) -> list[dict[str, Any]]:
        return [path.event(mix, size) for _ in range(repeated)]

    return Subject(size * repeated, lambda events: _each(path.run, events), prepare)


def stages(rounds: int, size: int = 100) -> dict[str, Any]:
    """Microseconds per order by stage, and beside their sum what the same batches take without stopwatches."""
    network = Network()
    found = {}
    with network.installed():
        path = Path(network)
        for name, mix in MIXES.items():
            path.know(mix)
            plain: list[float] = []
            own: dict[str, list[float]] = defaultdict(list)
            for _ in range(rounds):
                subject = batches(path, mix, size)
                plain.append(measure({"": subject}, network, 1, warm_up=0)[""].cpu.median)
                watch = _watched(path, path.event(mix, size), network)
                for stage, seconds in watch.own_seconds().items():
                    own[stage].append(seconds / size * 1e6)
            shown = {stage: median(each) for stage, each in own.items()}
            found[name] = {
                "microseconds_per_order": dict(sorted(shown.items(), key=lambda each: -each[1])),
                "sum": sum(shown.values()),
                "without stopwatches": median(plain),
            }
    return found


def _watched(path: Path, event: dict[str, Any], network: Network) -> Stopwatch:
    watch = Stopwatch(network)
    with watched(watch):
        watch.start()
        path.run(event)
        watch.stop()
    return watch


def counts() -> dict[str, Any]:
    """Counts the AWS calls of both mixes, and of the second one by how many customers are new."""
    asked = {}
    for name, mix in MIXES.items():
        with _warm(mix) as path:
            asked[name] = _asked_of_aws(path, mix, _COUNTED)
    return asked | {"by new customers": by_new_customers(_COUNTED)}


def by_new_customers(orders: int) -> dict[str, Any]:
    """Returns what that many orders ask of AWS, each, by how many in a hundred customers were never seen."""
    with _warm(CONSISTENT) as path:
        return {
            str(new): _asked_of_aws(path, replace(CONSISTENT, known=1 - new / 100), orders) for new in NEW
        }


@contextmanager
def _warm(mix: Mix) -> Iterator[Path]:
    network = Network(counting=True)
    with network.installed():
        path = Path(network)
        path.know(mix)
        yield path


def _asked_of_aws(path: Path, mix: Mix, orders: int) -> dict[str, Any]:
    """Returns what a mix's orders ask of AWS, each, in batches of 100."""
    network = path.network
    network.reset()
    for _ in range(orders // 100):
        path.run(path.event(mix, 100))
    return {
        "vault_items_per_order": network.items / orders,
        # Exact, where the number of calls would depend on when the last key was made.
        "kms_per_10000_orders": network.items / orders * 10_000 / DataKeySettings().data_key_max_items,
        "dynamodb_per_order": _calls(network, "dynamodb") / orders,
        "write_units_per_order": network.writes.total() / orders,
        "write_units_by_table": {table: units / orders for table, units in network.writes.items()},
        "read_units_per_order": network.reads / orders,
        "put_events_per_order": _calls(network, "eventbridge") / orders,
    }


def _each(run: Callable[[Any], None], given: Iterable[Any]) -> None:
    for one in given:
        run(one)


def _calls(network: Network, service: str) -> int:
    return sum(count for name, count in network.calls.items() if name.startswith(f"{service}."))


def _data(size: int, repeated: int) -> Any:
    return lambda number: [orders(PLAIN, size, (number * repeated + at) * size) for at in range(repeated)]


def _ratio(timings: dict[str, Timing], name: str, size: int) -> float:
    return timings[f"{name}, {size}"].cpu.median / timings[f"baseline, {size}"].cpu.median
