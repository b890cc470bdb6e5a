"""The demo's workload is complete, reproducible and legal for both sources."""

from collections import Counter

import pytest

from local.data.orders import encode
from local.demo.workload import Workload, load, pack
from schemas.dead_letter import ErrorCode
from tokenizer.pipeline.aggregates import user_records


@pytest.fixture(scope="module")
def workload() -> Workload:
    return load(200, 1)


def test_each_good_order_and_each_poison_is_one_raw_record(workload: Workload) -> None:
    made = [*map(encode, workload.good), *(poison.data for poison in workload.poison)]
    assert Counter(workload.raw_records) == Counter(made)
    assert len({event["event_id"] for event in workload.good}) == 200


def test_some_orders_are_put_twice_on_each_source(workload: Workload) -> None:
    on_stream = Counter([*workload.plain, *(record for inner in workload.packed for record in inner)])
    on_queue = Counter(workload.messages)
    assert Counter(on_stream.values())[2] == Counter(on_queue.values())[2] == 10
    assert not on_stream.keys() & on_queue.keys()


def test_both_sources_get_every_kind_of_poison_that_they_take(workload: Workload) -> None:
    kinds = Counter(poison.kind for poison in workload.poison)
    assert kinds.pop("not UTF-8") == 1
    assert set(kinds.values()) == {2}
    assert {poison.code for poison in workload.poison} == set(ErrorCode) - {ErrorCode.RETRIES_EXHAUSTED}


def test_a_poison_travels_inside_an_aggregate(workload: Workload) -> None:
    good = set(map(encode, workload.good))
    assert sum(record not in good for inner in workload.packed for record in inner) == 1


def test_records_fit_their_source(workload: Workload) -> None:
    assert all(len(pack(inner)) < 1024 * 1024 for inner in workload.packed)
    assert all(len(data) < 1024 * 1024 for data in (*workload.plain, *workload.messages))
    assert all(body.decode() for body in workload.messages)


def test_an_aggregate_is_taken_apart_into_what_was_packed(workload: Workload) -> None:
    inner = workload.packed[0]
    assert user_records(pack(inner)) == list(enumerate(inner))


def test_the_same_seed_gives_the_same_cargo(workload: Workload) -> None:
    assert load(200, 1).raw_records == workload.raw_records
