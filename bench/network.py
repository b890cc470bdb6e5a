"""Replaces the network at botocore's `before-send`: all code above it is real, and every answer is a right one.

A request is built, validated, serialized and signed as always; the stub answers in the place of the wire with status
200 and a body of the shape and size that AWS sends. What is missing is TLS, sockets and waiting. The stub's own CPU and
wall time are counted apart, so that they can be taken out of what is measured.
"""

import base64
import json
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from unittest import mock

import boto3
from botocore import handlers, xform_name
from botocore.awsrequest import AWSResponse
from urllib3 import HTTPHeaderDict

from bench.units import read_units, write_units
from tokenizer.aws.compose import tokenize
from tokenizer.aws.platform.workers import InTurn

Json = dict[str, Any]

VAULT = "shop-vault"

_ID = "5f0b7f4e-3a52-4a5e-9d7e-0123456789ab"
_WRAPPED = base64.b64encode(bytes(range(184))).decode()  # as long as KMS's
_TOKEN_KEYS = ("token-key/1", "scope-root/1", "subject-key/1")
_PLAINTEXT = base64.b64encode(bytes(32)).decode()


class _Raw(BytesIO):
    """Holds a body as urllib3 gives it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


class Network:
    """Stands for AWS in one process.

    Attributes:
        calls: by service and operation.
        counting: whether write and read units are counted, too, for which bodies are parsed.
        writes: write units by table, and those of all indexes.
        reads: read units.
        items: put into the vault.
        sent: bytes of request bodies by operation.
        cpu: seconds spent in here.
        wall: the same by the wall clock.
        index: the blind index's entries.
    """

    def __init__(self, *, counting: bool = False) -> None:
        self.counting = counting
        self.calls: Counter[str] = Counter()
        self.writes: Counter[str] = Counter()
        self.reads = self.items = 0
        self.sent: Counter[str] = Counter()
        self.cpu = self.wall = 0.0
        self.index: dict[str, Json] = {}

    @contextmanager
    def installed(self) -> Iterator["Network"]:
        """Yields answers for every client that is made inside, whatever session makes it.

        Calls that would go side by side are made one after the other, so that all of their work is counted.
        """
        entry = ("before-send", self._answer)
        with (
            mock.patch.object(boto3, "DEFAULT_SESSION", None),
            mock.patch.object(tokenize, "Threads", InTurn),
        ):
            handlers.BUILTIN_HANDLERS.append(entry)
            try:
                yield self
            finally:
                handlers.BUILTIN_HANDLERS.remove(entry)

    def reset(self) -> None:
        """Sets the counters to zero; the index stays."""
        self.calls.clear()
        self.writes.clear()
        self.sent.clear()
        self.reads = self.items = 0
        self.cpu = self.wall = 0.0

    def _answer(self, event_name: str, request: Any, **_: Any) -> AWSResponse:
        cpu, wall = time.process_time(), time.perf_counter()
        service, operation = event_name.split(".")[1:]
        body: bytes = request.body  # botocore's JSON serializers leave bytes
        self.calls[f"{service}.{operation}"] += 1
        self.sent[operation] += len(body)
        if self.counting and service == "dynamodb":
            self._count(operation, json.loads(body))
        answer = json.dumps(self._body(operation, body), separators=(",", ":")).encode()
        headers: Any = HTTPHeaderDict(
            {
                "Content-Type": "application/x-amz-json-1.0",
                "Content-Length": str(len(answer)),
                "x-amzn-RequestId": _ID,
                "Date": "Mon, 23 Nov 2026 10:15:00 GMT",
            }
        )
        if service == "dynamodb":
            headers["x-amz-crc32"] = str(zlib.crc32(answer))
        response = AWSResponse(request.url, 200, headers, _Raw(answer))
        self.cpu += time.process_time() - cpu
        self.wall += time.perf_counter() - wall
        return response

    def _body(self, operation: str, body: bytes) -> Json:
        if operation == "BatchWriteItem":  # the busiest; its answer needs nothing of the request
            return {"UnprocessedItems": {}}
        answer: Callable[[Json], Json] | None = getattr(self, f"_{xform_name(operation)}", None)
        if answer is None:
            raise NotImplementedError(operation)
        return answer(json.loads(body))

    def _put_events(self, asked: Json) -> Json:
        return {"FailedEntryCount": 0, "Entries": [{"EventId": _ID} for _ in asked["Entries"]]}

    def _generate_data_key(self, asked: Json) -> Json:
        return {"CiphertextBlob": _WRAPPED, "Plaintext": _PLAINTEXT, "KeyId": asked["KeyId"]}

    def _decrypt(self, asked: Json) -> Json:
        return {"Plaintext": _PLAINTEXT, "KeyId": asked["KeyId"]}

    def _scan(self, asked: Json) -> Json:  # noqa: ARG002 -- as its like
        """Returns the wrapped token keys: nothing else is scanned here."""
        return {
            "Items": [
                {"id": {"S": name}, "begins": {"N": "0"}, "wrapped": {"B": _WRAPPED}} for name in _TOKEN_KEYS
            ]
        }

    def _put_item(self, asked: Json) -> Json:
        self.index[asked["Item"]["id"]["S"]] = asked["Item"]
        return {}

    def _describe_table(self, asked: Json) -> Json:
        return {"Table": _table(asked["TableName"])}

    def _batch_get_item(self, asked: Json) -> Json:
        ((table, request),) = asked["RequestItems"].items()
        found = [self.index[key["id"]["S"]] for key in request["Keys"] if key["id"]["S"] in self.index]
        return {"Responses": {table: found}, "UnprocessedKeys": {}}

    def _count(self, operation: str, body: Json) -> None:
        self.writes += write_units(operation, body)
        self.reads += read_units(operation, body)
        if operation == "BatchWriteItem":
            self.items += len(body["RequestItems"].get(VAULT, ()))


def _table(name: str) -> Json:
    """Returns a table as DescribeTable tells of it."""
    return {
        "TableName": name,
        "TableStatus": "ACTIVE",
        "TableArn": f"arn:aws:dynamodb:us-east-1:123456789012:table/{name}",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "BillingModeSummary": {"BillingMode": "PAY_PER_REQUEST"},
        "ProvisionedThroughput": {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0},
        "TableSizeBytes": 0,
        "ItemCount": 0,
    }
