"""Reads what the screen shows from AWS: a few calls for each part, none of which changes anything.

Where metrics are kept (AWS), the last hour comes from them. The local stack keeps none, so there it comes from the log
lines that the metrics are made of.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from ops.explain import explained
from ops.stack import Stack
from schemas.dead_letter import DeadLetter
from schemas.registry import registry
from tokenizer.formats import VAULT_RECORD
from tokenizer.pipeline.catalog import catalog
from tokenizer.pipeline.rules import rules_of
from tokenizer.vault.lifetimes import Lifetimes

HOUR = timedelta(hours=1)
_ROLE = "status needs a role that may look at everything, such as AWS's ViewOnlyAccess"
_FUNCTIONS = ("TokenizeStreamFunctionName", "TokenizeQueueFunctionName")
_KEYS = {"vault key": "VaultKeyArn", "letter key": "LetterKeyArn", "audit key": "AuditKeyArn"}
_QUEUES = {
    "raw queue": "RawOrdersQueueUrl",
    "dead letters": "DeadLetterQueueUrl",
    "unprocessed": "UnprocessedQueueUrl",
}
_COUNTS = ("Received", "Published", "DeadLettered", "ToRetry", "Retried", "Denied", "Tampered")
_HITS = "GuardHits"
_LETTERS = 300
_LOOK = 30  # seconds
_PAGES = 20  # of log lines
_BY_AGE = {"under 1h": HOUR, "under 1d": timedelta(days=1), "under 7d": timedelta(days=7)}


def last_hour(stack: Stack) -> dict[str, int]:
    """Returns how often records were delivered, published, dead-lettered and left to retry, and how often the guard hit.

    A record that is delivered again counts again, so these are no numbers of orders.
    """
    with explained("reading the last hour", _ROLE):
        return _from_logs(stack) if stack.endpoint_url else _from_metrics(stack)


def lag(stack: Stack) -> dict[str, Any]:
    """Returns the ages in seconds of the oldest records that wait; None where they are not measured."""
    if stack.endpoint_url:
        return {"stream": None, "queue": None}
    with explained("reading the lag", _ROLE):
        found = _metric_data(
            stack,
            [
                _query(
                    "stream", "AWS/Lambda", "IteratorAge", "Maximum", FunctionName=stack.output(_FUNCTIONS[0])
                ),
                _query(
                    "queue",
                    "AWS/SQS",
                    "ApproximateAgeOfOldestMessage",
                    "Maximum",
                    QueueName=_queue_name(stack),
                ),
            ],
        )
    stream = found.get("stream")
    return {"stream": None if stream is None else round(stream / 1000), "queue": found.get("queue")}


def queues(stack: Stack) -> dict[str, dict[str, int]]:
    """Returns the approximate numbers of messages that wait and that are in flight, by queue."""
    sqs = stack.client("sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = {}
    for name, output in _QUEUES.items():
        with explained(f"counting {name}", _ROLE):
            counts = sqs.get_queue_attributes(QueueUrl=stack.output(output), AttributeNames=names)[
                "Attributes"
            ]
        found[name] = {"waiting": int(counts[names[0]]), "held": int(counts[names[1]])}
    return found


def letters_by_code(stack: Stack) -> list[dict[str, Any]]:
    """Returns the numbers of letters by code and age, of the first few hundred; holds each for a moment."""
    sqs, url = stack.client("sqs"), stack.output("DeadLetterQueueUrl")
    counted: Counter[tuple[str, str]] = Counter()
    receipts: dict[str, str] = {}
    with explained("looking at letters", _ROLE):
        try:
            while len(receipts) < _LETTERS:
                answer = sqs.receive_message(
                    QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=_LOOK
                )
                new = [each for each in answer.get("Messages", []) if each["MessageId"] not in receipts]
                if not new:
                    break
                receipts |= {each["MessageId"]: each["ReceiptHandle"] for each in new}
                counted.update(_code_and_age(each["Body"]) for each in new)
        finally:
            for receipt in receipts.values():
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)
    return [{"code": code, "age": age, "letters": number} for (code, age), number in sorted(counted.items())]


def _code_and_age(body: str) -> tuple[str, str]:
    try:
        letter = DeadLetter.model_validate_json(body)
        age = datetime.now(UTC) - datetime.fromisoformat(letter.source.arrived_at)
    except (ValidationError, ValueError, TypeError):
        return "of Lambda or unknown", "unknown"
    return str(letter.error.code), next((name for name, most in _BY_AGE.items() if age < most), "over 7d")


def keys(stack: Stack) -> dict[str, str]:
    """Returns the state of each KMS key."""
    kms, found = stack.client("kms"), {}
    for name, output in _KEYS.items():
        if output in stack.outputs:
            with explained(f"looking at the {name}", _ROLE):
                found[name] = str(kms.describe_key(KeyId=stack.output(output))["KeyMetadata"]["KeyState"])
    return found


def alarms(stack: Stack, name: str) -> dict[str, list[str]]:
    """Returns the names of the stack's alarms by state."""
    found: dict[str, list[str]] = {}
    with explained("looking at the alarms", _ROLE):
        pages = stack.client("cloudwatch").get_paginator("describe_alarms")
        for page in pages.paginate(AlarmNamePrefix=f"{name}-"):
            for each in page["MetricAlarms"]:
                found.setdefault(each["StateValue"], []).append(_short(each["AlarmName"], name))
    return {state: sorted(names) for state, names in found.items()}


