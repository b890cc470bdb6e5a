"""Each delivery goes through the pipeline in its mode, and comes back with what is to be delivered again, or with an answer."""

import base64
import io
import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from handlers import batch_outcomes, on_order_sanitized, tokenize_queue, tokenize_stream
from schemas.dead_letter import ErrorCode
from tests.support.fakes.world import World, ample_budget
from tests.support.handlers import Emitted
from tests.support.samples import ARRIVED, SHARD, STREAM, data, order, stream_record
from tokenizer.errors import BadRecord, Throttled, Unavailable, VaultIntegrity
from tokenizer.messages.mode import Mode
from tokenizer.pipeline.catalog import values_catalog
from tokenizer.pipeline.deliveries import MOST_STARTS
from tokenizer.records import IndexEntry, Outcome, RawRecord

QUEUE, API = "arn:aws:sqs:us-east-1:000000000000:raw", "api:orders"
SETTINGS = SimpleNamespace(
    raw_stream_arn=STREAM, raw_stream_hours=24, raw_queue_arn=QUEUE, raw_queue_seconds=86_400,
    api_name=API, max_receive_count=5,
)  # fmt: skip
CONTEXT: Any = SimpleNamespace(aws_request_id="r", get_remaining_time_in_millis=lambda: 60_000)
GOOD, BAD = data(order()), b"{"
AN_HOUR = 3_600


class Starts:
    """The table of starts, which notes who is watched."""

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self.watched: list[str] = []

    def unfinished(self, ids: Any, _budget: Any) -> dict[str, int]:
        self.watched += ids
        return dict.fromkeys(ids, self.count)

    def note(self, _starts: Any, _budget: Any) -> dict[str, Any]:
        return {}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made, values = World(), World(catalog=values_catalog())
    for module in (tokenize_stream, tokenize_queue):
        monkeypatch.setattr(module, "_settings", lambda: SETTINGS)
        monkeypatch.setattr(module, "_tokenizer", lambda: made.tokenizer)
    monkeypatch.setattr(
        tokenize_queue, "_kept_for_values", lambda: SimpleNamespace(current=lambda: values.tokenizer)
    )
    return made


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> Starts:
    table = Starts()
    for module in (tokenize_stream, tokenize_queue):
        monkeypatch.setattr(module, "_starts", lambda: table)
    return table


def of_stream(*bodies: bytes, age: float = 1.0, first: int = 8) -> list[dict[str, Any]]:
    return [
        {
            "eventSource": "aws:kinesis",
            "eventSourceARN": STREAM,
            "eventID": f"{SHARD}:{at}",
            "kinesis": {
                "sequenceNumber": str(at),
                "approximateArrivalTimestamp": time.time() - age,
                "data": base64.b64encode(body).decode(),
            },
        }
        for at, body in enumerate(bodies, first)
    ]


def of_queue(*bodies: bytes, age: float = 1.0, received: int = 1) -> list[dict[str, Any]]:
    return [
        {
            "eventSource": "aws:sqs",
            "eventSourceARN": QUEUE,
            "messageId": f"m-{at}",
            "body": body.decode(),
            "attributes": {
                "SentTimestamp": str(round((time.time() - age) * 1000)),
                "ApproximateReceiveCount": str(received),
            },
        }
        for at, body in enumerate(bodies)
    ]


def again(answer: dict[str, Any]) -> list[str]:
    assert answer.keys() == {"batchItemFailures"}
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def refuse(world: World, *items: str) -> None:
    """Has the bus refuse some records for now."""
    real = world.bus.publish

    def publish(events: Any, budget: Any) -> Any:
        busy = {ingest_ids[each] for each in items}
        world.bus.refused = dict.fromkeys(busy, Throttled("busy"))
        return real(events, budget)

    ingest_ids: dict[str, str] = {}
    reader = world.tokenizer.reader
    read = type(reader).read

    class Noting:
        def __getattr__(self, name: str) -> Any:
            return getattr(reader, name)

        def read(self, raw: RawRecord) -> Any:
            ingest_ids[raw.item_id] = reader.sanitizer.ingest_id(raw)
            return read(reader, raw)

    object.__setattr__(world.tokenizer, "reader", Noting())
    object.__setattr__(world.bus, "publish", publish)


