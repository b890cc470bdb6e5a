"""Makes answers and errors with the headers that all of them have."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response

from handlers.rest.models import Problem
from tokenizer import json_text

JSON = "application/json"
# The gateway's own errors have the same headers, from template.yaml.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
_STATUSES = (400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 502, 503, 504)
PROBLEMS: dict[int, Any] = {
    status: {"description": HTTPStatus(status).phrase, "content": {JSON: {"model": Problem}}}
    for status in _STATUSES
}


class HttpError(Exception):
    """Means that a request is answered with an error.

    Args:
        status: the HTTP status.
        code: tells a program why.
        message: tells a person why, without any value of the request.
        headers: headers in addition to those of every answer.
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": code, "message": message}}
        self.headers = headers or {}

    def event(self) -> dict[str, Any]:
        """Returns the answer in the form of Lambda's proxy integration."""
        headers = HEADERS | {"Content-Type": JSON} | self.headers
        return {
            "statusCode": self.status,
            "multiValueHeaders": {name: [value] for name, value in headers.items()},
            "body": json_text.dump_text(self.body),
            "isBase64Encoded": False,
        }


def answer(
    status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> Response[dict[str, Any]]:
    """Returns an answer."""
    return Response(status, JSON, body, HEADERS | (headers or {}))


def problem(status: int, code: str, message: str) -> Response[dict[str, Any]]:
    """Returns an error."""
    return answer(status, {"error": {"code": code, "message": message}})
