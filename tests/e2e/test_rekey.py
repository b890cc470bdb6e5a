"""The vault of the deployed template moves to another key, by deployments and the command, while orders flow.

`REKEY_ORDERS=10000` runs it at the size of the claim, as `make test-all` does. Here a segment is a page of its own: that the last of many
pages is moved, too, `integration/test_rekey.py` tries with pages of two.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.emulator import lifecycle, users
from local.emulator.stack import Stack
from local.errors import LocalStackError
from tests.support import forked, terminal
from tests.support.e2e.functions import settle_after
from tests.support.e2e.stack import Api, Subscriber, eventually
from tests.support.samples import order
from tokenizer.vault.tokens import Pointer

pytestmark = [pytest.mark.e2e, pytest.mark.big]

ORDERS = int(os.environ.get("REKEY_ORDERS", "200"))
FLOWING = max(50, ORDERS // 20)  # while the vault moves
PATIENCE = 60.0 + ORDERS / 10
NAMED = {"name": "Ann Canaryname"}


@pytest.fixture
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / ".local"  # where the command looks for the stack that is up


def event(at: int) -> dict[str, Any]:
    """Returns an order whose values need one vault record: it has no consistent values."""
    return order(order_id=f"SO-rekey-{at}", customer={"customer_id": f"C-{at}", **NAMED})


def send(on: Stack, numbers: range) -> None:
    kinesis = on.client("kinesis")
    for start in range(numbers.start, numbers.stop, 100):
        records = [
            {"Data": json.dumps(event(at)).encode(), "PartitionKey": str(at)}
            for at in range(start, min(start + 100, numbers.stop))
        ]
        kinesis.put_records(StreamName=on.outputs["RawOrdersStreamName"], Records=records)


def records(on: Stack) -> int:
    pages = on.client("dynamodb").get_paginator("scan").paginate(TableName=on.outputs["VaultTableName"])
    return sum(page["Count"] for page in pages)


def rekey(directory: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "ops", "rekey", *arguments],
        cwd=directory.parent,
        text=True,
        stdout=subprocess.PIPE,
    )


def forget_budgets(on: Stack) -> None:
    """Deletes the budgets: a direct caller gets 5,000 values an hour (policies/budgets.toml), and the test needs all."""
    dynamodb = on.client("dynamodb")
    (table,) = [name for name in dynamodb.list_tables()["TableNames"] if name.endswith("-reveal-budgets")]
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.delete_item(TableName=table, Key={"id": item["id"]})


def revealed(on: Stack, tokens: list[str]) -> list[Any]:
    """Returns what the reveal function answers, by value."""
    functions, found = on.client("lambda"), []
    for start in range(0, len(tokens), 100):
        if start % 1_000 == 0:
            forget_budgets(on)
        asked = {"tokens": tokens[start : start + 100], "purpose": "legal_request"}
        answer = functions.invoke(
            FunctionName=on.outputs["RevealFunctionName"],
            Qualifier="direct",
            Payload=json.dumps(asked).encode(),
        )
        found += json.loads(answer["Payload"].read())["tokens"].values()
    return found


def test_while_orders_flow_every_record_moves_to_the_other_key_and_none_is_lost(directory: Path) -> None:
    with lifecycle.running(directory) as started:
        subscriber = Subscriber(started, "rekey")
        send(started, range(ORDERS))
        assert eventually(lambda: records(started) >= ORDERS, PATIENCE)
        blue = started.outputs["VaultKeyArn"]

        running = lifecycle.update(directory, started, {"Rekeying": "true"})
        assert running.outputs["VaultKeyArn"] == blue
        running = lifecycle.update(directory, running, {"Rekeying": "true", "VaultKeySlot": "green"})
        green = running.outputs["VaultKeyArn"]
        assert green != blue
        again = lifecycle.update(directory, running, {"Rekeying": "true", "VaultKeySlot": "green"})
        assert again.outputs == running.outputs  # a deployment that changes nothing is no error
        with pytest.raises(LocalStackError, match="records may be under"):
            lifecycle.update(directory, running, {"VaultKeySlot": "green"})
        # Its moving can't end before the command is killed, however slow this machine is.
        settle_after(running, 600)

        flow = threading.Thread(target=send, args=(running, range(ORDERS, ORDERS + FLOWING)))
        flow.start()
        killed = rekey(directory, "run", "--segments", "4")
        assert eventually(lambda: moved(directory) > 0)
        killed.kill()
        killed.communicate()
        settle_after(running)
        events = subscriber.receive(1)
        erased = events[0]["detail"]["data"]["order"]["customer"]
        compliance = Api(running, users.sign_in(running, "compliance"))
        assert compliance("DELETE", f"/customers/{erased['customer_id']}")[0] == 200
        ended = rekey(directory, "run", "--json")
        told = json.loads(ended.communicate()[0])
        flow.join()
        assert ended.returncode == 0, told
        assert (told["phase"], told["target"], told["segments"]) == ("done", green, 4)
        assert set(told["verified"]) == {"current"}
        assert told["verified"]["current"] >= ORDERS
        shown = terminal.run(
            [sys.executable, "-m", "ops", "rekey", "run"], cwd=directory.parent, seconds=PATIENCE
        )
        assert "verifying, round 1" in shown.text
        assert shown.code == 0, shown.text

        assert eventually(lambda: records(running) >= ORDERS + FLOWING, PATIENCE)
        running = lifecycle.update(directory, running, {"VaultKeySlot": "green"})
        running.client("kms").disable_key(KeyId=blue)
        events += subscriber.receive(ORDERS + FLOWING + 1 - len(events), PATIENCE)  # one tells of the erasure
        data = [each["detail"]["data"] for each in events]
        customers = [each["order"]["customer"] for each in data if "order" in each]
        tokens = {each["customer_id"]: each["name"] for each in customers}
        assert len(tokens) == ORDERS + FLOWING
        assert len({Pointer.parse(each).record_id for each in tokens.values()}) == records(running)
        gone = tokens.pop(erased["customer_id"])
        assert [each["status"] for each in revealed(running, [gone])] == ["erased"]
        values = [each.get("value") for each in revealed(running, list(tokens.values()))]
        assert values == [json.dumps(NAMED["name"])] * len(tokens)


def moved(directory: Path) -> int:
    command = ["order-tokenizer", "rekey", "status", "--json"]
    told = json.loads(forked.run(command, cwd=directory.parent, environment=os.environ).stdout)
    return int(told.get("moving", {}).get("moved", 0))
