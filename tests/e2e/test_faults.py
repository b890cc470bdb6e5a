"""Orders on the deployed template while AWS fails at random, functions are killed and mappings pause.

`FAULT_ORDERS=10000` runs it at the size of the claim, as `make test-all` does; the size here has every kind of fault, too.
"""

import json
import os
import signal
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from local.data.orders import orders
from local.emulator import lifecycle
from local.emulator.mapping_process import PAUSED
from local.emulator.stack import Stack
from tests.support.e2e.proxy import Weather, between
from tests.support.e2e.stack import Subscriber, drain

pytestmark = pytest.mark.e2e

ORDERS = int(os.environ.get("FAULT_ORDERS", "1500"))
SHARE = 0.08
SEED = 20_261_124
PATIENCE = 1_200.0  # an idle machine needs a tenth of that
PUBLISH = "AWSEvents.PutEvents"
# Calls to publish from one blow to the next: a slow machine gets as far between them as a fast one.
BETWEEN = max(20, ORDERS // 250)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[tuple[Stack, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder) / "stack"
        with lifecycle.running(directory) as started:
            yield started, directory


def behind(on: Stack, proxy_url: str) -> None:
    """Makes the tokenizing functions reach AWS through the proxy alone, and messages return soon."""
    functions = on.client("lambda")
    for name in ("TokenizeStreamFunctionName", "TokenizeQueueFunctionName"):
        function = on.outputs[name]
        variables = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        functions.update_function_configuration(
            FunctionName=function, Environment={"Variables": {**variables, "AWS_ENDPOINT_URL": proxy_url}}
        )
    on.client("sqs").set_queue_attributes(
        QueueUrl=on.outputs["RawOrdersQueueUrl"], Attributes={"VisibilityTimeout": "5"}
    )
    # Nobody asks for the orders table here, and the emulator has two cores.
    events, bus = on.client("events"), on.outputs["SanitizedBusName"]
    for rule in events.list_rules(EventBusName=bus)["Rules"]:
        if not rule["Name"].startswith("test-"):
            events.disable_rule(Name=rule["Name"], EventBusName=bus)


def send_all(on: Stack, raw: list[dict[str, Any]]) -> None:
    """Half to the stream, half to the queue."""
    kinesis, sqs = on.client("kinesis"), on.client("sqs")
    data = [json.dumps(event, ensure_ascii=False) for event in raw]
    half = len(data) // 2
    for at in range(0, half, 500):
        kinesis.put_records(
            StreamName=on.outputs["RawOrdersStreamName"],
            Records=[
                {"Data": each.encode(), "PartitionKey": str(n)}
                for n, each in enumerate(data[at : min(at + 500, half)])
            ],
        )

    def send(at: int) -> None:
        entries = [{"Id": str(n), "MessageBody": each} for n, each in enumerate(data[at : at + 10])]
        sqs.send_message_batch(QueueUrl=on.outputs["RawOrdersQueueUrl"], Entries=entries)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(send, range(half, len(data), 10)))


def workers(emulator: int) -> list[int]:
    """Returns the processes that run functions: the emulator's children."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
    return [pid for pid, parent in parents.items() if parent == emulator]


def disturb(on: Stack, directory: Path, weather: Weather, done: Event, struck: list[str]) -> None:
    """Kills functions and pauses mappings, again and again, each time that some more events were published."""
    emulator = json.loads((directory / "pids.json").read_text())[0]
    functions = on.client("lambda")
    mappings = functions.list_event_source_mappings(FunctionName=on.outputs["TokenizeQueueFunctionName"])
    queue_mapping = mappings["EventSourceMappings"][0]["UUID"]
    blows = 0
    while not done.wait(0.2):
        if weather.asked[PUBLISH] < (blows + 1) * BETWEEN:
            continue
        blows = weather.asked[PUBLISH] // BETWEEN
        for pid in workers(emulator):
            os.kill(pid, signal.SIGKILL)
            struck.append("killed")
        (directory / PAUSED).touch()
        functions.update_event_source_mapping(UUID=queue_mapping, Enabled=False)
        done.wait(1.0)
        functions.update_event_source_mapping(UUID=queue_mapping, Enabled=True)
        (directory / PAUSED).unlink()
        struck.append("paused")


def test_orders_through_bad_weather_are_all_accounted_for(own: tuple[Stack, Path]) -> None:
    on, directory = own
    raw = orders(ORDERS, seed=SEED)
    weather, done, struck = Weather(SHARE, SEED), Event(), list[str]()
    subscriber = Subscriber(on, "weather")
    contents: dict[str, set[str]] = defaultdict(set)
    with between(on.endpoint_url, weather) as proxy_url:
        behind(on, proxy_url)
        troublemaker = Thread(target=disturb, args=(on, directory, weather, done, struck), daemon=True)
        troublemaker.start()
        send_all(on, raw)
        deadline = time.monotonic() + PATIENCE
        while len(contents) < ORDERS and time.monotonic() < deadline:
            for event in subscriber.receive(200, patience=3.0):
                detail = event["detail"]
                contents[detail["metadata"]["event_id"]].add(json.dumps(detail))
            if len(contents) > ORDERS * 0.95:
                done.set()  # the last twentieth drains in fair weather, or the test would wait for redeliveries
                weather.bad = False
        done.set()
        troublemaker.join()
        for event in subscriber.receive(10**6, patience=3.0):
            contents[event["detail"]["metadata"]["event_id"]].add(json.dumps(event["detail"]))
    letters = drain(on.client("sqs"), on.outputs["DeadLetterQueueUrl"], 1, patience=2.0)
    assert letters == []
    assert contents.keys() == {event["event_id"] for event in raw}
    assert [event_id for event_id, each in contents.items() if len(each) > 1] == []
    assert len({kind.partition(" ")[0] for kind in weather.struck}) >= 5
    assert sum(weather.struck.values()) > min(50, ORDERS // 50)
    assert struck.count("paused") >= min(10, ORDERS // 300)
    assert "killed" in struck