def test_a_stream_is_delivered_again_from_the_first_record_that_is_to_come_again(world: World) -> None:
    records = of_stream(GOOD, BAD, GOOD, GOOD)  # 8, 9, 10, 11
    assert again(tokenize_stream.handler({"Records": records}, CONTEXT)) == []
    assert [each.data for each in world.letters.sent] == [BAD]
    refuse(world, "9", "10", "11")
    records = of_stream(GOOD, GOOD, GOOD, GOOD)
    assert again(tokenize_stream.handler({"Records": records}, CONTEXT)) == ["9"]  # by number, not by text


def test_a_stream_is_delivered_again_from_where_an_invocation_ends(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokenize_stream, "in_one_invocation", lambda read: (read[:2], "10"))
    records = of_stream(GOOD, GOOD, GOOD)
    assert again(tokenize_stream.handler({"Records": records}, CONTEXT)) == ["10"]
    assert len(world.bus.events) == 2
    refuse(world, "9")
    assert again(tokenize_stream.handler({"Records": records}, CONTEXT)) == ["9"]


def test_of_a_queue_each_message_that_is_to_come_again_comes_again(world: World) -> None:
    assert again(tokenize_queue.handler({"Records": of_queue(GOOD, BAD)}, CONTEXT)) == []
    refuse(world, "m-0", "m-2")
    assert again(tokenize_queue.handler({"Records": of_queue(GOOD, GOOD, GOOD)}, CONTEXT)) == ["m-0", "m-2"]


@pytest.mark.parametrize(
    ("module", "bodies", "how", "watched"),
    [
        (tokenize_stream, [GOOD], {"age": 61}, True),
        (tokenize_stream, [GOOD], {"age": 1}, False),
        (tokenize_stream, [GOOD, GOOD], {"age": 61}, False),
        (tokenize_queue, [GOOD], {"received": 2}, True),
        (tokenize_queue, [GOOD], {"age": 61}, False),
    ],
)
@pytest.mark.usefixtures("world")
def test_only_who_may_have_ended_an_invocation_is_watched_and_in_a_delivery_alone(
    module: Any, bodies: list[bytes], how: dict[str, Any], watched: bool, starts: Starts
) -> None:
    made = of_stream if module is tokenize_stream else of_queue
    records = made(*bodies, **how)
    starts.count = MOST_STARTS
    letters = module._tokenizer().letters
    assert again(module.handler({"Records": records}, CONTEXT)) == []
    assert len(starts.watched) == watched
    assert [each.code for each in letters.sent] == [ErrorCode.RETRIES_EXHAUSTED] * watched
    module.handler({"mode": "replayed", "records": records}, CONTEXT)
    assert len(starts.watched) == watched


ANSWERED = [each for each in Mode if each is not Mode.DELIVERED]


@pytest.mark.parametrize("mode", [each for each in ANSWERED if each is not Mode.VALUES])
@pytest.mark.parametrize("module", [tokenize_stream, tokenize_queue])
def test_what_is_no_delivery_is_answered_record_by_record(
    module: Any, mode: Mode, world: World, log: io.StringIO
) -> None:
    made, item = (of_stream, "8") if module is tokenize_stream else (of_queue, "m-0")
    answer = module.handler({"mode": str(mode), "records": made(GOOD, BAD)}, CONTEXT)
    good, bad = answer["outcomes"]
    (event,) = world.bus.events
    shown = {"detail": event.detail.decode()} if mode is Mode.WAITED_FOR else {}
    assert good == {"item": item, "status": "published"} | shown
    assert (bad["status"], bad["code"]) == ("failed", "malformed_json")
    assert "message" in bad
    assert len(world.letters.sent) == (mode is Mode.REPLAYED_WITHOUT_LETTER)
    assert '"message":"batch"' in log.getvalue()  # whatever the mode is
    world.bus.down = Unavailable("down")
    answer = module.handler({"mode": str(mode), "records": made(GOOD)}, CONTEXT)
    assert list(answer["outcomes"]) == [{"item": item, "status": "unavailable", "message": "down"}]


def request(body: Any, **changes: Any) -> dict[str, Any]:
    now = round(time.time() * 1000)
    return {"origin": API, "record_id": "r-1", "arrived": now, "body": json.dumps(body)} | changes


