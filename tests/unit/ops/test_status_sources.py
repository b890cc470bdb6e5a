"""`order-tokenizer status` reads what it shows: each key, queue and count under the name that it is shown by."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.errors import CommandError
from ops.status import cli, sources
from schemas.registry import registry
from tests.support.fakes.world import World, ample_budget
from tests.support.members import for_all
from tests.support.samples import order, stream_record
from tokenizer.vault.lifetimes import Lifetimes

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


def _letter(at: int, code: str = "too_large") -> dict[str, str]:
    source = {"queue": "q", "message_id": "m", "arrived_at": datetime.now(UTC).isoformat()}
    body = {"source": source, "error": {"code": code, "message": "x"}, "attempts": 1}
    return {"MessageId": f"m{at}", "ReceiptHandle": f"r{at}", "Body": json.dumps(body)}


class Letters(Stack):
    """A queue that gives some letters a call, and keeps what it was asked for."""

    def __init__(self, *answers: list[dict[str, str]]) -> None:
        super().__init__()
        self._answers = iter(answers)
        self.received: list[dict[str, Any]] = []
        self.changed: list[dict[str, Any]] = []

    def receive_message(self, **asked: Any) -> dict[str, Any]:
        self.received.append(asked)
        return {"Messages": each} if (each := next(self._answers, [])) else {}

    def change_message_visibility(self, **asked: Any) -> None:
        self.changed.append(asked)


def test_letters_are_counted_once_by_code_and_age_and_given_back_at_once() -> None:
    first = [_letter(1), _letter(2, "invalid_field"), _letter(3)]
    stack: Any = Letters(first, [first[0], _letter(4)], [first[1]], [_letter(5)])
    assert sources.letters_by_code(stack) == [
        {"code": "invalid_field", "age": "under 1h", "letters": 1},
        {"code": "too_large", "age": "under 1h", "letters": 3},
    ]
    look = {"MaxNumberOfMessages": 10, "WaitTimeSeconds": 1, "VisibilityTimeout": 30}
    assert stack.received == [{"QueueUrl": "DeadLetterQueueUrl", **look}] * 3
    assert stack.changed == [
        {"QueueUrl": "DeadLetterQueueUrl", "ReceiptHandle": f"r{at}", "VisibilityTimeout": 0}
        for at in (1, 2, 3, 4)
    ]


def test_a_few_hundred_letters_are_looked_at_and_no_more() -> None:
    stack: Any = Letters(*([_letter(10 * ten + at) for at in range(10)] for ten in range(40)))
    assert [each["letters"] for each in sources.letters_by_code(stack)] == [300]
    assert len(stack.changed) == 300


def test_letters_are_given_back_also_where_the_next_can_not_be_read() -> None:
    stack: Any = Letters([_letter(1)])
    first = stack.receive_message

    def fails_then(**asked: Any) -> dict[str, Any]:
        if stack.received:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "ReceiveMessage")
        return dict(first(**asked))

    stack.receive_message = fails_then
    with pytest.raises(CommandError, match="looking at letters"):
        sources.letters_by_code(stack)
    assert [each["ReceiptHandle"] for each in stack.changed] == ["r1"]


def _metrics(values: dict[str, list[float]]) -> tuple[Any, list[dict[str, Any]]]:
    """Returns a stack whose metrics have these values by the query's id, and what it was asked for."""
    asked: list[dict[str, Any]] = []

    def data(**request: Any) -> dict[str, Any]:
        asked.append(request)
        ids = [each["Id"] for each in request["MetricDataQueries"]]
        return {"MetricDataResults": [{"Id": each, "Values": values.get(each, [])} for each in ids]}

    return Stack(get_metric_data=data), asked


def _metric(
    id_: str, namespace: str, name: str, statistic: str, dimension: tuple[str, str]
) -> dict[str, Any]:
    dimensions = [{"Name": dimension[0], "Value": dimension[1]}]
    metric = {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}
    return {"Id": id_, "MetricStat": {"Metric": metric, "Period": 3600, "Stat": statistic}}


