"""A lake in memory: orders that the real core sanitized, in files as Firehose would write them."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from local.data.orders import orders
from local.emulator.delivery import Settings, files
from local.emulator.package import ROOT
from local.emulator.template import load
from ops.lake.database import Database
from tests.support.fakes.world import World, ample_budget
from tests.support.lake import ORDERS, Event
from tests.support.samples import stream_record


@pytest.fixture(scope="session")
def delivery() -> Settings:
    """Returns the template's, with names of the test's own."""
    told = load(ROOT / "template.yaml")["Resources"]["LakeDelivery"]["Properties"]
    destination = told["ExtendedS3DestinationConfiguration"] | {
        "RoleARN": "arn:aws:iam::000000000000:role/delivery",
        "BucketARN": "arn:aws:s3:::lake",
    }
    return Settings.of(
        {
            "DeliveryStreamName": "lake",
            "Destinations": [{"ExtendedS3DestinationDescription": destination}],
        }
    )


@pytest.fixture(scope="session")
def raw() -> list[Event]:
    """Returns the orders over seven months, some sent twice under the same id, some changed later."""
    made = orders(ORDERS, seed=3)
    for at, event in enumerate(made):
        event["occurred_at"] = f"2026-{at % 7 + 1:02}{event['occurred_at'][7:]}"
    changed = json.loads(json.dumps(made[:20]))
    for event in changed:
        event["occurred_at"] = f"2026-08{event['occurred_at'][7:]}"
        event["order"]["total"] = "7.77"
    return [*changed, *made, *made[:50]]


@pytest.fixture(scope="session")
def details(raw: list[Event]) -> list[Event]:
    """Returns the events of orders as the bus gets them."""
    world = World()
    world.tokenizer.tokenize_batch([stream_record(event, at) for at, event in enumerate(raw)], ample_budget())
    return world.bus.details()


@pytest.fixture
def lake_of(delivery: Settings, tmp_path: Path) -> Callable[[Iterable[bytes]], Database]:
    """Makes a lake that holds some events."""

    def make(events: Iterable[bytes]) -> Database:
        for each in files(delivery, events, datetime.now(UTC), uuid4()):
            (tmp_path / each.key).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / each.key).write_bytes(each.body)
        return Database(tmp_path)

    return make
