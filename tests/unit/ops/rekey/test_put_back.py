"""Items are put back where none is, and a later mark is never taken back by an earlier one."""

from collections import Counter
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.errors import CommandError
from ops.rekey.restore import put_back

CONDITION = "ConditionalCheckFailedException"


class Dynamo:
    """Two tables: the restored one has pages, the other one refuses some items."""

    def __init__(self, *pages: list[Any], refused: dict[str, str] | None = None) -> None:
        self._pages = pages
        self._refused = refused or {}
        self.put: list[dict[str, Any]] = []

    def describe_table(self, TableName: str) -> Any:  # noqa: N803 -- boto3's
        assert TableName == "target"
        return {"Table": {"KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]}}

    def get_paginator(self, name: str) -> Any:
        assert name == "scan"
        return self

    def paginate(self, **asked: Any) -> Any:
        assert asked == {"TableName": "source", "ConsistentRead": True}
        return [{"Items": each} for each in self._pages]

    def put_item(self, **asked: Any) -> None:
        self.put.append(asked)
        code = self._refused.get(asked["Item"]["id"]["S"])
        if code:
            raise ClientError({"Error": {"Code": code}}, "PutItem")


def item(name: str, **more: Any) -> dict[str, Any]:
    return {"id": {"S": name}, **more}


def restored(dynamo: Dynamo) -> tuple[Counter[str], list[int]]:
    ticks: list[int] = []
    return put_back(dynamo, "source", "target", ticks.append), ticks


def test_each_item_of_each_page_is_put_where_none_is() -> None:
    dynamo = Dynamo([item("a"), item("b")], [item("c")], [], refused={"b": CONDITION})
    counts, ticks = restored(dynamo)
    assert counts == {"put back": 2, "there": 1}
    assert ticks == [2, 1, 0]
    assert sorted(each["Item"]["id"]["S"] for each in dynamo.put) == ["a", "b", "c"]
    assert {each["TableName"] for each in dynamo.put} == {"target"}
    assert {each["ConditionExpression"] for each in dynamo.put} == {"attribute_not_exists(#key)"}
    assert all(each["ExpressionAttributeNames"] == {"#key": "id"} for each in dynamo.put)


def test_a_mark_goes_over_an_earlier_one() -> None:
    dynamo = Dynamo([item("m", until={"N": "7"})])
    restored(dynamo)
    (asked,) = dynamo.put
    assert asked["ConditionExpression"] == "attribute_not_exists(#key) OR #until < :until"
    assert asked["ExpressionAttributeNames"] == {"#key": "id", "#until": "until"}
    assert asked["ExpressionAttributeValues"] == {":until": {"N": "7"}}


def test_an_item_that_is_refused_for_another_reason_ends_it_with_what_it_needs() -> None:
    with pytest.raises(CommandError) as refused:
        restored(Dynamo([item("a")], refused={"a": "AccessDeniedException"}))
    assert "putting items of source into target" in str(refused.value)
    assert "restoring needs an administrator of the tables" in refused.value.hint
