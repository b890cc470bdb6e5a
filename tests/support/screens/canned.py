"""A stack in memory for the commands: one answer for each call, and a call that takes as long as somebody watches.

No call leaves the process. A call that no command makes has no answer, and asking for it is an error.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tests.support.fakes.replay_function import body
from tests.support.screens.on_call import FAULTS, HOUR, Fault

# Where it is set, the first call to the stack makes this file, and takes until somebody ends it.
SLOW = "CANNED_SLOW"
LETTERS = "CANNED_LETTERS"
# Where it is set, every call to the stack fails.
FAILS = "CANNED_FAILS"
# Where it is set, the stack is as when that alarm rings, and has no other letters than those of its fault.
FAULT = "CANNED_FAULT"
# Where it is set, a JSON object: the stack's alarms, each with its state.
ALARMS = "CANNED_ALARMS"
REGION = "us-east-1"
OUTPUTS = {
    name: f"orders-{name}"
    for name in (
        "AnalyticsBucketName",
        "AuditKeyArn",
        "LetterKeyArn",
        "RawOrdersQueueUrl",
        "TokenizeQueueFunctionName",
        "TokenizeStreamFunctionName",
        "VaultKeyArn",
        "DeadLetterQueueUrl",
        "HoneyFunctionName",
        "RekeyFunctionName",
        "ReplayFunctionName",
        "SanitizedBusName",
        "UnprocessedQueueUrl",
        "VaultTableName",
    )
}
APPROVALS = {"edit": "5f3c0a91" * 2, "reveal": "c07d19e8" * 2}
TOKEN = "tok_" + "0" * 26
KEY = f"arn:aws:kms:{REGION}:000000000000:key/6f1c1d2e-0000-4000-8000-000000000001"
_CODES = ("invalid_field", "malformed_json", "unsupported_schema_version")
_STEP = 60.0  # seconds; longer than any test waits


def write_state(folder: Path) -> None:
    """Describes the stack where the commands look for it."""
    state = {"endpoint_url": "http://127.0.0.1:9", "region": REGION, "outputs": OUTPUTS}
    (folder / ".local").mkdir(parents=True, exist_ok=True)
    (folder / ".local" / "stack.json").write_text(json.dumps(state))


def wait_if_slow() -> None:
    """Takes long, once, where somebody wants to interrupt a command in the middle of its work."""
    mark = os.environ.pop(SLOW, None)
    if mark:
        Path(mark).touch()
        time.sleep(_STEP)


def fail_if_asked(operation: str) -> None:
    """Refuses a call where somebody wants to see what a command says then."""
    if FAILS in os.environ:
        refused = {"Error": {"Code": "AccessDeniedException", "Message": "is not authorized"}}
        raise ClientError(refused, operation)  # type: ignore[arg-type] # without what the service adds


class Session:
    """Stands for a session of boto3."""

    region_name = REGION

    def __init__(self, **_: Any) -> None: ...

    def client(self, service: str, **_: Any) -> "Client":
        return Client(service)


class Client:
    """Answers a service's calls from the table below."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        answer = ANSWERS[self._service, operation]

        def call(*names: str, **request: Any) -> Any:
            wait_if_slow()
            fail_if_asked(operation)
            return answer(*names, **request)

        return call


def fault() -> Fault | None:
    """Returns what is wrong with the stack, if somebody wants to see that."""
    return FAULTS.get(os.environ.get(FAULT, ""))


def letter_id(at: int) -> str:
    return f"{at * 2_654_435_761 % 2**32:08x}-0000-4000-8000-{at:012x}"


class Letters:
    """The dead-letter queue: letters that are received once, and come back when they are given back."""

    def __init__(self) -> None:
        self._waiting: dict[str, int] = {}
        self._held: dict[str, int] = {}

    def fill(self) -> None:
        """Puts as many letters there as the environment says."""
        wrong = fault()
        count = wrong.letters if wrong else int(os.environ.get(LETTERS, "12"))
        self._waiting = {letter_id(at): at for at in range(count)}

    def receive_message(self, **_: Any) -> dict[str, Any]:
        taken = list(self._waiting)[:10]
        for each in taken:
            self._held[each] = self._waiting.pop(each)
        return {
            "Messages": [
                {"MessageId": each, "ReceiptHandle": each, "Body": _letter(self._held[each])}
                for each in taken
            ]
        }

    def change_message_visibility_batch(self, **request: Any) -> dict[str, Any]:
        for each in request["Entries"]:
            self._waiting[each["ReceiptHandle"]] = self._held.pop(each["ReceiptHandle"], 0)
        return {}

    def change_message_visibility(self, **request: Any) -> dict[str, Any]:
        self._waiting[request["ReceiptHandle"]] = self._held.pop(request["ReceiptHandle"], 0)
        return {}

    def delete_message_batch(self, **request: Any) -> dict[str, Any]:
        for each in request["Entries"]:
            self._held.pop(each["ReceiptHandle"], None)
        return {}

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        ours, wrong = request["QueueUrl"] == OUTPUTS["DeadLetterQueueUrl"], fault()
        counts = (len(self._waiting), 0 if wrong else 2) if ours else (3, 0)
        if wrong and not ours:
            (output,) = [name for name, value in OUTPUTS.items() if value == request["QueueUrl"]]
            counts = (wrong.waiting.get(output, 0), 0)
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return {"Attributes": dict(zip(names, map(str, counts), strict=True))}


