"""Athena in memory."""

from collections.abc import Iterator
from typing import Any

from tests.support.lake import Event


class Athena:
    """Answers as Athena would, as far as the command asks it."""

    def __init__(self, *states: str, rows: int = 0) -> None:
        self.states = list(states)
        self.rows = rows
        self.started: Event = {}

    def start_query_execution(self, **asked: Any) -> Event:
        self.started = asked
        return {"QueryExecutionId": "q"}

    def get_query_execution(self, **asked: Any) -> Event:
        assert asked == {"QueryExecutionId": "q"}
        state = self.states.pop(0)
        reason = {"StateChangeReason": "COLUMN_NOT_FOUND"} if state == "FAILED" else {}
        return {"QueryExecution": {"Status": {"State": state, **reason}}}

    def get_paginator(self, name: str) -> "Athena":
        assert name == "get_query_results"
        return self

    def paginate(self, **asked: Any) -> Iterator[Event]:
        assert asked == {"QueryExecutionId": "q"}
        names = {"ResultSetMetadata": {"ColumnInfo": [{"Name": "brand"}, {"Name": "orders"}]}}
        rows = [{"Data": [{"VarCharValue": "brand"}, {"VarCharValue": "orders"}]}]
        rows += [{"Data": [{}, {"VarCharValue": str(number)}]} for number in range(self.rows)]
        for at in range(0, len(rows), 2):
            yield {"ResultSet": {**names, "Rows": rows[at : at + 2]}}
