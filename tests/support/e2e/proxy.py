"""A proxy on loopback between the functions and the emulator, through which calls fail at random, from a seed."""

import json
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from typing import Any

from local.live.proxy import Relay, started

FAILING = (
    "DynamoDB_20120810.BatchWriteItem",
    "DynamoDB_20120810.BatchGetItem",
    "DynamoDB_20120810.PutItem",
    "AWSEvents.PutEvents",
    "TrentService.GenerateDataKey",
    "TrentService.Decrypt",
    "AmazonSQS.SendMessageBatch",
)


@dataclass
class Weather:
    """Describes how calls fail.

    Args:
        share: of the calls that fail while it is bad, 0 to 1.
        seed: of the draws.
    """

    share: float
    seed: int
    bad: bool = True
    struck: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._random = Random(self.seed)

    def strikes(self, target: str) -> str | None:
        """Returns how a call fails, None if it does not; `asked` counts all calls."""
        with self._lock:
            self.asked[target] += 1
        if not self.bad or target not in FAILING:
            return None
        with self._lock:
            if self._random.random() >= self.share:
                return None
            kinds = ["throttled", "server error", "reset before", "reset after"]
            kind = self._random.choice([*kinds, "partial"] if target in _PARTS else kinds)
            self.struck[f"{target.partition('.')[2]} {kind}"] += 1
            return kind


class _Handler(Relay):
    weather: Weather

    def relay(self, action: str, body: bytes) -> None:
        match self.weather.strikes(action):
            case "throttled":
                self.answer(
                    400, {}, json.dumps({"__type": "ThrottlingException", "message": "weather"}).encode()
                )
            case "server error":
                self.answer(503, {}, json.dumps({"__type": "ServiceUnavailable"}).encode())
            case "reset before":
                self._hang_up()
            case "reset after":
                self.forward(body)
                self._hang_up()
            case "partial":
                self.answer(200, {}, _PARTS[action](json.loads(body), self._forward_json))
            case _:
                self.answer(*self.forward(body))

    def _forward_json(self, body: Any) -> Any:
        return json.loads(self.forward(json.dumps(body).encode())[2])

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def between(endpoint_url: str, weather: Weather) -> Iterator[str]:
    """Runs the proxy; yields its endpoint."""
    proxy_url, end = started(endpoint_url, _Handler, weather=weather)
    try:
        yield proxy_url
    finally:
        end()


def _half_written(body: Any, forward: Any) -> bytes:
    ((table, requests),) = body["RequestItems"].items()
    half = len(requests) // 2
    if half:
        forward({**body, "RequestItems": {table: requests[:half]}})
    return json.dumps({"UnprocessedItems": {table: requests[half:]}}).encode()


def _half_read(body: Any, forward: Any) -> bytes:
    ((table, wanted),) = body["RequestItems"].items()
    half = len(wanted["Keys"]) // 2
    answer: dict[str, Any] = {"Responses": {table: []}}
    if half:
        answer = forward({**body, "RequestItems": {table: {**wanted, "Keys": wanted["Keys"][:half]}}})
    return json.dumps(
        {**answer, "UnprocessedKeys": {table: {**wanted, "Keys": wanted["Keys"][half:]}}}
    ).encode()


def _half_put(body: Any, forward: Any) -> bytes:
    entries = body["Entries"]
    half = len(entries) // 2
    done = forward({"Entries": entries[:half]})["Entries"] if half else []
    failed = [{"ErrorCode": "ThrottlingException", "ErrorMessage": "weather"} for _ in entries[half:]]
    return json.dumps({"FailedEntryCount": len(failed), "Entries": [*done, *failed]}).encode()


def _half_sent(body: Any, forward: Any) -> bytes:
    entries = body["Entries"]
    half = len(entries) // 2
    done = forward({**body, "Entries": entries[:half]}).get("Successful", []) if half else []
    failed = [{"Id": each["Id"], "Code": "InternalError", "SenderFault": False} for each in entries[half:]]
    return json.dumps({"Successful": done, "Failed": failed}).encode()


_PARTS = {
    "DynamoDB_20120810.BatchWriteItem": _half_written,
    "DynamoDB_20120810.BatchGetItem": _half_read,
    "AWSEvents.PutEvents": _half_put,
    "AmazonSQS.SendMessageBatch": _half_sent,
}
