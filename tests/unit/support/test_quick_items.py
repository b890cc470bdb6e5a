"""Tests that items which are looked through at once are taken, refused and written as botocore does it value by value."""

from typing import Any

import boto3
import pytest
from botocore.serialize import JSONSerializer
from botocore.validate import ParamValidator

_PUT = boto3.client("dynamodb", region_name="us-east-1").meta.service_model.operation_model(
    "PutItem"
)  # an item is its map of values
ITEMS: dict[str, Any] = {
    "of nothing": {},
    "of every plain kind": {"a": {"S": "é"}, "b": {"N": "1"}, "c": {"B": b"\xff\0"}, "d": {"BOOL": False}, "e": {"NULL": True}},
    "with a list of items": {"a": {"S": ""}, "b": {"L": [{"M": {"c": {"B": b"x"}}}, {"N": "2"}]}},
    "with sets": {"a": {"SS": ["x", "y"]}, "b": {"BS": [b"x"]}},
    "with bytes of another type": {"a": {"B": bytearray(b"x")}},
    "with a blob that is text": {"a": {"B": "x"}},
    "with a number that is no text": {"a": {"N": 1}},
    "with a text that is bytes": {"a": {"S": b"x"}},
    "with a truth that is a number": {"a": {"BOOL": 1}},
    "with a value of two members": {"a": {"S": "x", "N": "1"}},
    "with a value of no member": {"a": {}},
    "with a member that is unknown": {"a": {"Z": "x"}},
    "with a value that is no map": {"a": "x"},
    "with a name that is no text": {1: {"S": "x"}},
    "within an item": {"a": {"M": {"b": {"S": 2}}}},
    "that is none": [("a", {"S": "x"})],
}  # fmt: skip


def asked(item: Any) -> Any:
    """Returns what botocore says of a call with this item, or what it sends."""
    given = {"TableName": "vault", "Item": item}
    assert _PUT.input_shape is not None
    report = ParamValidator().validate(given, _PUT.input_shape)
    if report.has_errors():
        return report.generate_report()
    return JSONSerializer().serialize_to_request(given, _PUT)["body"]


@pytest.mark.parametrize("which", ITEMS)
def test_an_item_is_taken_and_written_as_botocore_does_it(
    which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = asked(ITEMS[which])
    for kind, name in ((ParamValidator, "_validate_map"), (JSONSerializer, "_serialize_type_map")):
        monkeypatch.setattr(kind, name, vars(kind)[name].__wrapped__)
    assert asked(ITEMS[which]) == at_once


def test_a_plain_item_is_looked_through_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ParamValidator, "_validate_boolean", None)
    assert b"true" in asked({"a": {"BOOL": True}})
    with pytest.raises(TypeError):
        asked({"a": {"L": [{"BOOL": True}]}})
