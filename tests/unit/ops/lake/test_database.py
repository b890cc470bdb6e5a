"""DuckDB stands in for Athena: same columns, nothing else of the machine, errors of our own."""

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from ops.lake.answer import Answer, shown
from ops.lake.columns import table_name, tables
from ops.lake.database import Database, QueryError
from ops.lake.files import fetch
from tests.support.lake import Event, envelope

LakeOf = Callable[[Iterable[bytes]], Database]


def test_every_table_of_the_template_is_there_with_its_day(lake_of: LakeOf, details: list[Event]) -> None:
    lake = lake_of(map(envelope, details[:3]))
    for event_type, columns in tables().items():
        told = lake.ask(f"SELECT * FROM {table_name(event_type)}")  # noqa: S608 -- our own names
        assert told.columns == [*columns, "day"]


def test_the_day_is_the_one_that_the_event_came_in(lake_of: LakeOf, details: list[Event]) -> None:
    told = lake_of(map(envelope, details)).ask("SELECT DISTINCT day FROM order_placed")
    assert {day for (day,) in told.rows} == {detail["metadata"]["ingested_at"][:10] for detail in details}


def test_keys_are_read_in_lower_case_at_every_depth_and_the_last_of_equal_ones_counts(
    lake_of: LakeOf, details: list[Event]
) -> None:
    styled = json.loads(json.dumps(details[0]))
    order = styled["data"]["order"]
    plain = [(order["order_id"], order["items"][0]["sku"], "9" * 30)]
    order["Order_ID"] = order.pop("order_id")
    order["items"][0] |= {"SKU": order["items"][0].pop("sku"), "quantity": 1, "Quantity": int("9" * 30)}
    told = lake_of([envelope(styled)]).ask(
        'SELECT detail.data."order".ORDER_id, detail.data."order".items[1].sku,'
        ' detail.data."order".items[1].QUANTITY FROM order_placed'
    )
    assert told.rows == plain


def test_a_query_reaches_no_other_file_of_the_machine(lake_of: LakeOf, tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("a,b\n1,2\n")
    lake = lake_of([])
    with pytest.raises(QueryError, match="disabled"):
        lake.ask(f"SELECT * FROM read_csv('{tmp_path}/own.csv')")  # noqa: S608 -- a path of the test's own
    with pytest.raises(QueryError, match="locked"):
        lake.ask("SET enable_external_access = true")


def test_a_query_that_can_not_be_run_says_why(lake_of: LakeOf) -> None:
    with pytest.raises(QueryError, match="nowhere"):
        lake_of([]).ask("SELECT * FROM nowhere")


def test_values_are_shown_to_people_and_programs() -> None:
    answer = Answer(
        ["a", "b", "c", "d"],
        [
            (None, Decimal("12.900000"), 1 / 3, 5),
            ("x", Decimal("0.001000"), 2.0, 0),
            ("y", Decimal(100), 0.5, 1),
        ],
    )
    assert answer.shown() == [
        ["", "12.90", "0.33", "5"],
        ["x", "0.001", "2.00", "0"],
        ["y", "100.00", "0.50", "1"],
    ]
    assert answer.records()[0] == {"a": None, "b": "12.90", "c": "0.33", "d": "5"}
    assert shown(Decimal("-3.5")) == "-3.50"


class Bucket:
    """Answers as S3 would, as far as fetching asks it."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        self.objects = objects
        self.read: list[str] = []

    def get_paginator(self, name: str) -> "Bucket":
        return self

    def paginate(self, **asked: str) -> list[Event]:
        return [{"Contents": [{"Key": key}]} for key in self.objects if key.startswith(asked["Prefix"])]

    def get_object(self, **asked: str) -> Event:
        self.read.append(asked["Key"])
        return {"Body": BytesIO(self.objects[asked["Key"]])}


def test_files_are_fetched_once_and_never_out_of_their_folder(tmp_path: Path) -> None:
    bucket = Bucket({"events/a/1.gz": b"1", "events/../../2.gz": b"2", "results/3": b"3"})
    assert fetch(bucket, "lake", tmp_path / "here") == 1
    bucket.objects["events/a/4.gz"] = b"4"
    assert fetch(bucket, "lake", tmp_path / "here") == 2
    assert bucket.read == ["events/a/1.gz", "events/a/4.gz"]
    assert sorted(each.name for each in tmp_path.rglob("*.gz")) == ["1.gz", "4.gz"]
    assert (tmp_path / "here/events/a/4.gz").read_bytes() == b"4"
