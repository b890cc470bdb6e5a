"""`order-tokenizer status` reads what it shows: each key, queue and count under the name that it is shown by."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.status import sources
from tests.support.members import for_all

COUNTS = {
    "Received": 1,
    "Published": 2,
    "DeadLettered": 3,
    "ToRetry": 4,
    "Retried": 5,
    "Denied": 6,
    "Tampered": 7,
    "GuardHits": 8,
}
KEYS = {"vault key": "VaultKeyArn", "letter key": "LetterKeyArn", "audit key": "AuditKeyArn"}
QUEUES = {
    "raw queue": "RawOrdersQueueUrl",
    "dead letters": "DeadLetterQueueUrl",
    "unprocessed": "UnprocessedQueueUrl",
}
FUNCTIONS = ("TokenizeStreamFunctionName", "TokenizeQueueFunctionName")


class Stack:
    """A stack whose outputs are their own names, and whose clients answer by a table of calls."""

    def __init__(self, *, local: bool = False, **answers: Callable[..., Any]) -> None:
        self.endpoint_url = "http://local" if local else None
        self.outputs = {name: name for name in (*KEYS.values(), *QUEUES.values(), *FUNCTIONS)}
        for name, answer in answers.items():
            setattr(self, name, answer)

    def client(self, _: str) -> "Stack":
        return self

    def output(self, name: str) -> str:
        return self.outputs[name]


def test_the_state_of_each_key_is_its_own() -> None:
    stack: Any = Stack(describe_key=lambda **asked: {"KeyMetadata": {"KeyState": asked["KeyId"]}})
    assert sources.keys(stack) == KEYS
    del stack.outputs["AuditKeyArn"]
    assert sources.keys(stack) == {name: output for name, output in KEYS.items() if name != "audit key"}


def test_the_messages_of_each_queue_are_its_own() -> None:
    waiting = {output: at for at, output in enumerate(QUEUES.values(), 1)}

    def attributes(**asked: Any) -> dict[str, Any]:
        found = waiting[asked["QueueUrl"]]
        told = {
            "ApproximateNumberOfMessages": str(found),
            "ApproximateNumberOfMessagesNotVisible": str(10 * found),
        }
        return {"Attributes": {name: told[name] for name in asked["AttributeNames"]}}

    stack: Any = Stack(get_queue_attributes=attributes)
    assert sources.queues(stack) == {
        name: {"waiting": waiting[output], "held": 10 * waiting[output]} for name, output in QUEUES.items()
    }


def test_each_count_of_the_last_hour_is_its_metrics() -> None:
    def data(**asked: Any) -> dict[str, Any]:
        assert asked["EndTime"] - asked["StartTime"] == timedelta(hours=1)
        results = []
        for query in asked["MetricDataQueries"]:
            if "MetricStat" in query:
                metric = query["MetricStat"]["Metric"]
                assert metric["Namespace"] == "OrderTokenizer"
                name = metric["MetricName"]
            else:
                name = next(each for each in COUNTS if f'"{each}"' in query["Expression"])
            results.append({"Id": query["Id"], "Values": [COUNTS[name]]})
        return {"MetricDataResults": results}

    stack: Any = Stack(get_metric_data=data)
    assert sources.last_hour(stack) == COUNTS


def test_each_count_of_the_last_hour_is_what_both_functions_logged() -> None:
    counts = {"received": 1, "published": 2, "dead_lettered": 3, "to_retry": 4, "retried": 5, "denied": 6}
    batch = {"message": "batch", "tampered": 7, **counts}
    lines = [json.dumps(each) for each in (batch, {"GuardHits": [3, 5], "_aws": {}}, ["x"])] + ["no JSON"]
    asked = []

    def events(**request: Any) -> dict[str, Any]:
        asked.append(request["logGroupName"])
        return {"events": [{"message": each} for each in lines]}

    stack: Any = Stack(local=True, filter_log_events=events)
    assert sources.last_hour(stack) == {name: 2 * count for name, count in COUNTS.items()}
    assert asked == [f"/aws/lambda/{each}" for each in FUNCTIONS]


@for_all(
    ("age", "named"),
    [
        (timedelta(0), "under 1h"),
        (timedelta(minutes=59), "under 1h"),
        (timedelta(minutes=61), "under 1d"),
        (timedelta(hours=23), "under 1d"),
        (timedelta(hours=25), "under 7d"),
        (timedelta(days=6, hours=23), "under 7d"),
        (timedelta(days=7, hours=1), "over 7d"),
    ],
)
def test_a_letter_is_counted_by_its_age(age: timedelta, named: str) -> None:
    source = {"queue": "q", "message_id": "m", "arrived_at": (datetime.now(UTC) - age).isoformat()}
    body = json.dumps({"source": source, "error": {"code": "too_large", "message": "x"}, "attempts": 1})
    assert sources._code_and_age(body)[1] == named


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"Records": []}'])
def test_what_is_no_letter_has_no_age(body: str) -> None:
    assert sources._code_and_age(body) == ("of Lambda or unknown", "unknown")
