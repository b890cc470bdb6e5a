"""Holds the page's fault switches: the vault throttles, the bus does not answer. No product code knows of them.

The first switch leads the tokenizing functions to a proxy in this process, where they stay until `make down`; it
passes on all that no fault stands against.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from local.emulator.stack import Stack
from local.live.proxy import Relay, started

_FUNCTIONS = ("TokenizeStreamFunctionName", "TokenizeQueueFunctionName")
_AGAIN_SECONDS = "10"  # the queue's six minutes are more than anybody watches
_SETTLE_SECONDS = 30.0
_THROTTLED = "ProvisionedThroughputExceededException"
NAMES = VAULT, BUS = "vault", "bus"


class _Faulty(Relay):
    faults: "Faults"

    def relay(self, action: str, body: bytes) -> None:
        strikes = self.faults.strikes(action, body)
        if strikes is None:
            super().relay(action, body)
        else:
            status, kind = strikes
            self.answer(
                status, {"Content-Type": "application/x-amz-json-1.0"}, json.dumps({"__type": kind}).encode()
            )


class Faults:
    """Holds which faults are switched on, and how many calls each of them has refused."""

    def __init__(self, stack: Stack, changed: Callable[[], None]) -> None:
        self._stack = stack
        self._changed = changed
        self._on: set[str] = set()
        self._refused: Counter[str] = Counter()
        self._proxy_url: str | None = None
        self._visibility: str | None = None

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Returns each switch, for the page."""
        return {name: {"on": name in self._on, "refused": self._refused[name]} for name in NAMES}

    def switch(self, name: str, *, on: bool) -> None:
        """Switches a fault on or off; while any fault is on, the queue delivers again after seconds."""
        if on:
            self._lead_through_proxy()
            self._refused[name] = 0
            self._on.add(name)
        else:
            self._on.discard(name)
        self._set_visibility()
        self._changed()

    def strikes(self, action: str, body: bytes) -> tuple[int, str] | None:
        """Returns how a call fails: an HTTP status and AWS's error code; None if it does not fail."""
        if (
            VAULT in self._on
            and action.startswith("DynamoDB_")
            and self._stack.outputs["VaultTableName"].encode() in body
        ):
            name, answer = VAULT, (HTTPStatus.BAD_REQUEST, _THROTTLED)
        elif BUS in self._on and action == "AWSEvents.PutEvents":
            name, answer = BUS, (HTTPStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable")
        else:
            return None
        self._refused[name] += 1
        self._changed()
        return answer

    def _lead_through_proxy(self) -> None:
        if self._proxy_url is None:
            self._proxy_url, _ = started(self._stack.endpoint_url, _Faulty, faults=self)
        functions = self._stack.client("lambda")
        for name in (self._stack.outputs[each] for each in _FUNCTIONS):
            variables = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
            if variables.get("AWS_ENDPOINT_URL") == self._proxy_url:
                continue
            variables["AWS_ENDPOINT_URL"] = self._proxy_url
            functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
            deadline = time.monotonic() + _SETTLE_SECONDS
            while (
                functions.get_function_configuration(FunctionName=name).get("LastUpdateStatus")
                == "InProgress"
            ):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{name} does not take its endpoint")
                time.sleep(0.1)

    def _set_visibility(self) -> None:
        sqs, url, name = (
            self._stack.client("sqs"),
            self._stack.outputs["RawOrdersQueueUrl"],
            "VisibilityTimeout",
        )
        if self._visibility is None:
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
            self._visibility = str(found[name])
        seconds = _AGAIN_SECONDS if self._on else self._visibility
        sqs.set_queue_attributes(QueueUrl=url, Attributes={name: seconds})
