"""Each way in which a request to the API fails has its status, its code and its headers, and shows nothing of the request."""

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from handlers.invoker import alias
from handlers.rest.answers import HEADERS, HttpError
from handlers.rest.callers import sent_token
from handlers.rest.origins import preflight, shown
from handlers.rest.refusals import failed, register
from handlers.runtime import FAILED_MESSAGE, answer_errors, log_alarm_metrics
from schemas.dead_letter import ErrorCode
from tests.support.members import for_all
from tokenizer import errors
from tokenizer.aws.platform import counters
from tokenizer.errors import BadRecord, PipelineError, Refused

# What every answer has, so that no browser or proxy keeps it or takes it for something else.
OF_ALL = {
    "Cache-Control": ["no-store"],
    "Content-Security-Policy": ["default-src 'none'; frame-ancestors 'none'"],
    "Referrer-Policy": ["no-referrer"],
    "Strict-Transport-Security": ["max-age=31536000; includeSubDomains"],
    "X-Content-Type-Options": ["nosniff"],
}


def test_an_error_has_the_headers_of_every_answer_and_its_own() -> None:
    assert {name: [value] for name, value in HEADERS.items()} == OF_ALL
    assert HttpError(401, "unauthorized", "sign in", {"WWW-Authenticate": "Bearer"}).event() == {
        "statusCode": 401,
        "multiValueHeaders": OF_ALL | {"Content-Type": ["application/json"], "WWW-Authenticate": ["Bearer"]},
        "body": '{"error":{"code":"unauthorized","message":"sign in"}}',
        "isBase64Encoded": False,
    }


@for_all(
    ("kind", "lasts"),
    [
        (errors.Unavailable, False),
        (errors.Throttled, False),
        (errors.Denied, False),
        (errors.OutOfTime, False),
        (errors.NewerFormat, False),
        (errors.Rejected, True),
        (errors.Unforeseen, True),
        (errors.VaultIntegrity, True),
        (errors.Configuration, True),
    ],
)
def test_what_would_fail_again_is_told_apart_from_what_may_be_repeated(
    kind: type[PipelineError], lasts: bool
) -> None:
    answer = failed(kind("why"))
    code, message = ("failed", FAILED_MESSAGE) if lasts else ("unavailable", "try again later")
    assert answer.status == (500 if lasts else 503)
    assert answer.body == {"error": {"code": code, "message": message}}

    def fails() -> dict[str, Any]:
        raise kind("why")

    repeat = answer_errors("try again with the same key")(fails)()["error"]
    assert repeat == (
        {"code": "failed", "message": FAILED_MESSAGE}
        if lasts
        else {"code": "unavailable", "message": "try again with the same key"}
    )
    for_operators = answer_errors()(fails)()["error"]
    assert for_operators == {"code": "unavailable", "message": f"{kind.__name__}: why"}


def test_a_failure_is_logged_with_its_reason_and_a_refusal_is_not(log: io.StringIO) -> None:
    def refuses() -> dict[str, Any]:
        raise Refused("denied", "not you")

    assert answer_errors("again")(refuses)() == {"error": {"code": "denied", "message": "not you"}}
    assert log.getvalue() == ""
    failed(errors.Unavailable("the table"))
    (line,) = map(json.loads, log.getvalue().splitlines())
    assert (line["level"], line["message"], line["error"], line["reason"]) == (
        "ERROR", "failed", "Unavailable", "the table",
    )  # fmt: skip


PAGE = "https://shop.example.com"
METHODS: Any = {"/orders": ("GET", "POST")}


def _preflight(**changes: Any) -> dict[str, Any] | None:
    event = {
        "httpMethod": "OPTIONS",
        "headers": {"Origin": PAGE},
        "pathParameters": {"proxy": "orders"},
    } | changes
    return preflight(event, PAGE, METHODS)


def test_a_browser_may_ask_before_it_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.rest.origins.allowed", lambda path, methods: methods.get(path))
    answer = _preflight()
    assert answer is not None
    headers = answer.pop("multiValueHeaders")
    assert answer == {"statusCode": 204, "body": "", "isBase64Encoded": False}
    assert {name: headers[name] for name in OF_ALL} == OF_ALL
    own = {name: value for name, value in headers.items() if name not in OF_ALL}
    assert own.keys() == {
        "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age",
    }  # fmt: skip
    assert own["Access-Control-Allow-Methods"] == ["GET, POST"]
    (asked,) = own["Access-Control-Allow-Headers"]
    assert {"authorization", "content-type", "idempotency-key"} <= {
        each.strip().lower() for each in asked.split(",")
    }
    assert int(own["Access-Control-Max-Age"][0]) > 0
    others: list[dict[str, Any]] = [
        {"httpMethod": "GET"},
        {"headers": {"Origin": "https://evil.example.com"}},
        {"headers": {}},
        {"headers": None},
        {"pathParameters": {"proxy": "nowhere"}},
        {"pathParameters": None},
    ]
    for changes in others:
        assert _preflight(**changes) is None


def test_an_answer_is_shown_to_the_one_page_that_is_allowed() -> None:
    answer: dict[str, Any] = {"statusCode": 200, "multiValueHeaders": {"A": ["b"]}}
    assert shown(answer, "") is answer
    assert shown(answer, PAGE) == {
        "statusCode": 200,
        "multiValueHeaders": {"A": ["b"], "Access-Control-Allow-Origin": [PAGE], "Vary": ["Origin"]},
    }


