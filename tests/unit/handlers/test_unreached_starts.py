"""A table of unfinished starts that can't be reached is logged once a call and reason, and work goes on without it."""

import io
import json
from collections.abc import Collection, Mapping

import pytest

from handlers import tokenize_queue, tokenize_stream
from handlers.batch_outcomes import LoggedStarts
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tokenizer.errors import Denied, PipelineError, Unavailable
from tokenizer.pipeline.deliveries import Deliveries
from tokenizer.time_budget import Budget

WHY = "reading starts: dynamodb AccessDeniedException"


class Unreached:
    """Is a table that answers each record with an error."""

    def unfinished(self, ids: Collection[str], budget: Budget) -> Mapping[str, int | PipelineError]:
        assert budget.remaining() > 0
        return {each: Denied(WHY) for each in ids}

    def note(self, starts: Mapping[str, int], budget: Budget) -> Mapping[str, PipelineError]:
        assert budget.remaining() > 0
        return {each: Unavailable("noting starts: dynamodb timeout") for each in starts}


def test_it_is_logged_once_for_each_call_and_reason_and_all_records_are_published(log: io.StringIO) -> None:
    records = [stream_record(order(order_id=f"SO-{at}"), sequence=at) for at in range(3)]
    deliveries = Deliveries(World().tokenizer, LoggedStarts(Unreached()))
    outcomes = deliveries.tokenize(records, {0, 1, 2}, ample_budget())
    assert [each.published for each in outcomes] == [True] * 3
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    noting = ("failed", "Unavailable", "noting starts: dynamodb timeout")
    assert [(each["message"], each["error"], each["reason"]) for each in lines] == [
        ("failed", "Denied", WHY),
        noting,
        noting,
    ]


def test_a_table_that_answers_is_not_logged(log: io.StringIO) -> None:
    class Empty(Unreached):
        def unfinished(self, ids: Collection[str], budget: Budget) -> Mapping[str, int | PipelineError]:
            return dict.fromkeys(ids, 1)

        def note(self, starts: Mapping[str, int], budget: Budget) -> Mapping[str, PipelineError]:
            return {}

    starts = LoggedStarts(Empty())
    assert starts.unfinished({"a"}, ample_budget()) == {"a": 1}
    assert starts.note({"a": 0}, ample_budget()) == {}
    assert log.getvalue() == ""


@pytest.mark.parametrize("module", [tokenize_stream, tokenize_queue], ids=["stream", "queue"])
def test_both_functions_log_it(module: object) -> None:
    assert vars(module)["LoggedStarts"] is LoggedStarts
