"""The attacker may invoke the stack's functions, `lambda:InvokeFunction` and nothing else, and makes up a delivery.

They want to put another value behind a token that was published, to store an order that nobody placed, or to have a
record arrive before an erasure or after it.
"""

import base64
import copy
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from handlers import on_order_sanitized, tokenize_queue, tokenize_stream
from tests.support.fakes.world import World
from tests.support.faults.lambda_service import QUEUE, SETTINGS, STREAM
from tests.support.handlers import Emitted
from tests.support.samples import order
from tokenizer.aws.platform.settings import OrdersSettings

pytestmark = pytest.mark.usefixtures("log")
DAY = 86_400
ORDERS = "arn:aws:sqs:us-east-1:000000000000:sanitized-orders"
CONTEXT: Any = SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 60_000)

Event = dict[str, Any]


def stream_event(arrived: float) -> Event:
    kinesis = {
        "sequenceNumber": "49645115243490985138998949128417182917385129817240911874",
        "approximateArrivalTimestamp": arrived,
        "data": base64.b64encode(json.dumps(order()).encode()).decode(),
        "partitionKey": "C-77",
    }
    return {
        "eventSource": "aws:kinesis",
        "eventSourceARN": STREAM,
        "eventID": f"shardId-000000000000:{kinesis['sequenceNumber']}",
        "kinesis": kinesis,
    }


def message(arrived: float, queue: str, body: Any) -> Event:
    return {
        "eventSource": "aws:sqs",
        "eventSourceARN": queue,
        "messageId": "19dd0b57-b21e-4ac1-bd88-01bbb068cb78",
        "body": json.dumps(body),
        "attributes": {"SentTimestamp": str(round(arrived * 1000)), "ApproximateReceiveCount": "1"},
    }


def queue_event(arrived: float) -> Event:
    return message(arrived, QUEUE, order())


def bus_event(arrived: float, **changes: Any) -> Event:
    event = json.loads(Path("tests/events/eventbridge_order_sanitized.json").read_text(encoding="utf-8"))
    return message(arrived, ORDERS, {**event, "account": "000000000000", **changes})


def later(event: Event, seconds: float) -> Event:
    return _moved(event, time.time() + seconds)


def _moved(event: Event, moment: float) -> Event:
    event = copy.deepcopy(event)
    if "kinesis" in event:
        event["kinesis"]["approximateArrivalTimestamp"] = moment
    else:
        event["attributes"]["SentTimestamp"] = str(round(moment * 1000))
    return event


FUNCTIONS: dict[str, tuple[ModuleType, Callable[[float], Event]]] = {
    "stream": (tokenize_stream, stream_event),
    "queue": (tokenize_queue, queue_event),
    "orders": (on_order_sanitized, bus_event),
}
# What no delivery of the function's own source can be.
FORGERIES: dict[str, Callable[[Event], Event]] = {
    "from another queue or stream": lambda event: {**event, "eventSourceARN": f"{event['eventSourceARN']}-2"},
    "from the same name in another account": lambda event: {
        **event,
        "eventSourceARN": event["eventSourceARN"].replace("000000000000", "999999999999"),
    },
    "from the API's name": lambda event: {**event, "eventSourceARN": "api:orders"},
    "from nowhere": lambda event: {key: value for key, value in event.items() if key != "eventSourceARN"},
    "arriving tomorrow, to outlive an erasure": lambda event: later(event, DAY),
    "arriving in ten minutes": lambda event: later(event, 600),
    "arrived before the source keeps anything": lambda event: later(event, -15 * DAY),
    "arrived in 1970, to be older than all keys": lambda event: _moved(event, 1.0),
    "arriving at no moment": lambda event: _moved(event, 1e30),
}
# These are for the functions that tokenize alone: the consumer has no edited records.
OF_RECORDS = {"edited, as only replays are": lambda event: {**event, "edited": "0" * 24}}


class Starts:
    """Is a table of unfinished starts without any."""

    def unfinished(self, ids: Any, _: Any) -> dict[str, Any]:
        return dict.fromkeys(ids, 0)

    def note(self, *_: Any) -> dict[str, Any]:
        return {}


class Orders:
    """Is an orders table that notes what it is given."""

    def __init__(self) -> None:
        self.kept: list[Any] = []

    def keep(self, event: Any) -> bool:
        self.kept.append(event)
        return True


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def orders(world: World, monkeypatch: pytest.MonkeyPatch) -> Orders:
    """Stands for AWS behind the functions."""
    for module in (tokenize_stream, tokenize_queue):
        monkeypatch.setattr(module, "_tokenizer", lambda: world.tokenizer)
        monkeypatch.setattr(module, "_settings", lambda: SETTINGS)
        monkeypatch.setattr(module, "_starts", Starts)
    kept = Orders()
    monkeypatch.setattr(on_order_sanitized, "_orders", lambda: kept)
    monkeypatch.setattr(
        on_order_sanitized, "_settings", lambda: OrdersSettings(orders_table="o", orders_queue_arn=ORDERS)
    )
    return kept


