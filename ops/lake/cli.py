"""Defines the command `order-tokenizer lake`, which queries sanitized events: by DuckDB locally, by Athena on AWS."""

from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Annotated

import typer

from ops import console
from ops.errors import CommandError
from ops.explain import explained
from ops.lake import athena
from ops.lake.answer import Answer
from ops.lake.athena import AthenaError
from ops.lake.columns import glue, table_name
from ops.lake.columns import tables as all_tables
from ops.lake.database import Database, QueryError
from ops.lake.files import fetch
from ops.lake.questions import Question
from ops.options import AsJson, Chosen
from ops.stack import Stack

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="Query sanitized events with the analyst's role.",
)

_ROLE = "AnalystRoleArn"
_NEEDS = f"the lake needs the stack's {_ROLE}"
_HINT = "`order-tokenizer lake tables` lists the columns, `... lake sql revenue` prints a query that works"


_chosen = Chosen()
app.callback()(_chosen.take)


@app.command()
def ask(
    question: Annotated[Question, typer.Argument(help="A saved question.")], as_json: AsJson = False
) -> None:
    """Answer a saved question."""
    _show(question.asks, _answered(question.sql), as_json=as_json)


@app.command()
def query(
    sql: Annotated[
        str,
        typer.Argument(
            metavar="SQL", help="In Athena's dialect; the local stack also has the view `orders`."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Run a query of your own."""
    _show("answer", _answered(sql), as_json=as_json)


@app.command("sql")
def sql_(
    question: Annotated[Question, typer.Argument(help="A saved question.")], as_json: AsJson = False
) -> None:
    """Print the query of a saved question, to start your own from."""
    if as_json:
        console.as_json({"sql": question.sql})
    else:
        console.line(question.sql)


@app.command()
def tables(as_json: AsJson = False) -> None:
    """List every table with its columns and their types."""
    heads = ["table", "column", "type"]
    rows = [
        [table_name(event_type), column, glue(kind)]
        for event_type, columns in all_tables().items()
        for column, kind in {**columns, "day": "string"}.items()
    ]
    if as_json:
        console.as_json([dict(zip(heads, row, strict=True)) for row in rows])
    else:
        console.table("tables", heads, rows)


def _answered(sql: str) -> Answer:
    stack = _chosen.stack(_ROLE)
    try:
        return _local(stack, sql) if _chosen.name is None else _on_aws(stack, sql)
    except (QueryError, AthenaError) as error:
        raise CommandError(str(error), _HINT) from None


def _on_aws(stack: Stack, sql: str) -> Answer:
    names = stack.output("AnalystWorkGroupName"), stack.output("LakeDatabaseName")
    with explained("asking Athena", _NEEDS):
        return athena.ask(stack.client("athena"), *names, sql, sleep)


def _local(stack: Stack, sql: str) -> Answer:
    with TemporaryDirectory(prefix="order-tokenizer-lake-") as folder:
        with explained("reading the lake", _NEEDS):
            fetch(stack.client("s3"), stack.output("AnalyticsBucketName"), Path(folder))
        return Database(Path(folder)).ask(sql)


def _show(title: str, answer: Answer, *, as_json: bool) -> None:
    if as_json:
        console.as_json(answer.records())
    else:
        console.table(title, answer.columns, answer.shown())