@for_all(
    ("values", "lag"),
    [
        ({"stream": [12_400.0, 61_600.0], "queue": [7.0, 3.0]}, {"stream": 62, "queue": 7.0}),
        ({"stream": [0.0]}, {"stream": 0, "queue": None}),
        ({"queue": [0.0]}, {"stream": None, "queue": 0.0}),
    ],
)
def test_the_lag_is_the_oldest_age_of_the_last_hour_in_seconds(
    values: dict[str, list[float]], lag: dict[str, float | None]
) -> None:
    stack, asked = _metrics(values)
    stack.outputs["RawOrdersQueueUrl"] = "https://sqs.eu-central-1.amazonaws.com/1/orders-raw"
    assert sources.lag(stack) == lag
    function, queue = ("FunctionName", FUNCTIONS[0]), ("QueueName", "orders-raw")
    assert asked[0]["MetricDataQueries"] == [
        _metric("stream", "AWS/Lambda", "IteratorAge", "Maximum", function),
        _metric("queue", "AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", queue),
    ]
    assert asked[0]["EndTime"] - asked[0]["StartTime"] == timedelta(hours=1)


def test_where_no_metrics_are_kept_no_lag_is_measured() -> None:
    stack: Any = Stack(local=True)
    assert sources.lag(stack) == {"stream": None, "queue": None}


def test_the_counts_are_sums_over_the_hour_and_none_is_zero() -> None:
    stack, asked = _metrics({"m1": [5.0], "hits": [2.0]})
    assert sources.last_hour(stack) == dict.fromkeys(COUNTS, 0) | {"Published": 5, "GuardHits": 2}
    *counts, hits = asked[0]["MetricDataQueries"]
    assert counts == [
        _metric(f"m{at}", "OrderTokenizer", name, "Sum", ("service", "order-tokenizer"))
        for at, name in enumerate(list(COUNTS)[:-1])
    ]
    assert hits == {
        "Id": "hits",
        "Expression": """SUM(SEARCH('{OrderTokenizer,path,service} MetricName="GuardHits"', 'Sum', 3600))""",
        "Period": 3600,
    }


def test_the_log_lines_of_the_last_hour_are_read_page_by_page_up_to_a_bound() -> None:
    asked: list[dict[str, Any]] = []

    def events(**request: Any) -> dict[str, Any]:
        asked.append(request)
        line = json.dumps({"message": "batch", "received": 1})
        return {"events": [{"message": line}], "nextToken": str(len(asked))}

    stack: Any = Stack(local=True, filter_log_events=events)
    before = (datetime.now(UTC) - timedelta(hours=1)).timestamp() * 1000
    assert sources.last_hour(stack)["Received"] == 40
    after = (datetime.now(UTC) - timedelta(hours=1)).timestamp() * 1000
    assert [each.get("nextToken") for each in asked[:3]] == [None, "1", "2"]
    assert asked[20].get("nextToken") is None
    assert all(before - 1 <= each["startTime"] <= after + 1 for each in asked)


def test_the_alarms_are_those_of_the_stack_by_state_and_the_runbooks_name() -> None:
    asked: list[dict[str, str]] = []

    class Pages:
        def paginate(self, **request: str) -> list[dict[str, Any]]:
            asked.append(request)
            states = (
                ("orders-eu-BAlarm-X1", "OK"),
                ("orders-eu-CAlarm-Y2", "ALARM"),
                ("orders-eu-AAlarm", "OK"),
            )
            return [{"MetricAlarms": [{"AlarmName": name, "StateValue": state}]} for name, state in states]

    stack: Any = Stack(get_paginator={"describe_alarms": Pages()}.__getitem__)
    assert sources.alarms(stack, "orders-eu") == {"OK": ["AAlarm", "BAlarm"], "ALARM": ["CAlarm"]}
    assert asked == [{"AlarmNamePrefix": "orders-eu-"}]


