"""Runs queries on Athena in the stack's workgroup, and reads the results."""

from collections.abc import Callable
from typing import Any

from ops.lake.answer import Answer

_SECONDS = 1.0
_RUNNING = frozenset({"QUEUED", "RUNNING"})


class AthenaError(Exception):
    """Means that Athena did not answer a query. The text is Athena's."""


def ask(athena: Any, workgroup: str, database: str, sql: str, sleep: Callable[[float], None]) -> Answer:
    """Runs one query.

    Args:
        athena: an Athena client with the analyst's role.
        workgroup: the stack's workgroup, which decides where results go and how much a query may scan.
        database: the stack's database.
        sql: the query in Athena's dialect.
        sleep: waits for some seconds.

    Returns:
        All rows; every value is a text.

    Raises:
        AthenaError: the query failed or was stopped.
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
