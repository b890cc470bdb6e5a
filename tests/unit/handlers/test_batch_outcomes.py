"""Tests what the log says of a batch's records: each has its line, however many they are."""

import io
import json
from dataclasses import replace

import pytest

from handlers.batch_outcomes import log_batch
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record


@pytest.mark.parametrize(
    ("count", "lines"), [(999, [999]), (1_000, [1_000]), (1_001, [1_000, 1]), (2_500, [1_000, 1_000, 500])]
)
def test_each_record_of_a_batch_is_logged_once_and_in_its_order(
    count: int, lines: list[int], log: io.StringIO
) -> None:
    (outcome,) = World().tokenizer.tokenize_batch([stream_record(order())], ample_budget())
    log_batch([replace(outcome, record=replace(outcome.record, item_id=str(at))) for at in range(count)])
    told = [json.loads(each) for each in log.getvalue().splitlines()]
    records = [each["records"] for each in told if each["message"] == "records"]
    assert [len(each) for each in records] == lines
    assert [each.split()[0] for some in records for each in some] == [str(at) for at in range(count)]