def test_a_request_of_the_api_is_a_record_of_its_own_source(world: World, emitted: Emitted) -> None:
    ask: dict[str, Any] = {"mode": "waited_for", "record": request(order())}
    (outcome,) = tokenize_queue.handler(ask, CONTEXT)["outcomes"]
    assert (outcome["item"], outcome["status"]) == ("r-1", "published")
    emitted()
    for changes in ({"origin": QUEUE}, {"arrived": ask["record"]["arrived"] - 26 * AN_HOUR * 1000}):
        with pytest.raises(RuntimeError, match="Configuration"):
            tokenize_queue.handler(ask | {"record": request(order(), **changes)}, CONTEXT)
        assert emitted()["RecordsRefused"][0] == 1
    assert len(world.bus.events) == 1


def test_values_have_a_catalog_of_their_own_and_no_batch_of_them_is_logged(
    world: World, log: io.StringIO
) -> None:
    event = {
        "event_id": "e", "event_type": "values.submitted", "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z", "values": [{"value": {"email": "ann@example.com"}}],
    }  # fmt: skip
    answer = tokenize_queue.handler({"mode": "values", "record": request(event)}, CONTEXT)
    (outcome,) = answer["outcomes"]
    assert outcome["status"] == "published"
    assert "tok_" in outcome["detail"]
    assert '"batch"' not in log.getvalue()
    assert world.bus.events == []


@pytest.mark.parametrize("module", [tokenize_stream, tokenize_queue])
def test_an_operators_replay_may_be_older_than_its_source_keeps_it_and_a_delivery_not(
    module: Any, world: World, emitted: Emitted
) -> None:
    old = of_stream(GOOD, age=30 * AN_HOUR) if module is tokenize_stream else of_queue(GOOD, age=30 * AN_HOUR)
    for mode in Mode:
        emitted()
        ask = {"Records": old} if mode is Mode.DELIVERED else {"mode": str(mode), "records": old}
        if mode.replays:
            (outcome,) = module.handler(ask, CONTEXT)["outcomes"]
            assert outcome["status"] == "published"
            assert "RecordsRefused" not in emitted()
        else:
            with pytest.raises(RuntimeError, match="Configuration"):
                module.handler(ask, CONTEXT)
            assert emitted()["RecordsRefused"][0] == 1
    assert len(world.bus.events) == 2


@pytest.mark.parametrize("module", [tokenize_stream, tokenize_queue])
def test_what_is_of_no_source_at_all_is_counted_as_refused(
    module: Any, world: World, emitted: Emitted
) -> None:
    with pytest.raises(RuntimeError, match="Configuration"):
        module.handler({"Records": [{"eventSource": "aws:s3"}]}, CONTEXT)
    assert emitted()["RecordsRefused"][0] == 1
    assert world.bus.events == []


def test_a_look_up_and_the_note_of_an_erasure_ask_for_what_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    found: list[IndexEntry | None] = [IndexEntry("scope", b"", "tok_1", "owner", 1), None]

    def entry(*given: Any) -> IndexEntry | None:
        asked.append(given[:-1])
        return found.pop(0)

    def note(*given: Any) -> int:
        asked.append(given[:-1])
        return 7

    erasures = SimpleNamespace(look_up=SimpleNamespace(entry=entry), note=note)
    monkeypatch.setattr(tokenize_queue, "_kept_erasures", lambda: SimpleNamespace(current=lambda: erasures))
    named = {"kind": "email", "value": "ann@example.com"}
    look_up = named | {"mode": "looked_up"}
    assert tokenize_queue.handler(look_up, CONTEXT) == {"token": "tok_1", "owner": "owner"}
    assert tokenize_queue.handler(look_up, CONTEXT) == {"token": None, "owner": ""}
    assert tokenize_queue.handler(named | {"mode": "erased", "token": "tok_1"}, CONTEXT) == {"until": 7}
    assert asked == [("email", "ann@example.com")] * 2 + [("email", "ann@example.com", "tok_1")]
    refused = tokenize_queue.handler(named | {"mode": "erased"}, CONTEXT)
    assert refused["error"]["code"] == "invalid_request"


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    kept: list[Any] = []
    settings = SimpleNamespace(orders_queue_arn=QUEUE, orders_queue_seconds=86_400)
    monkeypatch.setattr(on_order_sanitized, "_settings", lambda: settings)
    monkeypatch.setattr(on_order_sanitized, "_orders", lambda: SimpleNamespace(keep=kept.append))
    return kept