MADE = datetime(2026, 11, 23, 10, tzinfo=UTC)
CHANGED = datetime(2026, 11, 24, 1, 30, tzinfo=timezone(timedelta(hours=2)))


@for_all(
    ("more", "expected"),
    [
        ({}, {"at": "2026-11-23T10:00:00+00:00", "vault_key_slot": None, "rekeying": False}),
        (
            {
                "LastUpdatedTime": CHANGED,
                "Parameters": [
                    {"ParameterKey": "VaultKeySlot", "ParameterValue": "b"},
                    {"ParameterKey": "Rekeying", "ParameterValue": "true"},
                    {"ParameterKey": "Hidden"},
                ],
            },
            {"at": "2026-11-23T23:30:00+00:00", "vault_key_slot": "b", "rekeying": True},
        ),
        (
            {"Parameters": [{"ParameterKey": "Rekeying", "ParameterValue": "false"}]},
            {"at": "2026-11-23T10:00:00+00:00", "vault_key_slot": None, "rekeying": False},
        ),
    ],
)
def test_a_deployment_is_told_with_its_last_moment(more: dict[str, Any], expected: dict[str, Any]) -> None:
    found = {"StackStatus": "UPDATE_COMPLETE", "CreationTime": MADE, **more}
    stack: Any = Stack(
        describe_stacks=lambda **asked: {"Stacks": [found] * (asked == {"StackName": "orders"})}
    )
    assert sources.deployment(stack, "orders") == {"state": "UPDATE_COMPLETE", **expected}


@for_all(
    ("variables", "lifetimes"),
    [
        ({}, Lifetimes()),
        ({"VAULT_RETENTION_DAYS": "", "VAULT_LIFETIMES": ""}, Lifetimes()),
        ({"VAULT_RETENTION_DAYS": "30"}, Lifetimes(30)),
        ({"VAULT_RETENTION_DAYS": "30", "VAULT_LIFETIMES": "name=7"}, Lifetimes.parse(30, "name=7")),
    ],
)
def test_the_rules_in_force_are_those_that_the_function_writes_into_events(
    variables: dict[str, str], lifetimes: Lifetimes
) -> None:
    def configuration(FunctionName: str) -> dict[str, Any]:  # noqa: N803 -- boto3's
        assert FunctionName == FUNCTIONS[0]
        return {"Environment": {"Variables": variables}}

    stack: Any = Stack(get_function_configuration=configuration)
    told = sources.rules(stack)
    world = World(lifetimes)
    outcomes = world.tokenizer.tokenize_batch([stream_record(order())], ample_budget())
    assert outcomes[0].published
    assert told["order.placed 1"] == world.bus.details()[0]["metadata"]["rules"]
    assert len(set(told.values())) == len(told) == len(registry())


def test_a_part_that_may_not_be_read_says_which_and_who_may() -> None:
    def denied(*_: Any, **__: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "Any")

    calls = (
        "get_metric_data", "get_queue_attributes", "receive_message", "describe_key", "get_paginator", "describe_stacks",
        "get_function_configuration",
    )  # fmt: skip
    stack: Any = Stack()
    for each in calls:
        setattr(stack, each, denied)
    said = []
    for read in cli._parts(stack, "orders").values():
        with pytest.raises(CommandError) as caught:
            read()
        said.append(str(caught.value))
        assert caught.value.hint == (
            "status needs a role that may look at everything, such as AWS's ViewOnlyAccess: --role-arn ARN"
        )
    assert said == [
        "looking at the alarms: AccessDenied",
        "reading the last hour: AccessDenied",
        "reading the lag: AccessDenied",
        "counting raw queue: AccessDenied",
        "looking at letters: AccessDenied",
        "looking at the vault key: AccessDenied",
        "looking at the deployment: AccessDenied",
        "reading the function's settings: AccessDenied",
    ]
