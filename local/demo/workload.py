"""Sends the demo's orders: good ones, orders put twice, and poison, to both sources."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from random import Random
from typing import Any, TypeVar

from aws_kinesis_agg.aggregator import RecordAggregator

from local.data.orders import encode, orders, sensitive_values
from local.data.poison import Poison, poisons
from local.emulator.stack import Credentials, Stack

_TWICE = 10  # orders on each source that the producer puts twice
_HELD = 40
_AGGREGATE = 25  # user records that the Kinesis Producer Library packs into one
_PUT_RECORDS = 100
_SEND_MESSAGES = 10
_LARGE = 20_000  # bytes

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Workload:
    """Holds everything that is sent, one entry for each raw record.

    Args:
        good: events that must be published; one that is put twice stands here twice.
        poison: records that must be dead-lettered.
        plain: Kinesis records with one raw record each.
        packed: Kinesis records in KPL's form, as the raw records in them.
        messages: bodies for SQS.
        held: good events that are sent while a schema bug is deployed, and replayed once it is fixed.
    """

    good: tuple[dict[str, Any], ...] = field(repr=False)
    poison: tuple[Poison, ...] = field(repr=False)
    plain: tuple[bytes, ...] = field(repr=False)
    packed: tuple[tuple[bytes, ...], ...] = field(repr=False)
    messages: tuple[bytes, ...] = field(repr=False)
    held: tuple[dict[str, Any], ...] = field(repr=False)

    @property
    def raw_records(self) -> list[bytes]:
        """Returns the raw records of both sources."""
        return [*self.plain, *chain.from_iterable(self.packed), *self.messages]

    @property
    def sensitive(self) -> frozenset[str]:
        """Returns every value that nobody may see."""
        events = (*self.good, *self.held)
        values = frozenset(chain.from_iterable(sensitive_values(event) for event in events))
        return values.union(*(poison.sensitive for poison in self.poison))


def load(count: int, seed: int) -> Workload:
    """Makes the demo's workload; the same arguments give the same bytes."""
    random = Random(seed)  # noqa: S311 -- sample data
    made = _over_months(orders(count, seed))
    streamed, queued = made[: count // 2], made[count // 2 :]
    streamed += streamed[:_TWICE]
    queued += queued[:_TWICE]
    on_stream = poisons(seed + 1)
    on_queue = [poison for poison in poisons(seed + 2) if poison.is_text]
    half = len(streamed) // 2
    # The first poison travels inside an aggregate, among good neighbours.
    packed = [on_stream[0].data, *map(encode, streamed[half:])]
    plain = [*map(encode, streamed[:half]), *(poison.data for poison in on_stream[1:])]
    messages = [*map(encode, queued), *(poison.data for poison in on_queue)]
    for records in (packed, plain, messages):
        random.shuffle(records)
    return Workload(
        good=(*streamed, *queued),
        poison=(*on_stream, *on_queue),
        plain=tuple(plain),
        packed=tuple(_batches(packed, _AGGREGATE)),
        messages=tuple(messages),
        held=tuple(orders(_HELD, seed + 3)),
    )


def _over_months(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Spreads the orders over three months, for the analyst's question by month."""
    for at, event in enumerate(events):
        event["occurred_at"] = f"2026-{9 + at % 3:02}{event['occurred_at'][7:]}"
    return events


def send_held(stack: Stack, producer: Credentials, workload: Workload) -> None:
    """Puts the held orders, half on each source, as the producer's role."""
    half = len(workload.held) // 2
    entries = [{"Data": encode(event), "PartitionKey": "till"} for event in workload.held[:half]]
    stack.client("kinesis", producer).put_records(
        StreamName=stack.outputs["RawOrdersStreamName"], Records=entries
    )
    sum(_queue(stack, producer, [encode(event) for event in workload.held[half:]]))


def send(stack: Stack, producer: Credentials, workload: Workload, tick: Callable[[int], None]) -> int:
    """Puts the workload on both sources, as the producer's role.

    Args:
        stack: where to.
        producer: the role's credentials.
        workload: what.
        tick: called with the number of raw records taken.

    Returns:
        How many raw records the sources took.
    """
    taken = 0
    for accepted in chain(_put(stack, producer, workload), _queue(stack, producer, workload.messages)):
        taken += accepted
        tick(accepted)
    return taken


def _put(stack: Stack, producer: Credentials, workload: Workload) -> Iterator[int]:
    kinesis = stack.client("kinesis", producer)
    records = [(data, 1) for data in workload.plain] + [
        (pack(inner), len(inner)) for inner in workload.packed
    ]
    for batch in _batches(records, _PUT_RECORDS):
        entries = [{"Data": data, "PartitionKey": f"till-{at}"} for at, (data, _) in enumerate(batch)]
        answer = kinesis.put_records(StreamName=stack.outputs["RawOrdersStreamName"], Records=entries)
        results = zip(batch, answer["Records"], strict=True)
        yield sum(count for (_, count), result in results if "SequenceNumber" in result)


def _queue(stack: Stack, producer: Credentials, messages: Sequence[bytes]) -> Iterator[int]:
    sqs, queue_url = stack.client("sqs", producer), stack.outputs["RawOrdersQueueUrl"]
    large = [body for body in messages if len(body) > _LARGE]  # ten of them are more than a request may have
    small = [body for body in messages if len(body) <= _LARGE]
    for batch in chain(_batches(small, _SEND_MESSAGES), _batches(large, 1)):
        entries = [{"Id": str(at), "MessageBody": body.decode()} for at, body in enumerate(batch)]
        yield len(sqs.send_message_batch(QueueUrl=queue_url, Entries=entries).get("Successful", []))


def pack(records: Sequence[bytes]) -> bytes:
    """Returns raw records in one Kinesis record, as the Kinesis Producer Library aggregates them."""
    aggregator = RecordAggregator()
    for at, record in enumerate(records):
        aggregator.add_user_record(f"till-{at}", record)
    _, _, data = aggregator.clear_and_get().get_contents()
    return bytes(data)


def _batches(things: Sequence[T], size: int) -> Iterator[tuple[T, ...]]:
    return (tuple(things[start : start + size]) for start in range(0, len(things), size))
