"""An order that is made to be slow leaves its neighbours' latency as it was: in counted work, which is alike everywhere."""

import json

import pytest

from bench import guard_cost
from bench.regression.counting import bytecodes
from bench.workload import PLAIN, encoded
from tests.support.fakes.world import World, ample_budget
from tests.support.handlers import PERSON, Api
from tests.support.samples import stream_record

# Each was an attack that stopped a shard for seconds or minutes, or takes the guard the most work.
ATTACKS = (
    *("1,500 numbers and a note of digits", "1,500 numbers and a note of as many", "groups of four digits"),
    *(
        "cards but for the check digit",
        "IBANs but for the check digits",
        "short numbers",
        "card numbers with codes",
    ),
)
NOBODY = {**PERSON, "cognito:groups": []}
_BESIDE = 5


def work(*records: bytes) -> int:
    """Returns what a batch costs in which these records stand between ordinary ones."""
    ordinary = [encoded(PLAIN, at, 1) for at in range(1, _BESIDE + 1)]
    batch = [
        stream_record(data, sequence=at) for at, data in enumerate([*ordinary[:2], *records, *ordinary[2:]])
    ]
    outcomes = World().tokenizer.tokenize_batch(batch, ample_budget())
    assert sum(outcome.published for outcome in outcomes) >= _BESIDE
    return bytecodes(lambda: World().tokenizer.tokenize_batch(batch, ample_budget()))


@pytest.mark.parametrize("attack", ATTACKS)
def test_on_the_stream_an_attack_costs_its_neighbours_no_more_than_its_bytes(attack: str) -> None:
    ordinary = encoded(PLAIN, 9, 1)
    by_the_byte = (work(ordinary) - work()) / len(ordinary)
    data = guard_cost.shaped(attack, 12_000)
    assert (work(data) - work()) / len(data) <= guard_cost.MOST * by_the_byte


@pytest.mark.parametrize("attack", ["1,500 numbers and a note of digits", "groups of four digits"])
def test_an_attack_beyond_the_bounds_costs_its_neighbours_no_more_either(attack: str) -> None:
    ordinary = encoded(PLAIN, 9, 1)
    by_the_byte = (work(ordinary) - work()) / len(ordinary)
    data = guard_cost.shaped(attack, 70_000)
    assert (work(data) - work()) / len(data) <= guard_cost.MOST * by_the_byte


@pytest.mark.parametrize("attack", ATTACKS)
def test_through_the_api_nobody_costs_more_than_an_ordinary_order(call: Api, attack: str) -> None:
    plain, made = (data.decode() for data in (encoded(PLAIN, 9, 1), guard_cost.shaped(attack, 60_000)))
    answers = [call("POST", "/orders", body, NOBODY, Idempotency_Key="k") for body in (plain, made)]
    assert [answer.status for answer in answers] == [403, 403]
    counts = [
        bytecodes(lambda body=body: call("POST", "/orders", body, NOBODY, Idempotency_Key="k"))  # type: ignore[misc] # bound now
        for body in (plain, made)
    ]
    assert counts[1] <= counts[0] * 1.1
    assert json.loads(made)["order"]["notes"]