@for_all(
    ("sent", "token"),
    [
        (["t"], "t"),
        ([" t "], "t"),
        (["Bearer t"], "t"),
        (["bearer  t"], "t"),
        (["t", "t"], "t"),
        ([], None),
        ([""], None),
        (["Bearer"], "Bearer"),
        (["Basic t"], None),
        (["Bearer a b"], None),
        (["t", "u"], None),
    ],
)
def test_one_token_is_taken_with_its_scheme_or_without(sent: list[str], token: str | None) -> None:
    event = {"headers": {"X": "y"}, "multiValueHeaders": {"AUTHORIZATION": sent, "X": ["y"]}}
    if token is not None:
        assert sent_token(event) == token
        return
    with pytest.raises(HttpError) as refused:
        sent_token(event)
    assert (refused.value.status, refused.value.body["error"]["code"]) == (401, "unauthorized")


@for_all(
    ("arn", "name"),
    [("arn:aws:lambda:r:a:function:f", ""), ("arn:aws:lambda:r:a:function:f:direct", "direct"), ("arn:aws:lambda:r:a:function:f:a:b", "a:b")],
)  # fmt: skip
def test_an_alias_is_all_that_stands_behind_the_functions_name(arn: str, name: str) -> None:
    context: Any = SimpleNamespace(invoked_function_arn=arn)
    assert alias(context) == name


class App:
    """Takes the handlers of errors."""

    def __init__(self) -> None:
        self.by_kind: dict[type[Exception], Callable[[Any], Any]] = {}
        register(self)  # type: ignore[arg-type]  # all that is asked of an app

    def exception_handler(self, kind: type[Exception]) -> Callable[[Any], None]:
        return lambda handle: self.by_kind.update({kind: handle})

    def __call__(self, error: Any) -> tuple[int, str, str]:
        """Returns status, code and message of the answer to an error."""
        kind = next(each for each in type(error).__mro__ if each in self.by_kind)
        answer = self.by_kind[kind](error)
        headers = {name: [value] for name, value in answer.headers.items()}
        assert headers == OF_ALL | {"Content-Type": ["application/json"]}
        return answer.status_code, answer.body["error"]["code"], answer.body["error"]["message"]


@for_all(
    ("code", "status"),
    [
        ("not_found", 404), ("not_payable", 409), ("already_paid", 409), ("unauthorized", 401), ("denied", 403),
        ("budget_used", 429), ("invalid_request", 422), ("names_nobody", 404), ("unknown_value", 404), ("failed", 500),
        ("idempotency_key_in_use", 409), ("idempotency_key_reused", 422), ("has_customer", 409), ("of tomorrow", 409),
    ],
)  # fmt: skip
def test_each_refusal_has_its_status(code: str, status: int) -> None:
    assert App()(Refused(code, "why")) == (status, code, "why")


def test_a_bad_record_a_wrong_path_and_a_service_that_is_down_are_told_apart() -> None:
    app = App()
    assert app(BadRecord(ErrorCode.TOO_LARGE, "why")) == (413, "too_large", "why")
    assert app(BadRecord(ErrorCode.INVALID_FIELD, "why")) == (400, "invalid_field", "why")
    assert app(NotFoundError("GET /4111")) == (404, "not_found", "Not Found")
    assert app(errors.Unavailable("the table")) == (503, "unavailable", "try again later")
    assert app(errors.Rejected("the call")) == (500, "failed", FAILED_MESSAGE)


def test_the_first_faults_of_a_request_are_told_by_place_and_rule_and_no_unknown_name() -> None:
    faults = [
        {"loc": ("body", "ann@example.com"), "type": "extra_forbidden", "msg": "m", "input": "4111"},
        *({"loc": ("body", "a", at), "type": "int_type", "msg": "m", "input": "4111"} for at in range(6)),
    ]
    places = "body/*: extra_forbidden; " + "; ".join(f"body/a/{at}: int_type" for at in range(4))
    assert App()(RequestValidationError(faults)) == (422, "invalid_field", places)
    missing = {"loc": ("header", "idempotency-key"), "type": "missing", "msg": "m", "input": None}
    told = App()(RequestValidationError([missing]))
    assert told == (400, "invalid_request", "header/idempotency-key: missing")


def test_what_alarms_listen_to_is_logged_as_a_warning(log: io.StringIO) -> None:
    counters.count("AuditFailed", 2)
    log_alarm_metrics()
    (line,) = map(json.loads, log.getvalue().splitlines())
    assert (line["level"], line["message"], line["AuditFailed"]) == ("WARNING", "alarm", 2)
    log_alarm_metrics()
    assert len(log.getvalue().splitlines()) == 1


def test_the_reason_of_a_failure_that_is_answered_is_in_the_log(log: io.StringIO) -> None:
    def fails() -> dict[str, Any]:
        raise errors.Unavailable("the table")

    answer_errors("again")(fails)()
    (line,) = map(json.loads, log.getvalue().splitlines())
    assert (line["level"], line["error"], line["reason"]) == ("ERROR", "Unavailable", "the table")
