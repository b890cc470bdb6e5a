"""Tests that a message which never reached a healthy function keeps what the envelope of a foreign body stands in."""

import json
from typing import Any

from tests.support.fakes.world import World, ample_budget
from tests.support.webhooks import catalog, relayed
from tokenizer.aws.replay.queues import Unprocessed
from tokenizer.messages.mode import Mode
from tokenizer.pipeline.sources import sqs_records
from tokenizer.replay.messages import PUBLISHED, Entry, Result

_TEXT = {"topic": "relayed.order", "delivery": "d-1"}


class Queue:
    """Answers as SQS does: attributes only if they are asked for."""

    deleted = 0

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        message: dict[str, Any] = {
            "MessageId": "m-1",
            "ReceiptHandle": "r",
            "Body": json.dumps(relayed()),
            "Attributes": {"SentTimestamp": "1795428901250"},
        }
        if asked.get("MessageAttributeNames") == ["All"]:
            texts: dict[str, Any] = {
                name: {"StringValue": each, "DataType": "String"} for name, each in _TEXT.items()
            }
            message["MessageAttributes"] = {**texts, "blob": {"BinaryValue": b"1", "DataType": "Binary"}}
        return {"Messages": [message]}

    def delete_message(self, **_: Any) -> None:
        self.deleted += 1


class Tokenizing:
    """Tokenizes as the function of the queue does."""

    def __init__(self, world: World) -> None:
        self.world = world

    def tokenize(self, entries: list[Entry], _: Mode) -> list[Result]:
        records = sqs_records({"Records": entries}, 5, catalog().attributes())
        outcomes = self.world.tokenizer.tokenize_batch(records, ample_budget())
        return [{"status": PUBLISHED if each.published else "failed"} for each in outcomes]


def test_an_unprocessed_message_is_replayed_with_its_attributes() -> None:
    queue: Any = Queue()
    world = World(catalog=catalog())
    tokenizing: Any = Tokenizing(world)
    arn = "arn:aws:sqs:us-east-1:000000000000:raw"
    (result,) = Unprocessed(queue, "url", arn, tokenizing).replay()
    assert (result["status"], queue.deleted) == (PUBLISHED, 1)
    assert world.bus.details()[0]["metadata"]["event_id"] == "d-1"
