"""DuckDB over the lake's files: the same tables and columns that Athena has, and of Trino's functions those that the questions use."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from ops.lake.answer import Answer
from ops.lake.columns import Column, table_name, tables
from ops.lake.columns import duckdb as duckdb_type
from ops.lake.files import PREFIX
from ops.lake.questions import orders

_FUNCTIONS = (
    "CREATE MACRO from_iso8601_timestamp(told) AS CAST(told AS TIMESTAMPTZ)",
    "CREATE MACRO date_format(moment, form) AS strftime(moment, form)",
)
_CLOSED = ("SET enable_external_access = false", "SET lock_configuration = true")
_NO_DOWNLOADS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "TimeZone": "UTC",
}


class QueryError(Exception):
    """A query that DuckDB does not take; its text says why, and may hold values of the lake."""


class Database:
    """The lake as it was when its files were read. A query reaches nothing else of this machine.

    Args:
        folder: with the files as `ops.lake.files` brings them.
    """

    def __init__(self, folder: Path) -> None:
        self._connection = duckdb.connect(config=_NO_DOWNLOADS)
        for event_type, columns in tables().items():
            self._connection.execute(_table(folder, event_type, columns))
        for statement in (*_FUNCTIONS, f"CREATE VIEW orders AS {orders()}", *_CLOSED):
            self._connection.execute(statement)

    def ask(self, sql: str) -> Answer:
        """Run one query.

        Raises:
            QueryError: it can't be run.
        """
        try:
            told = self._connection.execute(sql)
            rows = told.fetchall()
        except duckdb.Error as error:
            raise QueryError(str(error)) from None
        return Answer([name for name, *_ in told.description or ()], rows)


def _table(folder: Path, event_type: str, columns: Mapping[str, Column]) -> str:
    typed = {name: duckdb_type(column) for name, column in columns.items()}
    files = sorted((folder / PREFIX / f"event_type={event_type}").glob("day=*/*.gz"))
    name = table_name(event_type)
    if not files:
        fields = ", ".join(f'"{column}" {kind}' for column, kind in {**typed, "day": "VARCHAR"}.items())
        return f"CREATE TABLE {name} ({fields})"
    names = ", ".join(_quoted(str(each)) for each in files)
    kinds = ", ".join(f"{_quoted(column)}: {_quoted(kind)}" for column, kind in typed.items())
    return (
        f"CREATE TABLE {name} AS SELECT * EXCLUDE (event_type) FROM read_json([{names}], "  # noqa: S608 -- our own names
        f"columns = {{{kinds}}}, format = 'newline_delimited', compression = 'gzip', "
        "hive_partitioning = true, hive_types_autocast = false)"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
