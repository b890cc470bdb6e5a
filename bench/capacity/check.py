"""Compares the simulation with the model's arithmetic: backlog and time to drain, scenario by scenario.

The model: a backlog grows by what comes in beyond what gets done, and drains at what is left over.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from bench.capacity.facts import Demand, demand, measured
from bench.capacity.model import batch_seconds
from bench.capacity.simulation import BATCH, MEMORY, WINDOW, Scenario, Steps, at, simulate
from bench.engine.measure import MIXES

TOLERANCE = 0.15
_SHARDS = 8
_START = 60.0  # seconds before anything happens


@dataclass(frozen=True)
class Prediction:
    """Predicts the highest backlog, and the seconds from the disturbance's end until the backlog is gone."""

    highest: float
    drain: float


def predicted(scenario: Scenario, asked: Demand, ends: float) -> Prediction:
    """Returns the model's arithmetic for a scenario whose disturbance ends at a moment."""
    steps = (scenario.rate, scenario.writes, scenario.bus)
    changes = sorted({since for each in steps for since, _ in each if since < ends})
    standing = level = highest = _standing(asked, at(scenario.rate, 0), scenario.shards)
    for since, end in pairwise([*changes, ends]):
        level = max(
            standing, level + (at(scenario.rate, since) - _done(scenario, asked, since)) * (end - since)
        )
        highest = max(highest, level)
    rate, shards, late = at(scenario.rate, ends), _by_shards(scenario.shards, asked), 0.0
    if scenario.split <= ends:
        # The parents' backlog first, by the parents alone, while their children's grows.
        late = level / shards
        level = highest = max(highest, rate * late)
        shards *= 2
    return Prediction(highest, late + (level - standing) / (shards - rate))


def scenarios(asked: Demand) -> list[tuple[Scenario, float]]:
    """Returns each scenario with the moment when its disturbance ends; usual is 60 % of what eight shards get done."""
    usual = 0.6 * _by_shards(_SHARDS, asked)
    calm: Steps = ((0.0, usual),)
    after = _START + 120
    open_table, stopped = float("inf"), _START + 300
    burst: Steps = ((0.0, usual), (_START, 3 * usual), (_START + 60, usual))
    grown: Steps = ((0.0, usual / 3), (_START, usual))
    half: Steps = ((0.0, open_table), (_START, usual * asked.vault_units / 2), (after, open_table))
    return [
        (Scenario("three times the rate for a minute", 400, burst, _SHARDS), _START + 60),
        (Scenario("too much for four shards, split after two minutes", 700, grown, _SHARDS // 2, after), after),
        (Scenario("a table that takes half of what comes, for two minutes", 500, calm, _SHARDS, writes=half), after),
        (Scenario("a bus that takes nothing for five minutes", 1_200, calm, _SHARDS, bus=((0.0, 1.0), (_START, 0.0), (stopped, 1.0))), stopped),
    ]  # fmt: skip


def simulated() -> dict[str, Any]:
    """Returns each scenario as simulated and as predicted."""
    asked = demand([*MIXES][1], 1_200, measured())
    return {"scenarios": {each.name: compared(each, ends, asked) for each, ends in scenarios(asked)}}


def compared(scenario: Scenario, ends: float, asked: Demand) -> dict[str, Any]:
    """Returns a scenario's row: both figures by simulation and model, and whether they agree."""
    run, model = simulate(scenario, asked), predicted(scenario, asked, ends)
    shards = scenario.shards * (2 if scenario.split <= ends else 1)
    usual = _standing(asked, at(scenario.rate, ends), shards)
    backlog, drain = run.highest(), run.drained(ends, 1.1 * usual)
    return {
        "backlog": {"simulated": backlog, "model": model.highest},
        "drain_seconds": {"simulated": drain, "model": model.drain},
        "agree": _near(backlog, model.highest) and _near(drain, model.drain),
    }


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= TOLERANCE * other


def _by_shards(shards: int, asked: Demand) -> float:
    """Returns the orders per second that shards get done."""
    return shards * BATCH / batch_seconds(asked, BATCH, MEMORY)


def _done(scenario: Scenario, asked: Demand, now: float) -> float:
    """Returns the orders per second that get done: by the shards, the table, the bus; whichever is least."""
    table = at(scenario.writes, now) / asked.vault_units
    return min(_by_shards(scenario.shards, asked), table) if at(scenario.bus, now) else 0.0


def _standing(asked: Demand, rate: float, shards: int) -> float:
    """Returns the orders that wait or are processed in normal operation: half a batch, and a batch at work."""
    gathering = min(WINDOW, BATCH / (rate / shards))
    return rate * (gathering / 2 + batch_seconds(asked, BATCH, MEMORY))
