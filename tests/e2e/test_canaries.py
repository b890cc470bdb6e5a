"""Sends marked values through every path, failures and replays included, then searches all that the stack wrote.

What holds raw values by its nature is left out by name: the raw stream, the raw queue and the queue of unprocessed messages. The rest may hold
them sealed or as tokens alone. The emulator keeps its state in memory, which is asked for by its APIs; its files are searched as well.
"""

import base64
import json
import os
from collections.abc import Iterator, Mapping
from gzip import decompress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from local.demo.leaks import LeakSearch
from local.emulator.lifecycle import running
from local.emulator.stack import Stack
from local.emulator.switches import parameters
from tests.support.e2e.canary_marks import CARD, EMAIL, searched, windows
from tests.support.e2e.canary_paths import Walk
from tests.support.e2e.stack import emptied

pytestmark = pytest.mark.e2e

RAW_BY_NATURE = ("raw-orders", "unprocessed")
DEPLOYMENTS = "local-deployments"  # the code itself


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("canaries") / ".local"  # where commands look for the stack that is up


@pytest.fixture(scope="module")
def own(folder: Path) -> Iterator[Stack]:
    with running(folder) as stack:
        yield stack


def written(on: Stack, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yields everything that the stack wrote, by where it stands."""
    for part in (_tables, _objects, _logs, _queues):
        yield from part(on)
    yield "metrics", _flat(on.client("cloudwatch").list_metrics()["Metrics"])
    yield "environment", _flat([_environment(on)])
    for held, _, names in os.walk(folder):  # which passes over a folder that is gone
        for path in [Path(held) / name for name in names if "kinesis" not in name and "sqs" not in name]:
            if path.is_file() and not path.is_symlink() and (content := _read(path)) is not None:
                yield f"file {path.relative_to(folder)}", content


def _read(path: Path) -> bytes | None:
    """Returns a file's content; None if a function's process took the file along when it ended."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        if any(part.startswith("ministack-lambda-") for part in path.parts):
            return None
        raise


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
            yield f"queue {url}", "\n".join(emptied(sqs, url)).encode()


def _environment(on: Stack) -> dict[str, Mapping[str, str]]:
    functions = on.client("lambda").list_functions()["Functions"]
    return {each["FunctionName"]: each.get("Environment", {}).get("Variables", {}) for each in functions}


def _flat(value: Any) -> bytes:
    return json.dumps(value, default=_text).encode()


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def found_in(places: Iterator[tuple[str, bytes]]) -> tuple[dict[str, list[str]], set[str]]:
    """Returns which values were found where, and all places that held anything."""
    search, found, seen = LeakSearch(searched()), {}, set()
    for where, data in places:
        if data:
            seen.add(where)
        if values := search.find(data):
            found[where] = sorted(values)
    return found, seen


def test_no_marked_value_stands_anywhere_but_sealed(own: Stack, folder: Path) -> None:
    walk = Walk(own, folder)
    walk.whole()
    found, seen = found_in(written(walk.on, folder))
    told = {f"answer {at}": _flat(each) for at, each in enumerate(walk.told)}
    found |= found_in(iter(told.items()))[0]
    assert [f"{where}: {values}" for where, values in found.items()] == []
    assert sum(not where.startswith("file ") for where in seen) > 40
    functions = {
        "api",
        "erase",
        "honey",
        "payment",
        "rekey",
        "replay",
        "reveal",
        "tokenize-queue",
        "tokenize-stream",
    }
    assert {f"log /aws/lambda/orders-{name}" for name in functions} <= seen


def test_the_core_alone_keeps_every_marked_value_sealed_as_well(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("core") / ".local"
    with running(folder, parameters=parameters(())) as core:
        walk = Walk(core, folder)
        walk.core()
        found, seen = found_in(written(core, folder))
    told = {f"answer {at}": _flat(each) for at, each in enumerate(walk.told)}
    assert found | found_in(iter(told.items()))[0] == {}
    functions = {"erase", "replay", "reveal", "tokenize-queue", "tokenize-stream"}
    assert {f"log /aws/lambda/orders-{name}" for name in functions} <= seen
    assert "log /aws/lambda/orders-api" not in seen


def test_the_search_finds_what_stands_in_the_open(own: Stack, folder: Path) -> None:
    own.client("dynamodb").put_item(
        TableName=own.outputs["OrdersTableName"],
        Item={"order_id": {"S": "planted"}, "order": {"S": json.dumps({"card": CARD})}},
    )
    own.client("logs").create_log_group(logGroupName="/planted")
    own.client("logs").create_log_stream(logGroupName="/planted", logStreamName="s")
    event = {"timestamp": int(os.times().elapsed * 1000), "message": "CANARIUS HOLDER"}
    own.client("logs").put_log_events(logGroupName="/planted", logStreamName="s", logEvents=[event])
    own.client("sqs").send_message(
        QueueUrl=own.outputs["DeadLetterQueueUrl"], MessageBody=f"?q={quote('canarius unknown field')}"
    )
    own.client("s3").create_bucket(Bucket="planted")
    own.client("s3").put_object(Bucket="planted", Key="k", Body=base64.b64encode(f"a {EMAIL}".encode()))
    (folder / "planted.txt").write_text(f"first {CARD[:10]}, then something", encoding="utf-8")
    found, _ = found_in(written(own, folder))
    by_kind = {where.partition(" ")[0]: values for where, values in found.items()}
    assert by_kind == {
        "table": sorted({CARD} | windows(CARD)),
        "log": ["Canarius Holder"],
        "queue": ["canarius unknown field"],
        "object": [EMAIL],
        "file": [CARD[:10]],
    }
