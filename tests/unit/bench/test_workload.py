"""The orders that are measured are what their names say."""

import json

import pytest

from bench.workload import CONSISTENT, PLAIN, Mix, orders, sensitive
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import stream_record


@pytest.mark.parametrize("mix", [PLAIN, CONSISTENT, Mix(fields=12)])
def test_an_order_has_as_many_sensitive_fields_as_its_mix_says(mix: Mix) -> None:
    world = World()
    (outcome,) = world.tokenizer.tokenize_batch([stream_record(orders(mix, 1)[0])], ample_budget())
    assert outcome.published
    assert outcome.guard_hits == ()
    (detail,) = world.bus.details()
    assert json.dumps(detail).count('"tok_') == mix.fields
    assert len(world.index.entries) == mix.consistent


def test_the_known_share_of_the_orders_is_of_known_customers() -> None:
    customers = [
        json.loads(each)["order"]["customer"]["customer_id"] for each in orders(CONSISTENT, 1_000, 50_000)
    ]
    assert sum(int(each[2:]) < 1_000 for each in customers) == 700


def test_all_others_are_of_customers_never_seen() -> None:
    seen: set[str] = set()
    for first in (50_000, 51_000):
        ids = [
            json.loads(each)["order"]["customer"]["customer_id"] for each in orders(CONSISTENT, 1_000, first)
        ]
        new = [each for each in ids if int(each[2:]) >= 1_000]
        assert len(set(new)) == len(new) == 300
        assert not seen & set(new)
        seen |= set(new)


@pytest.mark.parametrize("size", [600, 4_096, 9_600])
def test_an_order_is_as_large_as_asked(size: int) -> None:
    assert size <= len(orders(Mix(bytes=size), 1)[0]) < size + 100


def test_those_who_are_handed_the_sensitive_values_get_all_five() -> None:
    assert len(sensitive(orders(PLAIN, 1)[0])) == len(sensitive(orders(CONSISTENT, 1)[0])) == 5
