"""docs/produce.md and docs/subscribe.md do what they say: every command and program in them is run as it stands."""

import json
import os
import re
from pathlib import Path

import pytest

from local.emulator.package import ROOT
from local.emulator.stack import Stack
from local.emulator.template import for_emulator, load
from tests.support.e2e.pages import run
from tests.support.e2e.stack import Subscriber, drain, eventually, send
from tests.support.samples import CANARIES, order

pytestmark = [pytest.mark.e2e, pytest.mark.big]

EXAMPLES = Path("docs/examples")


@pytest.fixture(scope="module")
def folder(running: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Returns a folder that `order-tokenizer local` finds the running stack in."""
    made = tmp_path_factory.mktemp("local")
    state = {"endpoint_url": running.endpoint_url, "region": running.region, "outputs": dict(running.outputs)}
    (made / "stack.json").write_text(json.dumps(state))
    (made / "pids.json").write_text(f"[{os.getpid()}]")
    return made


def test_the_producers_page(running: Stack, folder: Path) -> None:
    subscriber = Subscriber(running, "produce")
    out = run("docs/produce.md", running, folder)
    assert "1 event, 0 invalid" in out
    assert "/order/customer/email\tconsistent_token\temail\t1" in out
    samples = len(list((ROOT / "schemas/samples").glob("order.*.json")))
    assert f"sent {samples}" in out
    received = subscriber.receive(samples + 3)
    assert len(received) == samples + 3
    assert not [canary for canary in CANARIES if canary in str(received)]


def test_the_subscribers_page(running: Stack, folder: Path) -> None:
    out = run("docs/subscribe.md", running, folder)
    assert '"Result": true' in out
    assert re.search(r"^SO-1001 129\.90 USD tok_\w{26}$", out, re.MULTILINE)
    assert re.search(r"^order\.refunded ing_\w{32}$", out, re.MULTILINE)
    assert re.search(r'^\{"ingest_id": "ing_\w{32}", "occurred_at": "[^"]+", "currency": "USD", "total": "129\.90"\}$', out, re.MULTILINE)  # fmt: skip


def test_the_subscribers_filters_let_through_what_they_say_and_nothing_else(running: Stack) -> None:
    outputs = deployed(running, "subscriber.yaml", "filtered", Consumer="filtered")
    wanted = order(order_id="SO-wanted")
    amex, yen, far = (order(order_id=f"SO-{name}") for name in ("amex", "yen", "far"))
    amex["order"]["payment"]["card"]["number"] = "378282246310005"
    yen["order"]["currency"] = "JPY"
    far["order"]["shipping_address"]["country"] = "JP"
    everything = Subscriber(running, "unfiltered")
    for event in (amex, yen, far, wanted):
        send(running, json.dumps(event))
    assert len(everything.receive(4)) == 4
    (body,) = drain(running.client("sqs"), outputs["QueueUrl"], 1)
    assert "SO-wanted" in body
    assert not drain(running.client("sqs"), outputs["QueueUrl"], 1, patience=2.0)


def test_events_are_forwarded_to_another_bus(running: Stack) -> None:
    # In one account, and without the bus policy: what docs/local-stack.md says of the emulator.
    account = "000000000000"
    role = f"arn:aws:iam::{account}:role/orders-forward-elsewhere"
    there = deployed(running, "subscriber-account.yaml", "elsewhere", Consumer="elsewhere", PublisherAccount=account, PublisherRoleArn=role)  # fmt: skip
    here = deployed(
        running, "forwarder.yaml", "forwarder", Consumer="elsewhere", TargetBusArn=there["BusArn"]
    )
    assert here["ForwardRoleArn"] == role
    send(running, json.dumps(order(order_id="SO-forwarded")))
    (body,) = drain(running.client("sqs"), there["QueueUrl"], 1)
    assert "SO-forwarded" in body


def deployed(on: Stack, name: str, stack_name: str, **parameters: str) -> dict[str, str]:
    """Deploys an example; returns its outputs."""
    template = for_emulator(load(EXAMPLES / name), "", "")
    cloudformation = on.client("cloudformation")
    cloudformation.create_stack(
        StackName=stack_name,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )

    def status() -> str:
        return str(cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]["StackStatus"])

    assert eventually(lambda: not status().endswith("_IN_PROGRESS"))
    assert status() == "CREATE_COMPLETE"
    outputs = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]["Outputs"]
    return {each["OutputKey"]: each["OutputValue"] for each in outputs}
