"""The lake's columns follow from the schemas that consumers have, and the template's section from both."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.emulator.template import load
from ops.lake import resources
from ops.lake.columns import columns, duckdb, glue, tables
from ops.lake.keys import with_column_names
from ops.lake.questions import Question
from schemas.no_place import NoPlace
from schemas.registry import EventName

TEMPLATE = Path("stacks/lake.yaml")
RESOURCES: dict[str, Any] = load(Path("template.yaml"))["Resources"]
ORDER = EventName("order.placed", 1)


def schema(**fields: Any) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


TOKEN = {"type": "string", "pattern": "^tok_"}
NUMBER = {"type": "integer"}


def test_the_template_has_the_tables_and_queries_of_now() -> None:
    text = TEMPLATE.read_text(encoding="utf-8")
    assert resources.spliced(text) == text, "run `make schemas`"


def test_a_changed_schema_would_change_the_template(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {**tables(), "order.lost": {"id": "string"}}
    monkeypatch.setattr(resources, "tables", lambda: changed)
    text = TEMPLATE.read_text(encoding="utf-8")
    assert resources.spliced(text) != text


def test_a_template_without_the_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="marks"):
        resources.spliced("Resources:\n")


def test_there_is_a_table_for_each_event_type_and_a_saved_query_for_each_question() -> None:
    made = [each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::Glue::Table"]
    assert {each["TableInput"]["Name"] for each in made} == {each.replace(".", "_") for each in tables()}
    saved = [each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::Athena::NamedQuery"]
    assert {each["Name"]: each["QueryString"].strip() for each in saved} == {
        str(question): question.sql for question in Question
    }


def test_tables_find_their_files_where_the_delivery_puts_them() -> None:
    prefix = RESOURCES["LakeDelivery"]["Properties"]["ExtendedS3DestinationConfiguration"]["Prefix"]
    for event_type in tables():
        name = "".join(map(str.capitalize, event_type.replace(".", "_").split("_"))) + "LakeTable"
        told = RESOURCES[name]["Properties"]["TableInput"]["Parameters"]["storage.location.template"]
        place = prefix.replace("!{partitionKeyFromQuery:event_type}", event_type).replace(
            "!{partitionKeyFromQuery:day}", "${!day}"
        )
        assert told == {"Fn::Sub": f"s3://${{AnalyticsBucket}}/{place}"}


def test_every_field_that_a_schema_names_is_in_a_column() -> None:
    paths = list(Path("schemas/json/sanitized").glob("*.json"))
    assert {path.stem.rpartition(".")[0] for path in paths} == set(tables())
    for path in paths:
        event_type, _, _ = path.stem.rpartition(".")
        named = {name.lower() for name in _names(json.loads(path.read_text()))}
        assert named <= set(_column_names(tables()[event_type])), path


def _names(node: Any) -> Any:
    if isinstance(node, dict):
        yield from node.get("properties", ())
        for each in node.values():
            yield from _names(each)
    elif isinstance(node, list):
        for each in node:
            yield from _names(each)


def _column_names(column: Any) -> Any:
    if isinstance(column, dict):
        for name, inner in column.items():
            yield name
            yield from _column_names(inner)
    elif isinstance(column, list):
        yield from _column_names(column[0])


def test_a_number_that_may_be_a_token_is_text() -> None:
    told = columns({ORDER: schema(count={"anyOf": [NUMBER, TOKEN, {"type": "null"}]}, sure=NUMBER)})
    assert told["order.placed"]["detail"] == {"count": "string", "sure": "bigint"}


def test_versions_of_a_type_share_a_table_with_the_fields_of_all() -> None:
    second = schema(a=NUMBER, b={"type": "array", "items": schema(c={"type": "boolean"})})
    told = columns({ORDER: schema(a=TOKEN, old=TOKEN), EventName("order.placed", 2): second})
    detail = told["order.placed"]["detail"]
    assert detail == {"a": "string", "old": "string", "b": [{"c": "boolean"}]}
    assert glue(detail) == "struct<a:string,old:string,b:array<struct<c:boolean>>>"
    assert duckdb(detail) == 'STRUCT("a" VARCHAR, "old" VARCHAR, "b" STRUCT("c" BOOLEAN)[])'


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"a": {"anyOf": [schema(b=TOKEN), TOKEN]}}, "order.placed: /a: is an object in one place"),
        ({"userId": TOKEN, "userID": TOKEN}, "order.placed: /userID: .* userId beside it is the same one"),
        (
            {"a": {"type": "array", "items": schema(b=schema(C=NUMBER, c=NUMBER))}},
            r"order.placed: /a/\*/b/c: .* C beside it is the same one",
        ),
        ({"a": {"anyOf": [{"type": "null"}]}}, "order.placed: /a: can only be null"),
    ],
)
def test_a_field_that_no_column_holds_is_refused(odd: dict[str, Any], why: str) -> None:
    with pytest.raises(NoPlace, match=why):
        columns({ORDER: schema(**odd)})


def test_all_fields_that_no_column_holds_are_named_at_once() -> None:
    null = {"type": "null"}
    odd = schema(a={"anyOf": [null]}, b=schema(c={"anyOf": [null]}), D=NUMBER, d=NUMBER)
    with pytest.raises(NoPlace) as refused:
        columns({ORDER: odd, EventName("order.lost", 1): schema(e={"anyOf": [null]})})
    assert [each.partition(": ")[2].partition(":")[0] for each in refused.value.faults] == [
        "/e",
        "/a",
        "/b/c",
        "/d",
    ]


def test_names_are_in_lower_case_at_every_depth() -> None:
    inner = schema(unitPrice=NUMBER, Tags={"type": "array", "items": TOKEN})
    parts = {"Line": inner}
    lines = {"type": "array", "items": {"$ref": "#/$defs/Line"}}
    told = columns(
        {
            ORDER: {**schema(orderLines=lines, userId=NUMBER), "$defs": parts},
            EventName("order.placed", 2): schema(userID=TOKEN, orderlines={"type": "array", "items": inner}),
        }
    )
    assert told["order.placed"]["detail"] == {
        "orderlines": [{"unitprice": "bigint", "tags": ["string"]}],
        "userid": "string",
    }


def test_keys_are_lowered_at_every_depth_and_values_keep_their_digits() -> None:
    line = '{"Order":{"Total":1.10,"ITEMS":[{"Sku":"Ab","N":12345678901234567890.50}]},"order":7}'
    assert with_column_names(line) == '{"order":7}'  # of equal keys the last one
    one = line.replace('"order":7', '"Other":-0.0')
    assert with_column_names(one) == (
        '{"order":{"total":1.10,"items":[{"sku":"Ab","n":12345678901234567890.50}]},"other":-0.0}'
    )
