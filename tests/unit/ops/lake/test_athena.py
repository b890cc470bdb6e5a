"""A query on Athena is waited for, its pages read, and a failure told; the order of calls is that of Athena's API."""

from collections.abc import Iterator
from typing import Any

import pytest

from ops.lake import athena
from ops.lake.answer import Answer
from ops.lake.athena import AthenaError
from tests.unit.ops.lake.conftest import Event


class Athena:
    """What the command asks of Athena."""

    def __init__(self, *states: str, rows: int = 0) -> None:
        self.states = list(states)
        self.rows = rows
        self.started: Event = {}

    def start_query_execution(self, **asked: Any) -> Event:
        self.started = asked
        return {"QueryExecutionId": "q"}

    def get_query_execution(self, **asked: Any) -> Event:
        state = self.states.pop(0)
        reason = {"StateChangeReason": "COLUMN_NOT_FOUND"} if state == "FAILED" else {}
        return {"QueryExecution": {"Status": {"State": state, **reason}}}

    def get_paginator(self, name: str) -> "Athena":
        assert name == "get_query_results"
        return self

    def paginate(self, **asked: Any) -> Iterator[Event]:
        names = {"ResultSetMetadata": {"ColumnInfo": [{"Name": "brand"}, {"Name": "orders"}]}}
        rows = [{"Data": [{"VarCharValue": "brand"}, {"VarCharValue": "orders"}]}]
        rows += [{"Data": [{}, {"VarCharValue": str(number)}]} for number in range(self.rows)]
        for at in range(0, len(rows), 2):
            yield {"ResultSet": {**names, "Rows": rows[at : at + 2]}}


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
