"""Puts sample orders on the raw stream with the producer's role, so that there is something to query."""

from local.data.orders import encode, orders
from local.emulator.stack import Stack

SEED = 20261125
_AT_ONCE = 100


def send(stack: Stack, count: int) -> int:
    """Puts orders; the same count gives the same ones.

    Args:
        stack: the running one.
        count: how many.

    Returns:
        How many the stream took.
    """
    kinesis = stack.client("kinesis", stack.assume(stack.outputs["ProducerRoleArn"]))
    made, taken = orders(count, SEED), 0
    for at in range(0, count, _AT_ONCE):
        entries = [
            {"Data": encode(event), "PartitionKey": event["event_id"]} for event in made[at : at + _AT_ONCE]
        ]
        answer = kinesis.put_records(StreamName=stack.outputs["RawOrdersStreamName"], Records=entries)
        taken += len(entries) - answer["FailedRecordCount"]
    return taken
