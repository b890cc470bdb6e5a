"""Units are counted as DynamoDB charges them."""

from base64 import b64encode
from typing import Any

import pytest

from bench.units import item_bytes, put_units, read_units


def item(size: int) -> dict[str, Any]:
    return {"id": {"S": "k"}, "v": {"B": b64encode(bytes(size - 4)).decode()}}


def test_names_and_values_count_and_base64_does_not() -> None:
    assert item_bytes(item(1_000)) == 1_000


@pytest.mark.parametrize(("size", "units"), [(10, 1), (1_024, 1), (1_025, 2), (4_096, 4)])
def test_a_write_is_a_unit_for_each_kilobyte_begun(size: int, units: int) -> None:
    assert put_units("PutItem", {"Item": item(size)}) == units


def test_items_are_rounded_one_by_one() -> None:
    puts = [{"PutRequest": {"Item": item(10)}}] * 25
    assert put_units("BatchWriteItem", {"RequestItems": {"t": puts}}) == 25


def test_a_transaction_costs_twice() -> None:
    assert put_units("TransactWriteItems", {"TransactItems": [{"Put": {"Item": item(10)}}] * 3}) == 6


def test_a_key_that_is_not_there_is_read_too() -> None:
    assert read_units("BatchGetItem", {"RequestItems": {"t": {"Keys": [{}, {}]}}}) == 2
    assert read_units("PutItem", {"Item": item(10)}) == 0
