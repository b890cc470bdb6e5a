"""Units are counted as DynamoDB charges them."""

import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from bench.units import INDEXES, item_bytes, read_units, write_units
from local.emulator.template import files


def item(size: int) -> dict[str, Any]:
    return {"id": {"S": "k"}, "v": {"B": b64encode(bytes(size - 4)).decode()}}


def test_names_and_values_count_and_base64_does_not() -> None:
    assert item_bytes(item(1_000)) == 1_000


@pytest.mark.parametrize(("size", "units"), [(10, 1), (1_024, 1), (1_025, 2), (4_096, 4)])
def test_a_write_is_a_unit_for_each_kilobyte_begun(size: int, units: int) -> None:
    assert write_units("PutItem", {"TableName": "t", "Item": item(size)}) == {"t": units, INDEXES: 0}


def test_items_are_rounded_one_by_one() -> None:
    puts = [{"PutRequest": {"Item": item(10)}}] * 25
    assert write_units("BatchWriteItem", {"RequestItems": {"t": puts, "s": puts[:2]}})["t"] == 25


@pytest.mark.parametrize(("key", "units"), [("owner", 1), ("sharer", 1), ("other", 0)])
def test_an_item_that_an_index_of_the_template_holds_is_written_there_too(key: str, units: int) -> None:
    put = {"TableName": "t", "Item": item(10) | {key: {"S": "x"}}}
    assert write_units("PutItem", put)[INDEXES] == units


def test_the_indexes_counted_are_those_of_the_template() -> None:
    text = "\n".join(each.read_text(encoding="utf-8") for each in files(Path("template.yaml")))
    # Not on the order's path: the sweeps' own, and that of the orders table, which a consumer writes.
    written = set(re.findall(r"- IndexName: (\w+)", text)) - {"due", "email"}
    assert written == {"owner", "sharer"}


def test_a_key_that_is_not_there_is_read_too() -> None:
    assert read_units("BatchGetItem", {"RequestItems": {"t": {"Keys": [{}, {}]}}}) == 2
    assert read_units("PutItem", {"Item": item(10)}) == 0
