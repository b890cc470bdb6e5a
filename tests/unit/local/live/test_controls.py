"""Tests what the page's buttons may ask for, and which calls a fault refuses; no stack is up."""

from http import HTTPStatus
from typing import Any

import pytest

from local.emulator.stack import Stack
from local.live.controls import Controls
from local.live.faults import BUS, VAULT, Faults
from local.live.server import ActionRefused

OUTPUTS = {
    "VaultTableName": "orders-vault",
    "TokenizeStreamFunctionName": "stream",
    "TokenizeQueueFunctionName": "queue",
}
NOWHERE = Stack("http://127.0.0.1:9", "us-east-1", OUTPUTS)
WRITE, PUT = "DynamoDB_20120810.BatchWriteItem", "AWSEvents.PutEvents"


@pytest.fixture(scope="module")
def controls() -> Controls:
    return Controls(NOWHERE)


@pytest.fixture
def faults() -> Faults:
    return Faults(NOWHERE, lambda: None)


@pytest.mark.parametrize(
    ("name", "request_"),
    [
        ("", {}),
        ("send/", {"source": "stream"}),
        ("_send", {"source": "stream"}),
        ("send", {}),
        ("send", {"source": ["stream"]}),
        ("send", {"source": "elsewhere"}),
        ("send", {"source": "stream", "kind": "unheard of"}),
        ("send", {"source": "stream", "kind": {}}),
        ("send", {"source": "queue", "kind": "not UTF-8"}),
        ("fault", {}),
        ("fault", {"name": "vault"}),
        ("fault", {"name": "vault", "on": "yes"}),
        ("fault", {"name": ["vault"], "on": True}),
        ("fault", {"name": "everything", "on": True}),
        ("replay", {}),
        ("replay", {"id": 7, "fix": False}),
        ("replay", {"id": "x", "fix": 1}),
    ],
    ids=str,
)
def test_a_request_that_is_not_understood_is_refused_in_words_of_ours(
    controls: Controls, name: str, request_: dict[str, Any]
) -> None:
    with pytest.raises(ActionRefused) as refused:
        controls.act(name, request_)
    assert refused.value.status == HTTPStatus.BAD_REQUEST
    assert "unheard of" not in str(refused.value)


def test_a_stack_that_does_not_answer_is_no_bug_of_the_page(controls: Controls) -> None:
    with pytest.raises(ActionRefused, match="EndpointConnectionError") as refused:
        controls.act("fault", {"name": "bus", "on": True})
    assert refused.value.status == HTTPStatus.BAD_GATEWAY
    assert controls.state(0)["faults"]["bus"]["on"] is False


@pytest.mark.parametrize(
    ("on", "action", "body", "struck"),
    [
        (set(), WRITE, b'{"RequestItems": {"orders-vault": []}}', None),
        ({VAULT}, WRITE, b'{"RequestItems": {"orders-vault": []}}', "ProvisionedThroughputExceededException"),
        ({VAULT}, WRITE, b'{"RequestItems": {"orders-other": []}}', None),
        ({VAULT}, PUT, b'{"Entries": ["orders-vault"]}', None),
        ({BUS}, PUT, b'{"Entries": []}', "ServiceUnavailable"),
        ({BUS}, WRITE, b'{"RequestItems": {"orders-vault": []}}', None),
    ],
)
def test_a_fault_strikes_its_own_calls_alone_and_counts_them(
    faults: Faults, on: set[str], action: str, body: bytes, struck: str | None
) -> None:
    faults._on |= on
    found = faults.strikes(action, body)
    assert (found[1] if found else None) == struck
    assert sum(each["refused"] for each in faults.to_dict().values()) == (struck is not None)
