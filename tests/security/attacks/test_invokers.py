"""The attacker has a role of the account that may invoke functions and nothing else, on the local stack.

They make up deliveries of the queue, of the stream and of the bus. On the local stack IAM decides that they may invoke;
the functions decide what they take.
"""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from local.emulator.deploy import made
from local.emulator.stack import Stack
from tests.support.e2e.stack import eventually
from tests.support.samples import order

pytestmark = pytest.mark.e2e

FORGED = "SO-made-up"
SEQUENCE = "49645115243490985138998949128417182917385129817240911874"
Event = dict[str, Any]


@pytest.fixture(scope="module")
def names(attacked: Stack) -> dict[str, str]:
    return made(attacked.client("cloudformation"))


@pytest.fixture(scope="module")
def invoker(attacked: Stack) -> Any:
    """Returns Lambda's client in a session of the attacker's role."""
    iam = attacked.client("iam")
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::000000000000:root"},
        "Action": "sts:AssumeRole",
    }
    role = iam.create_role(
        RoleName="attacker",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]
    may = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    iam.put_role_policy(
        RoleName="attacker",
        PolicyName="invoke",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [may]}),
    )
    return attacked.client("lambda", attacked.assume(role["Arn"]))


def of_queue(arn: str, moment: float, body: Any) -> Event:
    return {
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "messageId": "19dd0b57-b21e-4ac1-bd88-01bbb068cb78",
        "body": json.dumps(body),
        "attributes": {"SentTimestamp": str(round(moment * 1000)), "ApproximateReceiveCount": "1"},
    }


def of_stream(arn: str, moment: float, body: Any) -> Event:
    data = base64.b64encode(json.dumps(body).encode()).decode()
    return {
        "eventSource": "aws:kinesis",
        "eventSourceARN": arn,
        "eventID": f"shardId-000000000000:{SEQUENCE}",
        "kinesis": {
            "sequenceNumber": SEQUENCE,
            "approximateArrivalTimestamp": moment,
            "data": data,
            "partitionKey": "C-77",
        },
    }


def queue_arn(stack: Stack, url: str) -> str:
    found = stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])


def stream_arn(stack: Stack) -> str:
    summary = stack.client("kinesis").describe_stream_summary(StreamName=stack.outputs["RawOrdersStreamName"])
    return str(summary["StreamDescriptionSummary"]["StreamARN"])


def stored(stack: Stack, order_id: str) -> bool:
    found = stack.client("dynamodb").get_item(
        TableName=stack.outputs["OrdersTableName"], Key={"order_id": {"S": order_id}}
    )
    return "Item" in found


def refused(invoker: Any, function: str, record: Event, **mode: Any) -> bool:
    event = {**mode, "records": [record]} if mode else {"Records": [record]}
    answer = invoker.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    return "FunctionError" in answer


MADE: dict[str, tuple[str, Callable[[str, float, Any], Event]]] = {
    "queue": ("TokenizeQueueFunction", of_queue),
    "stream": ("TokenizeStreamFunction", of_stream),
    "orders": ("OnOrderSanitizedFunction", of_queue),
}


def own_arn(stack: Stack, names: dict[str, str], function: str) -> str:
    if function == "stream":
        return stream_arn(stack)
    return queue_arn(
        stack, stack.outputs["RawOrdersQueueUrl"] if function == "queue" else names["OrdersQueue"]
    )


def body_for(function: str, order_id: str) -> Any:
    raw = order(order_id=order_id)
    if function != "orders":
        return raw
    event = {"order_id": order_id, "currency": "USD", "total": "1.00", "items": []}
    metadata = {
        "event_id": "e",
        "schema_version": 1,
        "occurred_at": "2026-11-23T10:15:00Z",
        "ingested_at": "2026-11-23T10:15:00Z",
        "ingest_id": "ing_x",
    }
    detail = {"metadata": metadata, "data": {"order": event}}
    return {
        "source": "orders.tokenizer",
        "account": "000000000000",
        "detail-type": "order.placed",
        "detail": detail,
    }


@pytest.mark.parametrize("function", MADE)
def test_what_the_functions_own_source_cannot_deliver_is_refused(
    attacked: Stack, names: dict[str, str], invoker: Any, function: str
) -> None:
    name, make = MADE[function]
    arn, now, body = own_arn(attacked, names, function), time.time(), body_for(function, FORGED)
    # What the template tells a function of its source. All other forgeries: test_made_up_deliveries.py.
    for record in (make(f"{arn}-2", now, body), make(arn, now - 15 * 86_400, body)):
        assert refused(invoker, names[name], record), record["eventSourceARN"]
    if function != "orders":
        assert refused(invoker, names[name], make(f"{arn}-2", now, body), mode="replayed")
    assert not stored(attacked, FORGED)


@pytest.mark.parametrize("function", MADE)
def test_who_copies_name_and_moment_gets_through_as_the_page_says(
    attacked: Stack, names: dict[str, str], invoker: Any, function: str
) -> None:
    """docs/threats.md, "Not proven". If this is refused one day, the page says too little of what is proven."""
    name, make = MADE[function]
    order_id = f"SO-copied-{function}"
    record = make(own_arn(attacked, names, function), time.time(), body_for(function, order_id))
    assert not refused(invoker, names[name], record)
    assert eventually(lambda: stored(attacked, order_id))