def test_events_of_the_bus_come_from_the_functions_own_queue(
    orders: list[Any], log: io.StringIO, emitted: Emitted
) -> None:
    (good,) = of_queue(b"{}")
    answer = on_order_sanitized.handler({"Records": [good, good | {"messageId": "m-1"}]}, CONTEXT)
    assert again(answer) == ["m-0", "m-1"]  # neither is an event
    *reasons, line = map(json.loads, log.getvalue().splitlines())
    assert [(each["level"], each["message"], each["error"]) for each in reasons] == [
        ("WARNING", "not kept", "KeyError")
    ] * 2
    assert (line["level"], line["message"], line["received"], line["failed"]) == (
        "INFO", "orders", 2, 2,
    )  # fmt: skip
    wrong = {
        "another queue": good | {"eventSourceARN": f"{QUEUE}-2"},
        "no queue": {name: value for name, value in good.items() if name != "eventSourceARN"},
        "no moment": good | {"attributes": {}},
        "a moment that is none": good | {"attributes": {"SentTimestamp": "x"}},
        "a moment that no clock has": good | {"attributes": {"SentTimestamp": "9" * 30}},
        "a moment of another type": good | {"attributes": {"SentTimestamp": None}},
        "too old": of_queue(b"{}", age=26 * AN_HOUR)[0],
        "in the future": of_queue(b"{}", age=-AN_HOUR)[0],
    }
    for name, record in wrong.items():
        emitted()
        with pytest.raises(RuntimeError, match="Configuration"):
            on_order_sanitized.handler({"Records": [good, record]}, CONTEXT)
        assert emitted()["RecordsRefused"][0] == 1, name
    assert orders == []


def test_an_error_that_is_no_refusal_is_not_counted_as_one(
    orders: list[Any], monkeypatch: pytest.MonkeyPatch, emitted: Emitted
) -> None:
    monkeypatch.setattr(on_order_sanitized, "invocation_time", lambda: None)
    with pytest.raises(RuntimeError, match="TypeError"):
        on_order_sanitized.handler({"Records": of_queue(b"{}")}, CONTEXT)
    assert "RecordsRefused" not in emitted()
    assert orders == []


def test_a_batchs_line_has_its_counts_and_the_ids_of_the_first_few_that_were_not_published(
    world: World, monkeypatch: pytest.MonkeyPatch, log: io.StringIO, emitted: Emitted
) -> None:
    records = [stream_record(BAD, at) for at in range(25)] + [stream_record(order(), 99)]
    outcomes = world.tokenizer.tokenize_batch(records, ample_budget())
    monkeypatch.setattr(time, "time", lambda: ARRIVED.timestamp() + 1_234.5)
    batch_outcomes.log_batch(outcomes)
    batch = next(each for each in map(json.loads, log.getvalue().splitlines()) if each["message"] == "batch")
    expected = {
        "received": 26, "published": 1, "dead_lettered": 25, "unannounced": 0, "to_retry": 0, "denied": 0,
        "tampered": 0, "retried": 0, "calls": {}, "codes": {"malformed_json": 25}, "failures": {}, "reasons": [],
        "ids": [str(at) for at in range(20)],
    }  # fmt: skip
    assert {name: batch[name] for name in expected} == expected
    told = {name: value for name, (value, *_) in emitted().items()}
    assert (told["Latency"], told["Received"], told["DeadLettered"]) == (1_234_500, 26, 25)


@pytest.mark.parametrize("is_letter", [True, False], ids=["a letter", "to retry"])
def test_a_record_that_met_what_was_tampered_with_is_counted_whatever_became_of_it(
    is_letter: bool, log: io.StringIO, emitted: Emitted
) -> None:
    error = VaultIntegrity("an entry is forged")
    letter = BadRecord(ErrorCode.RETRIES_EXHAUSTED, "m") if is_letter else None
    failure = None if is_letter else error
    record = stream_record(order(), 1)
    batch_outcomes.log_batch([Outcome(record, letter, failure, cause=error), Outcome(record)])
    assert emitted()["Tampered"][0] == 1
    assert json.loads(log.getvalue().splitlines()[0])["tampered"] == 1
