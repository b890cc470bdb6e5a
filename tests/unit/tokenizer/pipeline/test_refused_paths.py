"""Which refusals name a place, code by code. A letter that names one in its message names it in its refusal as well."""

import ast
import json
from collections.abc import Collection, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from schemas.dead_letter import ErrorCode
from schemas.events.order_placed_v1 import OrderPlaced
from schemas.refused import NAME
from schemas.registry import EventName
from schemas.sanitized import SOURCE
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tests.support.webhooks import MODELS, message, relayed, webhook
from tokenizer.errors import PipelineError
from tokenizer.pipeline.bounds import MAX_FIELDS, MAX_OWN_VALUES, MAX_TEXT
from tokenizer.pipeline.catalog import Catalog
from tokenizer.pipeline.deliveries import MOST_STARTS, Deliveries
from tokenizer.records import RawRecord
from tokenizer.time_budget import Budget

TOPIC = {"topic": "relayed.order"}
WRAPPED = {"Type": "Notification", "MessageId": "n-1", "TopicArn": "arn", "Timestamp": "2026-11-23T10:15:00Z"}
OURS = {"version": "0", "id": "e", "detail-type": "t", "source": SOURCE, "account": "1", "time": "t", "region": "r",
        "resources": [], "detail": {}}  # fmt: skip
# How a message that is no object is kept with its attributes, if a type asks for them.
WRAPPED_MESSAGE = {"messageAttributes": {"topic": {"stringValue": "relayed.order"}}, "body": "[1]"}
PLACED = ("order.placed", 1)
WEB, RELAYED = ("web.order", 1), ("relayed.order", 1)
NOBODY = (None, None)
Case = tuple[ErrorCode, Any, list[str], tuple[str | None, int | None]]
CASES: dict[str, Case] = {
    "no JSON": (ErrorCode.MALFORMED_JSON, b"{", [], NOBODY),
    "no JSON in a wrapper": (ErrorCode.MALFORMED_JSON, {**WRAPPED, "Message": "{"}, ["/Message"], NOBODY),
    "no JSON in a message": (ErrorCode.MALFORMED_JSON, message("{", TOPIC), [], NOBODY),
    "a list in a message": (ErrorCode.NOT_AN_OBJECT, WRAPPED_MESSAGE, [], NOBODY),
    "a list": (ErrorCode.NOT_AN_OBJECT, [1], [], NOBODY),
    "a list in a wrapper": (ErrorCode.NOT_AN_OBJECT, {**WRAPPED, "Message": "[1]"}, ["/Message"], NOBODY),
    "a type": (ErrorCode.UNKNOWN_EVENT_TYPE, {**order(), "event_type": "x"}, ["/event_type"], NOBODY),
    "a foreign type": (ErrorCode.UNKNOWN_EVENT_TYPE, webhook(meta={"topic": "x"}), ["/meta/topic"], NOBODY),
    "a type in an attribute": (
        ErrorCode.UNKNOWN_EVENT_TYPE, message(json.dumps(relayed()), {"topic": "x"}), ["attribute:topic"], NOBODY,
    ),
    "a version": (
        ErrorCode.UNSUPPORTED_SCHEMA_VERSION, {**order(), "schema_version": 9}, ["/schema_version"], ("order.placed", None),
    ),
    "a foreign version": (
        ErrorCode.UNSUPPORTED_SCHEMA_VERSION, webhook(meta={"topic": "order.created", "api": "9"}), ["/meta/api"],
        ("web.order", None),
    ),
    "a field": (ErrorCode.INVALID_FIELD, order(total=1), ["/order/total"], PLACED),
    "two fields": (
        ErrorCode.INVALID_FIELD, order(total=1, currency=2), ["/order/currency", "/order/total"], PLACED,
    ),
    "no type": (ErrorCode.INVALID_FIELD, {"schema_version": 1}, ["/event_type"], NOBODY),
    "a version as text": (
        ErrorCode.INVALID_FIELD, {**order(), "schema_version": "1"}, ["/schema_version"], ("order.placed", None),
    ),
    "a time without a zone": (
        ErrorCode.INVALID_FIELD, {**order(), "occurred_at": "2026-07-01T09:30:00"}, ["/occurred_at"], PLACED,
    ),
    "a foreign time without a zone": (
        ErrorCode.INVALID_FIELD, message(json.dumps(relayed(at="2026-07-01 09:30:00")), {**TOPIC, "delivery": "d"}),
        ["/at"], RELAYED,
    ),
    "a foreign time": (ErrorCode.INVALID_FIELD, webhook(created="x"), ["/created"], WEB),
    "a foreign time that is missing": (ErrorCode.INVALID_FIELD, webhook(created=None), ["/created"], WEB),
    "a foreign time that is too late": (ErrorCode.INVALID_FIELD, webhook(created=10**18), ["/created"], WEB),
    "a foreign id": (ErrorCode.INVALID_FIELD, webhook(id=None), ["/id"], WEB),
    "a foreign id that is too long": (ErrorCode.INVALID_FIELD, webhook(id="x" * 257), ["/id"], WEB),
    "an id in an attribute": (
        ErrorCode.INVALID_FIELD, message(json.dumps(relayed()), TOPIC), ["attribute:delivery"], RELAYED,
    ),
    "a foreign field": (ErrorCode.INVALID_FIELD, webhook(total="a lot"), ["/total"], WEB),
    "our own event": (ErrorCode.INVALID_FIELD, OURS, ["/source"], NOBODY),
    "fields": (ErrorCode.TOO_LARGE, order(items=[{}] * (MAX_FIELDS + 1)), ["/order/items"], PLACED),
    "a text": (ErrorCode.TOO_LARGE, order(notes="x" * (MAX_TEXT + 1)), ["/order/notes"], PLACED),
    "values": (
        ErrorCode.TOO_LARGE, order(more=[f"value-{at}" for at in range(MAX_OWN_VALUES + 1)]), ["/order"], PLACED,
    ),
    "starts": (ErrorCode.RETRIES_EXHAUSTED, order(), [], NOBODY),
}  # fmt: skip


