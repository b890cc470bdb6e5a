"""A query on Athena is waited for, its pages read, and a failure told; the order of calls is that of Athena's API."""

import pytest

from ops.lake import athena
from ops.lake.answer import Answer
from ops.lake.athena import AthenaError
from tests.support.fakes.athena import Athena


def ask(client: Athena) -> tuple[Answer, list[float]]:
    waited: list[float] = []
    return athena.ask(client, "analysts", "lake", "SELECT 1", waited.append), waited


def test_the_rows_of_all_pages_come_without_the_line_of_names() -> None:
    client = Athena("QUEUED", "RUNNING", "SUCCEEDED", rows=4)
    answer, waited = ask(client)
    assert answer.columns == ["brand", "orders"]
    assert answer.rows == [(None, "0"), (None, "1"), (None, "2"), (None, "3")]
    assert len(waited) == 2
    assert client.started == {
        "QueryString": "SELECT 1",
        "WorkGroup": "analysts",
        "QueryExecutionContext": {"Database": "lake"},
    }


@pytest.mark.parametrize(("state", "why"), [("FAILED", "COLUMN_NOT_FOUND"), ("CANCELLED", "CANCELLED")])
def test_a_query_that_does_not_succeed_says_why(state: str, why: str) -> None:
    with pytest.raises(AthenaError, match=why):
        ask(Athena(state))
