"""Tests `order-tokenizer lake`: its output without a stack, and that a named stack is asked through Athena."""

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from ops import options
from ops.errors import CommandError
from ops.lake import cli
from ops.lake.columns import table_name, tables
from ops.lake.questions import Question
from tests.support.fakes.athena import Athena
from tests.support.lake import Event


class Stack:
    """A stack on AWS as the command finds it."""

    def __init__(self, athena: Athena) -> None:
        self.athena = athena
        self.services: list[str] = []

    def output(self, name: str) -> str:
        return {"AnalystWorkGroupName": "analysts", "LakeDatabaseName": "orders_lake"}[name]

    def client(self, service: str) -> Athena:
        self.services.append(service)
        return self.athena


@pytest.fixture
def forget() -> Iterator[None]:
    """Forgets what a command was given, so that the next one does not see it."""
    yield
    cli._chosen.take()


def printed(*words: str) -> str:
    done = CliRunner().invoke(cli.app, list(words))
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("question", Question)
def test_a_questions_query_is_printed_as_it_stands(question: Question) -> None:
    assert printed("sql", question) == f"{question.sql}\n"
    assert json.loads(printed("sql", question, "--json")) == {"sql": question.sql}


def test_every_column_is_listed() -> None:
    lines = printed("tables").splitlines()
    told = json.loads(printed("tables", "--json"))
    assert ["\t".join(each.values()) for each in told] == lines[1:]
    assert len(lines) == 1 + sum(len(columns) + 1 for columns in tables().values())
    assert all(any(line.startswith(f"{table_name(each)}\tday\t") for line in lines) for each in tables())


@pytest.mark.usefixtures("forget")
def test_a_named_stack_is_asked_through_athena(monkeypatch: pytest.MonkeyPatch) -> None:
    stack, asked = Stack(Athena("SUCCEEDED", rows=1)), list[Event]()

    def find(name: str, *rest: str) -> Stack:
        asked.append({"name": name, "rest": rest})
        return stack

    monkeypatch.setattr(options, "find", find)
    told = printed("--stack", "orders", "--role-arn", "arn", "ask", "revenue", "--json")
    assert json.loads(told) == [{"brand": None, "orders": "0"}]
    assert stack.services == ["athena"]
    assert stack.athena.started == {
        "QueryString": Question.REVENUE.sql,
        "WorkGroup": "analysts",
        "QueryExecutionContext": {"Database": "orders_lake"},
    }
    assert asked == [{"name": "orders", "rest": (None, None, "arn", "AnalystRoleArn")}]


class Local:
    """The local stack, with an empty lake, as the command finds it."""

    def output(self, name: str) -> str:
        return {"AnalyticsBucketName": "lake"}[name]

    def client(self, service: str) -> "Local":
        assert service == "s3"
        return self

    def get_paginator(self, operation: str) -> "Local":
        assert operation == "list_objects_v2"
        return self

    def paginate(self, **asked: str) -> list[Event]:
        assert asked == {"Bucket": "lake", "Prefix": "events/"}
        return [{}]


@pytest.mark.usefixtures("forget")
def test_without_a_name_the_local_lake_is_asked_in_duckdb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(options, "find", lambda *_: Local())
    sql = "SELECT count(*) AS events, NULL AS nothing, 1.5 AS price FROM order_placed"
    assert printed("query", sql) == "events\tnothing\tprice\n0\t\t1.50\n"
    assert json.loads(printed("query", sql, "--json")) == [{"events": "0", "nothing": None, "price": "1.50"}]
    assert printed("ask", "revenue").count("\n") == 1  # the names of the columns alone
    result = CliRunner().invoke(cli.app, ["query", "SELECT nothing FROM order_placed"])
    assert isinstance(result.exception, CommandError)
    assert "nothing" in str(result.exception)
    assert "order-tokenizer lake tables" in result.exception.hint
