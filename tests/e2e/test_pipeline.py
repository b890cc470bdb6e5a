"""The main job on the deployed template, as its administrator, producers and consumers meet it."""

import base64
import json
import re
import time
from typing import Any

import pytest

from local.emulator.stack import Stack
from schemas.sanitized import SanitizedEvent
from tests.support.e2e.functions import invoke
from tests.support.e2e.stack import Subscriber, drain, eventually, purge, put, send
from tests.support.samples import CANARIES, order

pytestmark = pytest.mark.e2e

TOKEN = re.compile(r"tok_[0-9a-hjkmnp-tv-z]{26}")


def tokens(detail: Any) -> dict[str, str]:
    shown = detail["data"]["order"]
    customer, card = shown["customer"], shown["payment"]["card"]
    return {
        customer["name"]: "Ann Canaryname",
        customer["email"]: "Ann.Canary@example.com",
        customer["ssn"]: "219-09-9999",
        card["number"]: "4111111111111111",
    }


def stored(on: Stack, table: str) -> list[dict[str, Any]]:
    pages = on.client("dynamodb").get_paginator("scan").paginate(TableName=on.outputs[table])
    return [item for page in pages for item in page["Items"]]


def test_each_raw_order_of_both_sources_is_one_event_whose_tokens_the_vault_reveals(running: Stack) -> None:
    subscriber = Subscriber(running, "both")
    put(running, order())
    send(running, json.dumps(order()))
    events = subscriber.receive(2)
    assert len(events) == 2
    for event in events:
        SanitizedEvent.model_validate(event["detail"])
        text = json.dumps(event)
        assert not [canary for canary in CANARIES if canary.casefold() in text.casefold()]
        expected = tokens(event["detail"])
        assert all(TOKEN.fullmatch(token) for token in expected)
        asked = {"tokens": list(expected), "purpose": "test"}
        revealed = invoke(running, "RevealFunctionName", asked, Qualifier="direct")["tokens"]
        assert {token: json.loads(answer["value"]) for token, answer in revealed.items()} == expected
    vault = str(stored(running, "VaultTableName"))
    assert not [canary for canary in CANARIES if canary in vault]


def test_the_same_stream_record_delivered_three_times_is_the_same_event_and_one_vault_record(
    running: Stack,
) -> None:
    subscriber = Subscriber(running, "thrice")
    data = base64.b64encode(json.dumps(order()).encode()).decode()
    event = {
        "Records": [
            {
                "eventSource": "aws:kinesis",
                "eventID": "shardId-000000000000:777",
                "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/orders-raw-orders",
                "kinesis": {
                    "sequenceNumber": "777",
                    "approximateArrivalTimestamp": time.time(),
                    "data": data,
                },
            }
        ]
    }
    answer = invoke(running, "TokenizeStreamFunctionName", event)
    before = {item["id"]["S"] for item in stored(running, "VaultTableName")}
    for _ in range(2):
        assert invoke(running, "TokenizeStreamFunctionName", event) == answer == {"batchItemFailures": []}
    assert {item["id"]["S"] for item in stored(running, "VaultTableName")} == before
    events = subscriber.receive(3)
    assert len(events) == 3
    assert len({json.dumps(event["detail"]) for event in events}) == 1


def test_a_bad_record_lands_sealed_with_its_code_and_is_replayed_by_the_operator(running: Stack) -> None:
    url = running.outputs["DeadLetterQueueUrl"]
    purge(running)
    send(running, json.dumps(order(total="four canaries")))
    bodies = drain(running.client("sqs"), url, 1)
    (letter,) = [json.loads(body) for body in bodies]
    assert letter["error"]["code"] == "invalid_field"
    assert "canaries" not in str(bodies) + base64.b64decode(letter["sealed"]).decode("latin-1")
    operator = running.assume(running.outputs["ReplayOperatorRoleArn"])
    answer = running.client("lambda", operator).invoke(
        FunctionName=running.outputs["ReplayFunctionName"], Payload=json.dumps({"letters": bodies}).encode()
    )
    (result,) = json.loads(answer["Payload"].read())["results"]
    assert (result["status"], result["code"]) == ("failed", "invalid_field")
    assert "canaries" not in str(result)


def test_the_orders_table_keeps_the_latest_order_whatever_comes_late(running: Stack) -> None:
    newer, older = order(order_id="SO-late"), order(order_id="SO-late")
    newer["occurred_at"], older["occurred_at"] = "2026-11-23T12:00:00Z", "2026-11-23T12:30:00+02:00"
    dynamodb, table = running.client("dynamodb"), running.outputs["OrdersTableName"]

    def kept() -> str | None:
        item = dynamodb.get_item(
            TableName=table, Key={"order_id": {"S": "SO-late"}}, ConsistentRead=True
        ).get("Item")
        return item["occurred_at"]["S"] if item else None

    send(running, json.dumps(newer))
    assert eventually(lambda: kept() == newer["occurred_at"])
    subscriber = Subscriber(running, "late")
    send(running, json.dumps(older))
    assert len(subscriber.receive(1)) == 1
    send(running, json.dumps(order(order_id="SO-after")))
    after = {"order_id": {"S": "SO-after"}}
    assert eventually(lambda: "Item" in dynamodb.get_item(TableName=table, Key=after, ConsistentRead=True))
    assert kept() == newer["occurred_at"]


def test_no_function_log_holds_a_raw_value(running: Stack) -> None:
    logs = running.client("logs")
    text = ""
    for name in (
        "TokenizeStreamFunctionName",
        "TokenizeQueueFunctionName",
        "ReplayFunctionName",
        "RevealFunctionName",
    ):
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{running.outputs[name]}"
        )
        text += "".join(event["message"] for page in pages for event in page["events"])
    assert '"message":"batch"' in text
    assert not [canary for canary in CANARIES if canary.casefold() in text.casefold()]
