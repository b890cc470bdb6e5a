"""Marked values through every path, failures and the API included; then everything that the stack wrote is searched for them.

What holds raw values by its nature is left out by name: the raw stream, the raw queue and the queue of unprocessed messages. The rest may hold
them sealed or as tokens alone.
"""

import json
import os
from collections.abc import Iterator, Mapping
from gzip import decompress
from pathlib import Path
from typing import Any

import pytest

from local import users
from local.demo_leaks import LeakSearch
from local.stack import Stack, running
from tests.e2e.conftest import Api, Subscriber, drain, eventually, put, send
from tests.samples import order

pytestmark = pytest.mark.e2e

RAW_BY_NATURE = ("raw-orders", "unprocessed")
DEPLOYMENTS = "local-deployments"  # the code itself
CARD, SECOND_CARD = "4111111111111111", "5555555555554444"
CANARIES = (
    "Canarius Nomen", "canarius.mail@example.com", "+12025550177", "1981-02-03", "219-09-7777", CARD, SECOND_CARD,
    "Canarius Holder", "77 Canarius Street", "canarius unknown field", "canarius in a broken record",
)  # fmt: skip


def canary_order(order_id: str, **changes: Any) -> dict[str, Any]:
    about = {
        "customer_id": f"C-{order_id}",
        "name": "Canarius Nomen",
        "email": "canarius.mail@example.com",
        "phone": "+12025550177",
        "date_of_birth": "1981-02-03",
        "ssn": "219-09-7777",
    }
    event = order(
        order_id=order_id,
        customer=about,
        payment={
            "method": "card",
            "card": {"number": CARD, "expiry": "11/39", "holder": "Canarius Holder", "cvv": "737"},
        },
        shipping_address={
            "name": "Canarius Nomen",
            "line1": "77 Canarius Street",
            "postal_code": "62701",
            "country": "US",
        },
        notes="call +12025550177 or write to canarius.mail@example.com",
        surprise={"deep": ["canarius unknown field", CARD]},
        **changes,
    )
    return {**event, "event_id": f"e-{order_id}"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canaries") / "stack"


@pytest.fixture(scope="module")
def own(folder: Path) -> Iterator[Stack]:
    with running(folder) as stack:
        yield stack


def every_path(on: Stack) -> None:
    """Stream, queue, poison on both, the API in all its verbs, refusals, a replay and an erasure."""
    subscriber = Subscriber(on, "canaries")
    put(on, canary_order("S-1"))
    send(on, json.dumps(canary_order("Q-1")))
    for bad in (
        {**canary_order("B-1"), "schema_version": 99},
        canary_order("B-2", total=CARD),
        canary_order("B-3", currency="canarius in a broken record"),
    ):
        put(on, bad)
        send(on, json.dumps(bad))
    send(on, json.dumps(canary_order("B-4"))[:-9] + "canarius in a broken record")
    assert len(subscriber.receive(4)) == 4  # a card number for a total is well-formed, and guarded
    calls = {group: Api(on, users.sign_in(on, group)) for group in ("payments", "compliance", "analytics")}
    payments, compliance = calls["payments"], calls["compliance"]
    assert payments("POST", "/orders", canary_order("A-1"))[0] == 202
    assert payments("POST", "/orders", canary_order("A-2"), Prefer="wait", Idempotency_Key="k")[0] == 201
    payments("POST", "/orders", canary_order("A-3", total=CARD))
    payments("POST", "/orders", json.dumps(canary_order("A-4")).encode()[:-9])
    values = [
        {"kind": "card_number", "value": SECOND_CARD},
        {"kind": "email", "value": "canarius.mail@example.com"},
    ]
    body = payments("POST", "/tokens", {"values": values, "customer_id": "C-A-2"})[1]
    payments("POST", "/tokens", {"values": [{"kind": "soul", "value": SECOND_CARD}]})
    asked = {"tokens": [*body["tokens"], CARD, "canarius.mail@example.com"], "purpose": "legal_request"}
    revealed = compliance("POST", "/tokens/reveal", asked)[1]["tokens"]
    assert revealed[body["tokens"][1]]["value"] == "canarius.mail@example.com"
    calls["analytics"]("POST", "/tokens/reveal", asked)
    payments("POST", "/tokens/reveal", {**asked, "purpose": f"because of {CARD}"})
    assert eventually(lambda: payments("GET", "/orders/A-2")[0] == 200)
    assert payments("POST", "/orders/A-2/payments", {}, Idempotency_Key="p")[0] == 201
    payments("POST", f"/orders/{CARD}/payments", {}, Idempotency_Key="p")
    letters = drain(on.client("sqs"), on.outputs["DeadLetterQueueUrl"], 5)
    assert len(letters) == 5
    for letter in letters:
        request = {"action": "replay", "letters": [letter], "operator": "ops"}
        on.client("lambda").invoke(
            FunctionName=on.outputs["ReplayFunctionName"], Payload=json.dumps(request).encode()
        )
        on.client("sqs").send_message(QueueUrl=on.outputs["DeadLetterQueueUrl"], MessageBody=letter)
    assert compliance("DELETE", "/customers/C-A-2")[0] == 200


def written(on: Stack, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Everything that the stack wrote, by where it stands."""
    for part in (_tables, _objects, _logs, _queues):
        yield from part(on)
    yield "metrics", _flat(on.client("cloudwatch").list_metrics()["Metrics"])
    yield "environment", _flat([_environment(on)])
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and "kinesis" not in path.name and "sqs" not in path.name:
            yield f"file {path.relative_to(folder)}", path.read_bytes()


def _tables(on: Stack) -> Iterator[tuple[str, bytes]]:
    dynamodb = on.client("dynamodb")
    for table in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=table):
            yield f"table {table}", _flat(page["Items"])


def _objects(on: Stack) -> Iterator[tuple[str, bytes]]:
    s3 = on.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"])
        for each in [each for page in pages for each in page.get("Contents", [])]:
            if bucket["Name"] != DEPLOYMENTS:
                body = s3.get_object(Bucket=bucket["Name"], Key=each["Key"])["Body"].read()
                shown = decompress(body) if each["Key"].endswith(".gz") else body
                yield f"object {each['Key']}", each["Key"].encode() + shown


def _logs(on: Stack) -> Iterator[tuple[str, bytes]]:
    logs = on.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            lines = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            yield f"log {group['logGroupName']}", _flat([each["events"] for each in lines])


def _queues(on: Stack) -> Iterator[tuple[str, bytes]]:
    sqs = on.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:
        if not url.endswith(RAW_BY_NATURE):
            yield f"queue {url}", "\n".join(drain(sqs, url, 10_000, patience=3.0)).encode()


def _environment(on: Stack) -> dict[str, Mapping[str, str]]:
    functions = on.client("lambda").list_functions()["Functions"]
    return {each["FunctionName"]: each.get("Environment", {}).get("Variables", {}) for each in functions}


def _flat(value: Any) -> bytes:
    return json.dumps(value, default=_text).encode()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def test_no_marked_value_stands_anywhere_but_sealed(own: Stack, folder: Path) -> None:
    search = LeakSearch(CANARIES)
    every_path(own)
    found, places = {}, 0
    for where, data in written(own, folder):
        places += bool(data)
        if values := search.find(data):
            found[where] = sorted(values)
    assert places > 40
    assert found == {}


def test_the_search_finds_what_stands_in_the_open(own: Stack, folder: Path) -> None:
    own.client("dynamodb").put_item(
        TableName=own.outputs["OrdersTableName"],
        Item={"order_id": {"S": "planted"}, "order": {"S": json.dumps({"card": CARD})}},
    )
    own.client("logs").create_log_group(logGroupName="/planted")
    own.client("logs").create_log_stream(logGroupName="/planted", logStreamName="s")
    event = {"timestamp": int(os.times().elapsed * 1000), "message": "Canarius Holder"}
    own.client("logs").put_log_events(logGroupName="/planted", logStreamName="s", logEvents=[event])
    found = {
        where.partition(" ")[0]: values
        for where, data in written(own, folder)
        if (values := LeakSearch(CANARIES).find(data))
    }
    assert found == {"table": {CARD}, "log": {"Canarius Holder"}}
