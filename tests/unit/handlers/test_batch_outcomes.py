"""Tests what the log says of a batch: a line of each record, however many they are, and the time of each stage."""

import io
import json
from dataclasses import replace

import pytest

from handlers.batch_outcomes import log_batch
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tokenizer.aws.platform import timing
from tokenizer.aws.platform.timing import Span


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


def test_the_time_of_a_stage_is_that_of_all_its_calls(
    monkeypatch: pytest.MonkeyPatch, log: io.StringIO
) -> None:
    spans = [Span("vault", 1.0, 1.25, 1), Span("bus", 1.5, 1.625, 1), Span("vault", 2.0, 2.5, 1)]
    monkeypatch.setattr(timing, "take", lambda: spans)
    log_batch(World().tokenizer.tokenize_batch([stream_record(order())], ample_budget()))
    (batch,) = (line for line in map(json.loads, log.getvalue().splitlines()) if line["message"] == "batch")
    assert batch["milliseconds"] == {"vault": 750, "bus": 125}
