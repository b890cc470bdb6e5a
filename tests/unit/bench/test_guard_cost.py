"""The shapes of the worst records are what they say, and none of them costs more than the bound."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import guard_cost
from bench.regression.__main__ import BASELINE
from bench.regression.counting import bytecodes, c_calls
from tokenizer.pipeline import bounds

pytestmark = pytest.mark.slow

PAGE = " ".join(Path("docs/guard.md").read_text(encoding="utf-8").split())


def test_the_page_has_the_numbers_of_the_code_and_of_the_stored_baseline() -> None:
    assert (
        f"more than {bounds.MAX_FIELDS:,} fields, more than {bounds.MAX_OWN_VALUES:,} values to look for, "
        f"or a public text of more than {bounds.MAX_TEXT:,} characters."
    ) in PAGE
    assert f"We tried {len(guard_cost.SHAPES)} shapes of records" in PAGE
    assert (
        "The worst costs less than four times the CPU per byte of an ordinary order; the aim is five times."
        in PAGE
    )
    assert json.loads(BASELINE.read_text())["worst record"]["ratio"] < 4
    assert guard_cost.MOST == 5


@pytest.mark.big
@pytest.mark.parametrize("shape", guard_cost.SHAPES)
@pytest.mark.parametrize("size", [3_000, 60_000])
def test_each_shape_is_a_record_that_is_read_to_its_end(shape: str, size: int) -> None:
    data = guard_cost.shaped(shape, size)
    guard_cost.judging()(data)
    assert size * 0.5 < len(data) < size * 3
    assert json.loads(data)["order"]["order_id"]


@pytest.mark.big
@pytest.mark.parametrize("count", [bytecodes, c_calls], ids=["bytecodes", "calls into C"])
def test_no_shape_costs_more_by_the_byte_than_five_ordinary_orders(count: object) -> None:
    found = guard_cost.ratios(count, 3_000)  # type: ignore[arg-type] # both count what a run does
    assert {shape: ratio for shape, ratio in found.items() if ratio > guard_cost.MOST} == {}


@pytest.mark.big
@pytest.mark.parametrize(
    "shape",
    ["1,500 numbers and a note of digits", "short words inside words", "groups of four digits", "references"],
)
def test_twice_the_bytes_cost_no_more_than_twice_the_work(shape: str) -> None:
    judge = guard_cost.judging()
    small, large = (guard_cost.shaped(shape, size) for size in (8_000, 16_000))
    judge(large)
    cost = [bytecodes(lambda data=data: judge(data)) / len(data) for data in (small, large)]  # type: ignore[misc] # bound now
    assert cost[1] < cost[0] * 1.2


@pytest.mark.big
def test_the_command_prints_a_ratio_for_each_shape() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.guard_cost", "--counted"], capture_output=True, text=True, check=True
    )
    assert len(done.stdout.splitlines()) == len(guard_cost.SHAPES)
