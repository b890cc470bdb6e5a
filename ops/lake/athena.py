"""Queries on Athena, in the stack's workgroup: waits for the end and reads the results."""

from collections.abc import Callable
from typing import Any

from ops.lake.answer import Answer

_SECONDS = 1.0
_RUNNING = frozenset({"QUEUED", "RUNNING"})


class AthenaError(Exception):
    """Athena did not answer a query; its text is Athena's."""


def ask(athena: Any, workgroup: str, database: str, sql: str, sleep: Callable[[float], None]) -> Answer:
    """Run one query.

    Args:
        athena: a client with the analyst's role.
        workgroup: of the stack; it says where results go and how much a query may scan.
        database: of the stack.
        sql: in Athena's dialect.
        sleep: waits so many seconds.

    Returns:
        All rows, every value as text.

    Raises:
        AthenaError: it failed or was stopped.
    """
    started = athena.start_query_execution(
        QueryString=sql, WorkGroup=workgroup, QueryExecutionContext={"Database": database}
    )
    query = started["QueryExecutionId"]
    while (status := athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"])[
        "State"
    ] in _RUNNING:
        sleep(_SECONDS)
    if status["State"] != "SUCCEEDED":
        raise AthenaError(status.get("StateChangeReason", status["State"]))
    rows: list[tuple[Any, ...]] = []
    columns: list[str] = []
    for page in athena.get_paginator("get_query_results").paginate(QueryExecutionId=query):
        columns = [each["Name"] for each in page["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
        rows += [tuple(each.get("VarCharValue") for each in row["Data"]) for row in page["ResultSet"]["Rows"]]
    return Answer(columns, rows[1:])  # the first row repeats the names