def _ago(**units: int) -> str:
    return (datetime.now(UTC) - timedelta(**units)).replace(microsecond=0).isoformat()


def _letter(at: int) -> str:
    code = _CODES[at % len(_CODES)]
    letter = json.loads(body(at, code))
    letter["error"]["message"] = {
        "invalid_field": "/order/total: Value error, not a decimal number",
        "malformed_json": "the record is no JSON",
        "unsupported_schema_version": "/schema_version: order.placed has no such version",
    }[code]
    wrong = fault()
    letter["source"]["arrived_at"] = (
        _ago(days=wrong.letters_days, minutes=5)
        if wrong and wrong.letters_days
        else _ago(hours=3 * (at % 12), minutes=5)
    )
    return json.dumps(letter)


def _replay(asked: dict[str, Any]) -> dict[str, Any]:
    fields = [
        {"path": "/event_id", "type": "string", "length": 36},
        {"path": "/order/customer/name", "type": "string", "length": 12},
        {"path": "/order/total", "type": "string", "length": 6},
    ]
    opened = {"/order/total": "12,00"}
    kept = [letter_id(7), letter_id(8)]
    moment = _ago(days=2, minutes=5)
    noted = {"id": kept[0], "kept_at": moment, "code": "malformed_json", "reason": "producer is gone"}
    answers: dict[str, dict[str, Any]] = {
        "show": {"outline": {"bytes": 1234, "json": True, "fields": fields}},
        "reveal": {"record": '{"order": {"total": "12,00"}}'},
        "open": {"fields": opened, "missing": []},
        "ask_approval": {"approval": _approval(asked.get("patch"))},
        "approvals": {"approvals": [_approval([]), _approval(None)]},
        "approve": {"approval": _approval(asked.get("patch")) | {"approver": "bea"}},
        "edit": {"results": [{"status": "published", "edited": "0" * 24}]},
        "shards": {"shards": ["shardId-000000000000", "shardId-000000000001"]},
        "stream": {"read": 1200, "published": 1200, "failed": [], "failures": 0, "next": None},
        "quarantined": {"ids": kept, "letters": [noted]},
        "quarantine": {"kept": 1, "ids": kept[:1]},
        "restore": {},
        "unprocessed": {"results": []},
    }
    if asked["action"] == "replay":
        return {"results": [_result(each) for each in asked["letters"]]}
    return answers[asked["action"]]


def _approval(patch: list[Any] | None) -> dict[str, Any]:
    """Returns a request for approval of an edit, or without a patch of a reveal."""
    return {
        "approval": APPROVALS["reveal" if patch is None else "edit"],
        "proposer": "0f7a5c1e-0000-4000-8000-00000000000a",
        "approver": None,
        "action": "ask_reveal" if patch is None else "edit_letter",
        "purpose": "repair" if patch is None else "typo",
        "letter": letter_id(0),
        "paths": [] if patch is None else ["/order/customer/ssn"],
        "valid_until": 4_102_444_800,  # the year 2100, so that screens don't change
        "used": False,
    }


def _result(letter: str) -> dict[str, Any]:
    error = json.loads(letter)["error"]
    if error["code"] == "malformed_json":
        return {"status": "failed", "code": "malformed_json", "message": "the record is no JSON"}
    return {"status": "published"}


def _rekey(_: dict[str, Any]) -> dict[str, Any]:
    return {
        "target": KEY,
        "round": 1,
        "segments": 2,
        "phase": "done",
        "begun_at": 1_795_000_000_000,
        "finished_at": 1_795_000_060_000,
        "left": [],
        "moving": {"moved": 12_345},
        "verified": {"current": 12_345},
        "unreadable": [],
    }


def _honey(_: dict[str, Any]) -> dict[str, Any]:
    return {
        "tokens": [
            {"token": TOKEN, "kind": "card_number", "note": "wiki", "seeded_at": "2026-11-24T10:00:00Z"}
        ]
    }


_FUNCTIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    OUTPUTS["ReplayFunctionName"]: _replay,
    OUTPUTS["RekeyFunctionName"]: _rekey,
    OUTPUTS["HoneyFunctionName"]: _honey,
}


def _invoked(**request: Any) -> dict[str, Any]:
    answer = _FUNCTIONS[request["FunctionName"]](json.loads(request["Payload"]))
    return {"Payload": BytesIO(json.dumps(answer).encode())}


class _Pages:
    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        yield {"Items": [{"id": {"S": "a"}}, {"id": {"S": "b"}}], "Contents": []}


class _Alarms:
    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        names = {"LettersAlarm-1A2B": "ALARM", "DeniedAlarm-3C4D": "OK", "TamperedAlarm-5E6F": "OK"}
        if wrong := fault():
            ringing = {os.environ[FAULT], *wrong.also}
            names = {f"{name}-1A2B": "ALARM" if name in ringing else "OK" for name in FAULTS}
        names = json.loads(os.environ.get(ALARMS, json.dumps(names)))
        yield {
            "MetricAlarms": [
                {"AlarmName": f"orders-{name}", "StateValue": state} for name, state in names.items()
            ]
        }


def _metrics(**request: Any) -> dict[str, Any]:
    """Answers the metrics that CloudWatch keeps of a stack on AWS."""
    wrong = fault() or Fault()
    ages = {"IteratorAge": wrong.lag[0] * 1000, "ApproximateAgeOfOldestMessage": wrong.lag[1]}
    values = {**HOUR, "GuardHits": 40, **wrong.hour, **ages}
    return {
        "MetricDataResults": [
            {
                "Id": each["Id"],
                "Values": [
                    values[
                        each["MetricStat"]["Metric"]["MetricName"] if "MetricStat" in each else "GuardHits"
                    ]
                ],
            }
            for each in request["MetricDataQueries"]
        ]
    }


def _key(**request: Any) -> dict[str, Any]:
    wrong = fault()
    disabled = wrong is not None and request["KeyId"] == OUTPUTS.get(wrong.disabled)
    return {"KeyMetadata": {"KeyState": "Disabled" if disabled else "Enabled"}}


_DEPLOYED = {
    "Outputs": [{"OutputKey": name, "OutputValue": value} for name, value in OUTPUTS.items()],
    "StackStatus": "UPDATE_COMPLETE",
    "CreationTime": datetime(2026, 11, 1, tzinfo=UTC),
    "LastUpdatedTime": datetime(2026, 11, 29, 16, 40, tzinfo=UTC),
    "Parameters": [{"ParameterKey": "VaultKeySlot", "ParameterValue": "blue"}],
}
_LOG = (
    json.dumps({"message": "batch", "received": 100, "published": 97, "dead_lettered": 3, "to_retry": 0}),
    json.dumps({"_aws": {}, "GuardHits": [2.0], "path": "/order/notes"}),
    "REPORT RequestId: 1",
)


def _archive(**_: Any) -> dict[str, Any]:
    return {"State": "RUNNING", "EventLastReplayedTime": datetime(2026, 11, 24, tzinfo=UTC)}


QUEUE = Letters()
ANSWERS: dict[tuple[str, str], Callable[..., Any]] = {
    ("sts", "get_caller_identity"): lambda **_: {
        "Arn": "arn:aws:sts::000000000000:assumed-role/operator/ann"
    },
    ("sqs", "receive_message"): QUEUE.receive_message,
    ("sqs", "change_message_visibility_batch"): QUEUE.change_message_visibility_batch,
    ("sqs", "delete_message_batch"): QUEUE.delete_message_batch,
    ("sqs", "get_queue_attributes"): QUEUE.get_queue_attributes,
    ("lambda", "invoke"): _invoked,
    ("events", "start_replay"): _archive,
    ("events", "describe_replay"): _archive,
    ("events", "cancel_replay"): _archive,
    ("dynamodb", "describe_table"): lambda **_: {"Table": {"KeySchema": [{"AttributeName": "id"}]}},
    ("dynamodb", "put_item"): lambda **_: {},
    ("dynamodb", "get_paginator"): lambda _: _Pages(),
    ("s3", "get_paginator"): lambda _: _Pages(),
    ("sqs", "change_message_visibility"): QUEUE.change_message_visibility,
    ("cloudwatch", "get_paginator"): lambda _: _Alarms(),
    ("cloudformation", "describe_stacks"): lambda **_: {"Stacks": [_DEPLOYED]},
    ("kms", "describe_key"): _key,
    ("cloudwatch", "get_metric_data"): _metrics,
    ("logs", "filter_log_events"): lambda **_: {"events": [{"message": each} for each in _LOG]},
    ("lambda", "get_function_configuration"): lambda **_: {"Environment": {"Variables": {}}},
}