def _done(world: World, orders: Orders) -> int:
    return len(world.bus.events) + len(world.letters.sent) + len(world.vault.stored) + len(orders.kept)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("age", [0, DAY, -200], ids=["now", "a day old", "with a clock that is ahead"])
def test_what_the_source_delivers_is_taken(function: str, age: float, world: World, orders: Orders) -> None:
    module, made = FUNCTIONS[function]
    assert module.handler({"Records": [made(time.time() - age)]}, CONTEXT) == {"batchItemFailures": []}
    assert _done(world, orders)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("forged", FORGERIES.values(), ids=list(FORGERIES))
def test_a_forged_record_fails_the_invocation_and_nothing_is_done(
    function: str, forged: Callable[[Event], Event], world: World, orders: Orders, emitted: Emitted
) -> None:
    module, made = FUNCTIONS[function]
    good = made(time.time())
    with pytest.raises(RuntimeError, match="Configuration"):
        module.handler({"Records": [good, forged(good)]}, CONTEXT)
    assert not _done(world, orders)
    assert emitted()["RecordsRefused"][0] == 1


@pytest.mark.parametrize("function", ["stream", "queue"])
@pytest.mark.parametrize("forged", OF_RECORDS.values(), ids=list(OF_RECORDS))
def test_nobody_makes_up_what_replays_alone_send(
    function: str, forged: Callable[[Event], Event], world: World, orders: Orders
) -> None:
    module, made = FUNCTIONS[function]
    with pytest.raises(RuntimeError, match="Configuration"):
        module.handler({"Records": [forged(made(time.time()))]}, CONTEXT)
    assert not _done(world, orders)


@pytest.mark.parametrize("function", ["stream", "queue"])
@pytest.mark.parametrize("mode", ["replayed", "replayed_without_letter", "waited_for"])
@pytest.mark.parametrize(
    "forged",
    [FORGERIES["from another queue or stream"], FORGERIES["arriving tomorrow, to outlive an erasure"]],
)
def test_a_mode_opens_no_other_source_and_no_future(
    function: str, mode: str, forged: Callable[[Event], Event], world: World, orders: Orders
) -> None:
    module, made = FUNCTIONS[function]
    with pytest.raises(RuntimeError, match="Configuration"):
        module.handler({"mode": mode, "records": [forged(made(time.time()))]}, CONTEXT)
    assert not _done(world, orders)


@pytest.mark.parametrize("function", ["stream", "queue"])
def test_a_replay_of_an_old_letter_goes_on(function: str, world: World, orders: Orders) -> None:
    module, made = FUNCTIONS[function]
    old = {**made(time.time() - 400 * DAY), "edited": "0" * 24}
    (outcome,) = module.handler({"mode": "replayed", "records": [old]}, CONTEXT)["outcomes"]
    assert outcome["status"] == "published"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"origin": QUEUE}, id="by the queue's name, for a message's tokens"),
        pytest.param({"origin": "api:others"}, id="by another API's name"),
        pytest.param({"arrived": int((time.time() + DAY) * 1000)}, id="from tomorrow"),
        pytest.param(
            {"arrived": int((time.time() - 3 * DAY) * 1000)}, id="from before an idempotency key ends"
        ),
        pytest.param({"arrived": 10**30}, id="from no moment"),
    ],
)
@pytest.mark.parametrize("mode", ["waited_for", "values"])
def test_a_waiting_callers_record_has_the_apis_name_and_a_moment_of_now(
    changed: dict[str, Any], mode: str, world: World, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = SimpleNamespace(current=lambda: world.tokenizer)
    monkeypatch.setattr(tokenize_queue, "_kept_for_values", lambda: kept)
    record = {
        "origin": SETTINGS.api_name,
        "record_id": "19dd0b57-b21e-4ac1-bd88-01bbb068cb78",
        "arrived": int(time.time() * 1000),
        "body": json.dumps(order()),
    }
    with pytest.raises(RuntimeError, match="Configuration"):
        tokenize_queue.handler({"mode": mode, "record": record | changed}, CONTEXT)
    assert not _done(world, orders)
    assert tokenize_queue.handler({"mode": "waited_for", "record": record}, CONTEXT)["outcomes"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"source": "attacker.orders"}, id="another source"),
        pytest.param({"account": "999999999999"}, id="another account"),
        pytest.param({"source": None}, id="no source"),
    ],
)
def test_an_order_in_a_message_that_is_no_event_of_the_stacks_bus_is_given_back(
    changed: dict[str, Any], world: World, orders: Orders, log: io.StringIO
) -> None:
    event = bus_event(time.time(), **changed)
    answer = on_order_sanitized.handler({"Records": [event]}, CONTEXT)
    assert answer == {"batchItemFailures": [{"itemIdentifier": event["messageId"]}]}
    assert not _done(world, orders)
    assert "not kept" in log.getvalue()
