"""Opens the lake's files in DuckDB, with Athena's tables and the functions of Trino that the questions use."""

import gzip
from collections.abc import Mapping
from pathlib import Path

import duckdb

from ops.lake.answer import Answer
from ops.lake.columns import Column, table_name, tables
from ops.lake.columns import duckdb as duckdb_type
from ops.lake.files import PREFIX
from ops.lake.keys import with_column_names
from ops.lake.questions import orders

_FUNCTIONS = (
    "CREATE MACRO from_iso8601_timestamp(moment) AS CAST(moment AS TIMESTAMPTZ)",
    "CREATE MACRO date_format(moment, form) AS strftime(moment, form)",
)
_LOWERED = "lowered"
_CLOSED = ("SET enable_external_access = false", "SET lock_configuration = true")
_NO_DOWNLOADS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "TimeZone": "UTC",
}


class QueryError(Exception):
    """Means that DuckDB can't run a query. The text says why, and may hold values of the lake."""


class Database:
    """Holds the lake as it was when its files were read. A query can reach nothing else on this machine.

    Args:
        folder: the folder of the files, as `ops.lake.files` fetches them. Each is written once more beside them, with
            the keys in lower case.
    """

    def __init__(self, folder: Path) -> None:
        self._connection = duckdb.connect(config=_NO_DOWNLOADS)
        for event_type, columns in tables().items():
            self._connection.execute(_table(folder, event_type, columns))
        for statement in (*_FUNCTIONS, f"CREATE VIEW orders AS {orders()}", *_CLOSED):
            self._connection.execute(statement)

    def ask(self, sql: str) -> Answer:
        """Runs one query.

        Raises:
            QueryError: the query can't be run.
        """
        try:
            result = self._connection.execute(sql)
            rows = result.fetchall()
        except duckdb.Error as error:
            raise QueryError(str(error)) from None
        return Answer([name for name, *_ in result.description or ()], rows)


def _table(folder: Path, event_type: str, columns: Mapping[str, Column]) -> str:
    typed = {name: duckdb_type(column) for name, column in columns.items()}
    files = sorted((folder / PREFIX / f"event_type={event_type}").glob("day=*/*.gz"))
    name = table_name(event_type)
    if not files:
        fields = ", ".join(f'"{column}" {kind}' for column, kind in {**typed, "day": "VARCHAR"}.items())
        return f"CREATE TABLE {name} ({fields})"
    names = ", ".join(_quoted(str(_with_column_names(folder, each))) for each in files)
    kinds = ", ".join(f"{_quoted(column)}: {_quoted(kind)}" for column, kind in typed.items())
    return (
        f"CREATE TABLE {name} AS SELECT * EXCLUDE (event_type) FROM read_json([{names}], "  # noqa: S608 -- our own names
        f"columns = {{{kinds}}}, format = 'newline_delimited', compression = 'gzip', "
        "hive_partitioning = true, hive_types_autocast = false)"
    )


def _with_column_names(folder: Path, file: Path) -> Path:
    """Writes a file's events with their keys in lower case, and returns where."""
    there = folder / _LOWERED / file.relative_to(folder)
    if not there.exists():
        there.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(file, "rt", encoding="utf-8", newline="\n") as lines:
            text = "".join(f"{with_column_names(line)}\n" for line in lines)
        there.write_bytes(gzip.compress(text.encode(), compresslevel=1))
    return there


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