def deployment(stack: Stack, name: str) -> dict[str, Any]:
    """Returns the state of the last deployment, when it was, and the slot of the vault key."""
    with explained("looking at the deployment", _ROLE):
        (found,) = stack.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    parameters = {
        each["ParameterKey"]: each.get("ParameterValue", "") for each in found.get("Parameters", [])
    }
    moment = found.get("LastUpdatedTime") or found["CreationTime"]
    return {
        "state": found["StackStatus"],
        "at": moment.astimezone(UTC).isoformat(timespec="seconds"),
        "vault_key_slot": parameters.get("VaultKeySlot"),
        "rekeying": parameters.get("Rekeying") == "true",
    }


def rules(stack: Stack) -> dict[str, str]:
    """Returns the name of the rules in force, by event type and version: of this checkout, with the stack's lifetimes."""
    with explained("reading the function's settings", _ROLE):
        variables = stack.client("lambda").get_function_configuration(
            FunctionName=stack.output(_FUNCTIONS[0])
        )["Environment"]["Variables"]
    lifetimes = Lifetimes.parse(
        int(variables.get("VAULT_RETENTION_DAYS") or 0), variables.get("VAULT_LIFETIMES") or ""
    )
    known = catalog()
    return {
        f"{name.event_type} {name.schema_version}": rules_of(
            known.plan({"event_type": name.event_type, "schema_version": name.schema_version}).digest,
            lifetimes.default,
            lifetimes.sorted_days,
            VAULT_RECORD.written,
        )
        for name in sorted(registry())
    }


def _from_metrics(stack: Stack) -> dict[str, int]:
    queries = [
        _query(f"m{at}", "OrderTokenizer", name, "Sum", service="order-tokenizer")
        for at, name in enumerate(_COUNTS)
    ]
    search = f"""SUM(SEARCH('{{OrderTokenizer,path,service}} MetricName="{_HITS}"', 'Sum', 3600))"""
    found = _metric_data(stack, [*queries, {"Id": "hits", "Expression": search, "Period": 3600}])
    counts = {name: int(found.get(f"m{at}") or 0) for at, name in enumerate(_COUNTS)}
    return counts | {_HITS: int(found.get("hits") or 0)}


def _query(query_id: str, namespace: str, metric: str, statistic: str, **dimensions: str) -> dict[str, Any]:
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    metric_of = {"Namespace": namespace, "MetricName": metric, "Dimensions": named}
    return {"Id": query_id, "MetricStat": {"Metric": metric_of, "Period": 3600, "Stat": statistic}}


def _metric_data(stack: Stack, queries: list[dict[str, Any]]) -> dict[str, float]:
    end = datetime.now(UTC)
    answer = stack.client("cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=end - HOUR, EndTime=end
    )
    return {each["Id"]: max(each["Values"]) for each in answer["MetricDataResults"] if each["Values"]}


def _from_logs(stack: Stack) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for line in _log_lines(stack):
        if line.get("message") == "batch":
            counts.update({name: int(line.get(_snake(name), 0)) for name in _COUNTS})
        elif _HITS in line and "_aws" in line:
            counts[_HITS] += int(sum(line[_HITS]))
    return {name: counts[name] for name in (*_COUNTS, _HITS)}


def _log_lines(stack: Stack) -> Iterator[Mapping[str, Any]]:
    logs, since = stack.client("logs"), round((time.time() - HOUR.total_seconds()) * 1000)
    for function in (stack.output(each) for each in _FUNCTIONS):
        request: dict[str, Any] = {"logGroupName": f"/aws/lambda/{function}", "startTime": since}
        for _ in range(_PAGES):
            answer = logs.filter_log_events(**request)
            for each in answer["events"]:
                try:
                    line = json.loads(each["message"])
                except ValueError:
                    continue
                if isinstance(line, dict):
                    yield line
            if not answer.get("nextToken"):
                break
            request["nextToken"] = answer["nextToken"]


def _snake(name: str) -> str:
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).lstrip("_")


def _queue_name(stack: Stack) -> str:
    return stack.output("RawOrdersQueueUrl").rpartition("/")[2]


def _short(alarm: str, stack_name: str) -> str:
    """Returns the name by which the runbook knows an alarm: without the stack's name and CloudFormation's suffix."""
    return alarm.removeprefix(f"{stack_name}-").partition("-")[0]
