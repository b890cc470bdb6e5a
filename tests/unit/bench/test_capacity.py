"""The capacity model: its arithmetic agrees with a simulation, and its limits with its plans."""

import pytest

from bench.capacity.check import compared, predicted, scenarios
from bench.capacity.facts import Demand
from bench.capacity.limits import broken, cells, limits
from bench.capacity.model import batch_seconds, planned
from bench.capacity.simulation import Scenario

ASKED = Demand(
    batch_cpu=0.003,
    order_cpu=0.0005,
    vault_units=1.6,
    index_units=1.2,
    write_units=5.0,
    read_units=2.0,
    dynamodb_calls=0.1,
    events_calls=0.1,
    kms_calls=1.6e-4,
    bytes=1_200,
)
SCENARIOS = scenarios(ASKED)


@pytest.mark.parametrize(("scenario", "ends"), SCENARIOS, ids=[each.name for each, _ in SCENARIOS])
def test_backlog_and_time_to_drain_are_those_of_the_simulation(scenario: Scenario, ends: float) -> None:
    assert compared(scenario, ends, ASKED)["agree"]


def test_a_model_that_forgets_the_disturbance_does_not_agree() -> None:
    scenario, _ = SCENARIOS[-1]
    assert predicted(scenario, ASKED, 60.0).highest < 0.1 * predicted(scenario, ASKED, 360.0).highest


@pytest.mark.parametrize("rate", [100, 10_000, 1_000_000])
def test_the_shards_of_a_plan_take_its_rate(rate: float) -> None:
    plan = planned(ASKED, rate)
    assert plan.shards * 100 / batch_seconds(ASKED, 100, 1024) >= rate
    assert plan.environments <= plan.shards


def test_a_million_orders_cost_the_same_at_any_high_rate() -> None:
    assert planned(ASKED, 10_000).dollars_per_million == pytest.approx(
        planned(ASKED, 1_000_000).dollars_per_million, rel=0.01
    )


def test_a_rate_meets_just_the_limits_below_it() -> None:
    order = limits(ASKED)
    assert [each.orders for each in order] == sorted(each.orders for each in order)
    plan = planned(ASKED, order[2].orders + 1)
    assert broken(ASKED, plan) == order[:3]


def test_a_rate_that_one_account_takes_needs_one_cell_and_more_need_more() -> None:
    assert cells(ASKED, 100) == 1
    assert cells(ASKED, 1_000_000) > 50
