"""Of two events of an order that occurred at one moment, the rank tells the same one to be newer, whichever comes first."""

from typing import Any

from schemas.sanitized import SanitizedEvent
from tests.support.fakes.world import World, ample_budget
from tests.support.samples import order, stream_record
from tokenizer.aws.api.orders_table import OrdersWriter


class Dynamo:
    """Takes every order and keeps its rank."""

    def __init__(self) -> None:
        self.ranks: list[str] = []

    def put_item(self, *, Item: dict[str, Any], **asked: Any) -> None:  # noqa: N803 -- boto3's
        assert asked["ExpressionAttributeValues"] == {":rank": Item["rank"]}
        self.ranks.append(Item["rank"]["S"])


def test_events_of_one_moment_rank_by_their_ingest_ids() -> None:
    world, dynamo = World(), Dynamo()
    aws: Any = dynamo
    records = [stream_record(order(), at) for at in range(9)]
    world.tokenizer.tokenize_batch(records, ample_budget())
    events = [SanitizedEvent.model_validate(each) for each in world.bus.details()]
    for each in events:
        assert OrdersWriter(aws, "orders").keep(each)
    ids = [each.metadata.ingest_id for each in events]
    assert len(set(dynamo.ranks)) == len(set(ids)) == 9
    assert [rank for rank, _ in sorted(zip(dynamo.ranks, ids, strict=True))] == [
        f"2026-11-23T10:15:00.000000+00:00#{each}" for each in sorted(ids)
    ]
