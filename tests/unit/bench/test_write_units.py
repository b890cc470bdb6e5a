"""Tests the cost of an order's vault record: one unit in the vault and one in its index, even with eleven tokens."""

import json
import os
from collections.abc import Iterator

import pytest

from bench.engine.path import Path
from bench.network import VAULT, Network
from bench.units import INDEXES
from bench.workload import PLAIN, orders, stream_event
from tests.support.samples import order


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
