"""Tests what orders cost in DynamoDB: one unit in the vault and one in its index, and two for each value never seen."""

import copy
import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from bench.engine.measure import NEW, by_new_customers
from bench.engine.path import ENVIRONMENT, Path
from bench.network import VAULT, Network
from bench.report.page import KEPT
from bench.units import INDEXES
from bench.workload import PLAIN, orders, stream_event
from tests.support.samples import order

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def one_customer_known() -> bytes:
    """Returns the contract's order, without the two consistent values, which have records of their own."""
    event = order()
    for name in ("email", "phone"):
        del event["order"]["customer"][name]
    return json.dumps(event).encode()


@pytest.mark.parametrize(
    "raw", [orders(PLAIN, 1)[0], one_customer_known()], ids=["five fields", "all fields"]
)
def test_an_order_is_one_unit_in_the_vault_and_one_in_the_index(raw: bytes) -> None:
    network = Network(counting=True)
    with network.installed():
        Path(network).run(stream_event([raw]))
    assert network.writes[VAULT] == 1
    assert network.writes[INDEXES] == 1


BLIND_INDEX = ENVIRONMENT["BLIND_INDEX_TABLE"]


def test_the_contracts_order_has_room_for_its_list_of_two_values() -> None:
    network = Network(counting=True)
    with network.installed():
        Path(network).run(stream_event([json.dumps(order()).encode()]))
    assert [network.writes[each] for each in (VAULT, INDEXES, BLIND_INDEX)] == [3, 1, 2]


KEPT_RUN: dict[str, Any] = json.loads((KEPT / "run.json").read_text())


@cache
def measured() -> dict[str, Any]:
    """Returns what two batches ask of AWS by how many in a hundred customers are new; measured once for both tests."""
    return by_new_customers(200)


@pytest.mark.parametrize("new", NEW)
def test_a_value_that_was_never_seen_costs_a_record_and_an_entry(new: int) -> None:
    """Two consistent values an order; a customer who was never seen brings both."""
    asked = measured()[str(new)]
    values = 2 * new / 100
    assert asked["write_units_by_table"] == pytest.approx(
        {VAULT: 1 + values, INDEXES: 1} | ({BLIND_INDEX: values} if new else {})
    )
    assert asked["write_units_per_order"] == pytest.approx(2 + 2 * values)
    assert asked["read_units_per_order"] == 3
    # 100 orders are 200 values to look up, 100 customers whose erasure is asked for, and a put for each entry.
    records = 100 * (1 + values)
    assert asked["dynamodb_per_order"] == pytest.approx((3 + -(-records // 25)) / 100 + values)


@pytest.mark.parametrize("new", NEW)
def test_the_page_shows_what_is_counted(new: int) -> None:
    kept, asked = copy.deepcopy((KEPT_RUN["counts"]["by new customers"][str(new)], measured()[str(new)]))
    assert asked.pop("write_units_by_table") == pytest.approx(kept.pop("write_units_by_table"))
    assert asked == pytest.approx(kept)