class _ManyStarts:
    def unfinished(self, ids: Collection[str], budget: Budget) -> dict[str, int | PipelineError]:
        return dict.fromkeys(ids, MOST_STARTS)

    def note(self, starts: Mapping[str, int], budget: Budget) -> dict[str, PipelineError]:
        return {}


@pytest.mark.parametrize("case", CASES)
def test_a_refusal_names_the_places_type_and_version(case: str) -> None:
    code, raw, paths, named = CASES[case]
    world = World(catalog=Catalog({**MODELS, EventName(*PLACED): OrderPlaced}), announces=True)
    record = raw if isinstance(raw, RawRecord) else stream_record(raw)
    suspects = {0} if code is ErrorCode.RETRIES_EXHAUSTED else set[int]()
    (outcome,) = Deliveries(world.tokenizer, _ManyStarts()).tokenize([record], suspects, ample_budget())
    assert outcome.letter is not None, outcome
    (refusal,) = [json.loads(each.detail)["data"]["refusal"] for each in world.bus.events]
    assert world.bus.events[0].event_type == NAME.event_type
    assert (refusal["code"], refusal["paths"]) == (code, paths)
    assert (refusal["event_type"], refusal["schema_version"]) == named
    assert (refusal["rules"] is None) == (None in named)
    places = [each.partition(": ")[0] for each in outcome.letter.message.split("; ")]
    assert paths == [] or set(paths) <= set(places) or places[0].startswith(paths[0])


def test_every_code_is_here() -> None:
    assert {code for code, *_ in CASES.values()} == set(ErrorCode)
    assert {code for code, _, paths, _ in CASES.values() if paths} == set(ErrorCode) - {
        ErrorCode.RETRIES_EXHAUSTED
    }


def _calls(name: str) -> list[tuple[str, ast.Call]]:
    files = chain(Path("tokenizer").rglob("*.py"), Path("schemas").glob("*.py"))
    return [
        (f"{file}:{node.lineno}", node)
        for file in sorted(files)
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    ]


def _begins_with_a_place(message: ast.expr) -> bool:
    first = message.values[0] if isinstance(message, ast.JoinedStr) else message
    if isinstance(first, ast.Constant):
        return str(first.value).startswith(("/", "attribute:"))
    return isinstance(first, ast.FormattedValue) and ast.unparse(first.value).startswith(("path", "place"))


def test_no_error_names_a_place_in_its_message_alone() -> None:
    calls = _calls("BadRecord")
    assert len(calls) > 10
    alone = [where for where, call in calls if len(call.args) == 2 and _begins_with_a_place(call.args[1])]
    # What a fault says begins with its places, so an error that is made of one has them.
    forgot = [
        where
        for where, call in calls
        if "fault" in ast.unparse(call.args[1]) and "fault.paths" not in ast.unparse(call)
    ]
    assert (alone, forgot) == ([], [])
