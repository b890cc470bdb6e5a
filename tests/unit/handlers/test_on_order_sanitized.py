"""A message that is no order is delivered again by itself: it neither takes its neighbours with it nor is kept."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from handlers import on_order_sanitized
from schemas.sanitized import SOURCE
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tokenizer.errors import Unavailable

ACCOUNT = "000000000000"
QUEUE = SimpleNamespace(name=f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders")
CONTEXT: Any = SimpleNamespace(aws_request_id="r", log_stream_name="s")


def on_the_bus() -> dict[str, Any]:
    world = World()
    world.tokenizer.tokenize_batch([stream_record(order(), 1)], ample_budget())
    return {"source": SOURCE, "account": ACCOUNT, "detail": world.bus.details()[0]}


GOOD = on_the_bus()
BAD = {
    "no JSON": "{",
    "nothing": "",
    "an object without anything": "{}",
    "a list": "[]",
    "a text": '"x"',
    "null": "null",
    "no source": json.dumps({key: value for key, value in GOOD.items() if key != "source"}),
    "no account": json.dumps({key: value for key, value in GOOD.items() if key != "account"}),
    "no detail": json.dumps({key: value for key, value in GOOD.items() if key != "detail"}),
    "of another account": json.dumps(GOOD | {"account": "111111111111"}),
    "of another source": json.dumps(GOOD | {"source": "somebody"}),
    "a detail that is none": json.dumps(GOOD | {"detail": "x"}),
    "an empty detail": json.dumps(GOOD | {"detail": {}}),
}


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Returns what is put into the orders table; where a message comes from is tried by others."""
    events: list[Any] = []
    for name, stand_in in {
        "_settings": lambda: None,
        "orders_queue": lambda _: QUEUE,
        "_check": lambda *_: None,
        "_orders": lambda: SimpleNamespace(keep=events.append),
    }.items():
        monkeypatch.setattr(on_order_sanitized, name, stand_in)
    return events


def failed(*bodies: str) -> list[str]:
    records = [{"messageId": str(at), "body": body} for at, body in enumerate(bodies)]
    answer = on_order_sanitized.handler({"Records": records}, CONTEXT)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


@pytest.mark.parametrize("bad", BAD)
def test_a_message_that_is_no_order_fails_alone(bad: str, kept: list[Any]) -> None:
    assert failed(json.dumps(GOOD), BAD[bad], json.dumps(GOOD)) == ["1"]
    assert len(kept) == 2


def test_all_of_them_in_a_batch_leave_the_good_ones(kept: list[Any]) -> None:
    assert failed(*BAD.values(), json.dumps(GOOD)) == [str(at) for at in range(len(BAD))]
    assert len(kept) == 1


def test_an_order_that_the_table_does_not_take_comes_again(
    kept: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def keep(event: Any) -> None:
        if kept:
            raise Unavailable("the table")
        kept.append(event)

    monkeypatch.setattr(on_order_sanitized, "_orders", lambda: SimpleNamespace(keep=keep))
    assert failed(json.dumps(GOOD), json.dumps(GOOD)) == ["1"]
