"""Makes the engine's tables: targets, times, stages, counts, what people use, cold starts, growth."""

from typing import TYPE_CHECKING

from bench.engine.measure import BATCHES, MIXES, NEW
from bench.engine.path import ENVIRONMENT
from bench.network import VAULT
from bench.report.table import Results, ResultTable, number
from bench.report.targets import TARGETS
from bench.units import INDEXES

if TYPE_CHECKING:
    from collections.abc import Callable

_BLIND_INDEX = ENVIRONMENT["BLIND_INDEX_TABLE"]


def targets(results: Results) -> ResultTable:
    """Returns the table of targets with what was measured."""
    rows = []
    for each in TARGETS:
        sign = "at least" if each.least else "at most"
        measured = f"{number(each.measured(results))} {each.unit}".strip()
        wanted = f"{sign} {number(each.wanted)} {each.unit}".strip()
        rows.append((each.name, measured, wanted, "met" if each.met(results) else "**missed**"))
    return ResultTable("targets", "Targets", ("figure", "measured", "must be", ""), rows)


def engine(results: Results) -> ResultTable:
    """Returns the table of time per order, of both mixes and of the baseline, by batch size."""
    rows = []
    for size in BATCHES:
        found = results["engine"]["batches"][str(size)]
        for name in (*MIXES, "baseline"):
            cpu, wall = found[name]["cpu"], found[name]["wall"]
            rows.append(
                (
                    f"{name}, batches of {size}",
                    number(cpu["median"]),
                    f"{number(cpu['low'])} to {number(cpu['high'])}",
                    number(wall["median"]),
                    number(found[name]["orders_per_second_and_core"]),
                    number(found.get(f"{name} to baseline", 1.0)),
                )
            )
    head = ("", "CPU us", "low to high", "wall us", "orders/s and core", "times the baseline")
    return ResultTable("engine", "Engine: time per order, network stubbed", head, rows)


def stages(results: Results) -> ResultTable:
    """Returns the table of CPU time by stage."""
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
    return ResultTable("stages", "CPU us per order by stage, batches of 100", ("stage", *MIXES), rows)


def counts(results: Results) -> ResultTable:
    """Returns the table of calls to AWS."""
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
    return ResultTable("counts", "Asked of AWS per order, batches of 100", ("", *MIXES), rows)


def by_new_customers(results: Results) -> ResultTable:
    """Returns the table of DynamoDB's calls and units by how many customers are new."""
    found = [results["counts"]["by new customers"][str(new)] for new in NEW]
    named: dict[str, Callable[[Results], float]] = {
        "DynamoDB calls": lambda each: each["dynamodb_per_order"],
        "write units": lambda each: each["write_units_per_order"],
        "in the vault's table": lambda each: each["write_units_by_table"][VAULT],
        "in the blind index": lambda each: each["write_units_by_table"].get(_BLIND_INDEX, 0),
        "in the indexes of both": lambda each: each["write_units_by_table"][INDEXES],
        "read units": lambda each: each["read_units_per_order"],
    }
    rows = [(shown, *(number(count(each)) for each in found)) for shown, count in named.items()]
    head = ("new customers", *(f"{new} %" for new in NEW))
    return ResultTable("by_new_customers", "Two consistent values, by new customers, per order", head, rows)


def peers(results: Results) -> ResultTable:
    """Returns the table that compares ours with what people use."""
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
    return ResultTable("peers", "Beside what people use: five fields, batches of 100", head, rows)


def clouds(results: Results) -> ResultTable:
    """Returns the table of tokenization APIs, by what their providers publish."""
    found = results["peers"]["cloud APIs, by what they publish"]
    rows = [
        (f"[{name}]({each['source']})", each["published"], each["dated"])
        for name, each in found.items()
        if name != "note"
    ]
    return ResultTable("clouds", "Cloud tokenization APIs, as published", ("", "published", "dated"), rows)


def cold_start(results: Results) -> ResultTable:
    """Returns the table of cold starts: the import, and the first batch."""
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
    title = f"Cold start, CPU seconds, Python {results['cold_start']['run']['python']}"
    return ResultTable("cold_start", title, ("", "median", "low to high"), rows)


def growth(results: Results) -> ResultTable:
    """Returns the table of curves, each with whether it is no worse than linear."""
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
    return ResultTable("growth", "How it grows", head, rows)
