"""Calls handlers as Lambda and API Gateway do, and reads the metrics that they print."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from handlers import api, runtime
from handlers.rest.gate import ELSEWHERE
from tests.support.pool_tokens import BUCKET, access_token, token
from tokenizer.aws.platform import counters

ENVIRONMENT = {
    "RAW_STREAM_NAME": "s",
    "ORDERS_TABLE": "o",
    "IDEMPOTENCY_TABLE": "i",
    "FINGERPRINT_KEY_ARN": "k",
    "REVEAL_FUNCTION": "r",
    "ERASE_FUNCTION": "e",
    "PAYMENT_FUNCTION": "p",
    "TOKENIZE_FUNCTION": "t",
    "API_NAME": "api:s",
    "BUDGETS_TABLE": "b",
    "SIGN_IN_BUCKET": BUCKET,
    "AUDIT_BUCKET": "a",
    "AUDIT_HEADS_TABLE": "h",
    "AUDIT_KEY_ARN": "ak",
    "TOKEN_URL": "https://pool.example.com/oauth2/token",
}
PERSON = {"sub": "ann", "token_use": "id", "cognito:groups": ["shop", "payments", "support"]}
MACHINE = {"sub": "client", "token_use": "access", "scope": "orders/write orders/read tokens/write"}


@dataclass
class Answer:
    status: int
    body: Any
    headers: dict[str, str]


@dataclass
class Context:
    aws_request_id: str = "request"


def signed(claims: dict[str, Any]) -> str:
    """Returns a token of the tests' pool with these claims, and with those that such a token has anyway."""
    return token(**claims) if claims["token_use"] == "id" else access_token(**claims)


class Api:
    """API Gateway's side of the proxy integration; nothing answers behind the function.

    Claims are those of the token that the request comes with.
    """

    def __call__(  # noqa: PLR0917 -- the parts of a request
        self,
        method: str,
        resource: str,
        body: str | None = None,
        claims: dict[str, Any] | None = None,
        path: str | None = None,
        query: dict[str, str] | None = None,
        **headers: str,
    ) -> Answer:
        shown = {"Authorization": signed(claims)} if claims else {}
        shown |= {name.replace("_", "-"): value for name, value in headers.items()}
        event = {
            "httpMethod": method,
            "resource": resource,
            "path": path or resource,
            "pathParameters": {"proxy": path.lstrip("/")} if resource == ELSEWHERE and path else None,
            "headers": shown,
            "multiValueHeaders": {name: [value] for name, value in shown.items()},
            "queryStringParameters": query,
            "multiValueQueryStringParameters": {name: [text] for name, text in query.items()}
            if query
            else None,
            "body": body,
            "isBase64Encoded": False,
            "requestContext": {"requestId": "1"},
        }
        answer = api.handler(event, Context())  # type: ignore[arg-type]  # all that is asked of it
        headers = {name: values[0] for name, values in answer["multiValueHeaders"].items()}
        return Answer(answer["statusCode"], json.loads(answer["body"] or "null"), headers)


def forget() -> None:
    for cached in (
        api._settings,
        api._tokens,
        api._service,
        api._waiting,
        api._policies,
        api._look_ups,
        api._finder,
        api._value_eraser,
        api._description,
        api._methods,
    ):
        cached.cache_clear()


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Yields what handlers log, and nothing of what tests before this one have counted.

    Their logger keeps the standard output of its making, so pytest does not see it.
    """
    counters.take()
    kept = io.StringIO()
    handler: Any = runtime.logger.handlers[0]
    before = handler.setStream(kept)
    try:
        yield kept
    finally:
        handler.setStream(before)


class Emitted:
    """The metrics on standard output, in CloudWatch's embedded format, by name."""

    def __init__(self, output: pytest.CaptureFixture[str]) -> None:
        self._output = output

    def __call__(self) -> dict[str, tuple[float, str, list[list[str]]]]:
        told: dict[str, tuple[float, str, list[list[str]]]] = {}
        for line in self._output.readouterr().out.splitlines():
            for group in json.loads(line).get("_aws", {}).get("CloudWatchMetrics", []):
                for metric in group["Metrics"]:
                    (value,) = json.loads(line)[metric["Name"]]
                    told[metric["Name"]] = (value, group["Namespace"], group["Dimensions"])
        return told
