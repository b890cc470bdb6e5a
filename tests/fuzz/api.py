"""Targets behind the API: whatever comes through the gateway gets an answer of the contract's form."""

import io
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from handlers import api, on_order_sanitized
from handlers.rest.callers import SCOPES
from handlers.runtime import logger
from tests.fuzz.records import untold
from tokenizer.aws.api.order_service import checked
from tokenizer.aws.platform.settings import OrdersSettings
from tokenizer.callers import Caller
from tokenizer.messages.reveal import RevealAnswer

_CODES = {200, 201, 202, 400, 401, 403, 404, 405, 409, 413, 415, 422, 503}


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Yields what the handlers log meanwhile."""
    told = io.StringIO()
    before = logger.handlers[0].setStream(told)  # type: ignore[attr-defined]
    try:
        yield told
    finally:
        logger.handlers[0].setStream(before)  # type: ignore[attr-defined]


class Context:
    aws_request_id = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


CONTEXT: Any = Context()
ORDERS_QUEUE = OrdersSettings(orders_table="o", orders_queue_arn="arn:aws:sqs:eu-west-1:123456789012:orders")
SETTINGS = SimpleNamespace(max_body_bytes=1_000_000, allowed_origin="", token_url="https://example.com/token")


# What handlers/api.py makes once, and asks.
SERVICES = ("_service", "_waiting", "_look_ups", "_finder", "_value_eraser")


class Tokens:
    """Takes any text for a token of the pool's; test_pool_tokens.py has those that are none."""

    def person(self, token: str) -> Caller:
        token.encode()
        return Caller("ann", ("shop", "payments", "support", "compliance"), mfa=True)

    def machine(self, token: str) -> Caller:
        token.encode()
        return Caller("client", scopes=tuple(SCOPES.values()))


class Desks:
    """Answers well: the fuzz is about what lies before and behind."""

    def take(self, data: bytes, *_: Any) -> dict[str, Any]:
        checked(data)
        return {"event_id": "taken"}

    def order(self, *given: Any) -> Any:
        # The same name stands for an order that is asked for, and for one that is waited for.
        return {"order_id": "SO-1", "order": {}} if len(given) == 1 else {"metadata": {}, "data": {}}

    def values(self, values: Any, *_: Any) -> list[str]:
        json.dumps(values).encode()
        return ["tok_" + "0" * 26 for _ in values]

    def pay(self, *_: Any) -> dict[str, Any]:
        return {"payment_id": "p"}

    def reveal(self, tokens: Any, purpose: Any, *, masked: bool, id_token: str) -> RevealAnswer:
        json.dumps([tokens, purpose, masked, id_token])
        return RevealAnswer(tokens={})

    def find(self, email: str, purpose: str, caller: Caller) -> dict[str, list[str]]:
        json.dumps([email, purpose, asdict(caller)])
        return {"C-1": ["SO-1"]}

    def permitted(self, caller: Caller, purpose: str = "") -> frozenset[str]:
        json.dumps([purpose, asdict(caller)])
        return frozenset({"email"})

    def visible(
        self, caller: Caller, route: str, found: Sequence[tuple[str, str]], purpose: str = ""
    ) -> frozenset[str]:
        json.dumps([route, purpose, asdict(caller)])
        return frozenset(token for _, token in found)

    def erase(self, *asked: Any) -> SimpleNamespace:
        json.dumps([asdict(each) if isinstance(each, Caller) else each for each in asked])
        return SimpleNamespace(model_dump=lambda: {"certificate": {}})

    def erase_order(self, order_id: str, purpose: str, id_token: str) -> SimpleNamespace:
        return self.erase(order_id, purpose, id_token)


def gateway(data: bytes) -> None:
    """Every request is answered; an error has a code and a sentence, and repeats nothing; nothing is logged of it."""
    try:
        event: Any = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not _is_from_the_gateway(event):
        return
    stubs: dict[str, Any] = {"_settings": lambda: SETTINGS, "_tokens": Tokens} | dict.fromkeys(
        SERVICES, Desks
    )
    with logged() as told, patch.multiple(api, **stubs):
        answer = api.handler(event, CONTEXT)
    untold(told.getvalue())
    assert answer["statusCode"] in _CODES, answer["statusCode"]
    body: Any = json.loads(answer["body"]) if answer["body"] else None
    if answer["statusCode"] >= 400:
        assert set(body) == {"error"}
        assert set(body["error"]) == {"code", "message"}
        untold(answer)


def _is_from_the_gateway(event: Any) -> bool:
    """Returns True for what API Gateway can send: texts in their places."""
    if (
        not isinstance(event, dict)
        or not isinstance(event.get("httpMethod"), str)
        or not isinstance(event.get("path"), str)
        or not isinstance(event.get("requestContext"), dict)
    ):
        return False
    maps = (
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
    )
    return (
        isinstance(event.get("body"), (str, type(None)))
        and event.get("isBase64Encoded") in (False, None)
        and isinstance(event.get("resource"), str)
        and all(_texts(event.get(name), name.startswith("multi")) for name in maps)
    )


def _texts(found: Any, several: bool) -> bool:
    if found is None:
        return True
    if not isinstance(found, dict):
        return False
    values = [
        each
        for value in found.values()
        for each in (value if several and isinstance(value, list) else [value])
    ]
    return all(isinstance(each, str) for each in values) and (
        not several or all(isinstance(each, list) for each in found.values())
    )


def bus_message(data: bytes) -> None:
    """Keeps each message of the consumer's queue, or gives it back, one by one."""
    body = data.decode("utf-8", "surrogateescape")

    class Table:
        def keep(self, _event: Any) -> None: ...

    record = {
        "messageId": "m-1",
        "body": body,
        "eventSourceARN": ORDERS_QUEUE.orders_queue_arn,
        "attributes": {"SentTimestamp": str(int(time.time() * 1000))},
    }
    event = {"Records": [record]}
    with (
        logged() as told,
        patch.object(on_order_sanitized, "_orders", Table),
        patch.object(on_order_sanitized, "_settings", return_value=ORDERS_QUEUE),
    ):
        answer = on_order_sanitized.handler(event, CONTEXT)
    assert answer["batchItemFailures"] in ([], [{"itemIdentifier": "m-1"}])
    untold(told.getvalue())
